"""A browser without scripts for the simulator's screens: it sends what a browser sends, and nothing else."""

from __future__ import annotations

from urllib.parse import urlencode

import requests
from lxml import html

from qbsim.company import Company
from qbsim.connector import WsgiTransport
from qbsim.screens.app import Screens

HOME = "http://localhost:8001"


class PlainBrowser:
    def __init__(self, company: Company) -> None:
        self.screens = Screens(company)
        self.session = requests.Session()
        self.session.mount("http://", WsgiTransport(self.screens))
        self.text = ""
        self.address = ""

    def get(self, path: str, *, status: int = 200, **headers: str) -> html.HtmlElement:
        return self._page(self.session.get(HOME + path, headers=headers), status)

    def post(self, path: str, form: dict[str, str], *, status: int = 200, **headers: str) -> html.HtmlElement:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": HOME, **headers}
        return self._page(self.session.post(HOME + path, data=urlencode(form), headers=headers), status)

    def fill_in(self, path: str, *, status: int = 200, **values: str | None) -> html.HtmlElement:
        """Open a form, change some of it and send everything; `None` takes a field out, as unticking does."""
        form = next(form for form in self.get(path).iter("form") if form.get("method") == "post")
        sent = {name: value or "" for name, value in form.form_values()}
        for box in form.iter("textarea"):
            sent[box.name] = (box.text or "").removeprefix("\n").replace("\n", "\r\n")  # as browsers do
        sent |= values
        kept = {name: value for name, value in sent.items() if value is not None}
        return self.post(form.get("action"), kept, status=status)

    def refusal(self) -> str:
        """What the last page said was refused, as one line."""
        (alert,) = html.fromstring(self.text).xpath("//*[@role='alert']")
        return " ".join(alert.text_content().split())

    def _page(self, response: requests.Response, status: int) -> html.HtmlElement:
        assert response.status_code == status, html.fromstring(response.text).xpath("string(//main)")[:400]
        for answer in (*response.history, response):
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "script-src" not in policy
        self.text, self.address = response.text, response.url.removeprefix(HOME)
        return html.fromstring(response.text)
