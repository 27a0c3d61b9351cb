"""Services inside the test: WSGI and ASGI, without a socket."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from qbsim.company import Company
from qbsim.connector import AsgiTransport, WebConnector, WsgiTransport
from qbsim.transports import ServiceRaised
from support.fake_service import COMPANY_QUERY, FILE_ID, OWNER_ID, QWC, FakeService


@pytest.fixture
def added(filled: Company) -> Company:
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    return filled


def get(transport: Any, url: str = "http://localhost/help?a=b%20c") -> requests.Response:
    return transport.send(requests.Request("GET", url).prepare())


class AsAsgi:
    """A fake service as an ASGI application; with or without a lifespan, its answer in two pieces."""

    def __init__(self, service: FakeService, *, lifespan: bool = True) -> None:
        self.service = service
        self.lifespan = lifespan
        self.events: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.events.append(scope["type"])
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        environ = {
            "REQUEST_METHOD": scope["method"],
            "CONTENT_LENGTH": dict(scope["headers"]).get(b"content-length", b"0").decode(),
            "wsgi.input": _Body((await receive())["body"]),
        }
        started: list[Any] = []
        body = b"".join(self.service(environ, lambda *answer: started.extend(answer)))
        headers = [(name.encode(), value.encode()) for name, value in started[1]]
        await send({"type": "http.response.start", "status": int(started[0].split()[0]), "headers": headers})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})
        assert (await receive())["type"] == "http.disconnect"

    async def _live(self, receive: Any, send: Any) -> None:
        if not self.lifespan:
            raise NotImplementedError
        for kind in ("startup", "shutdown"):
            event = await receive()
            self.events.append(event["type"])
            await send({"type": f"lifespan.{kind}.complete"})


class _Body:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int) -> bytes:
        return self.data[:size]


@pytest.mark.parametrize("lifespan", [True, False])
def test_a_session_with_an_asgi_application(added: Company, lifespan: bool) -> None:
    service = FakeService(COMPANY_QUERY)
    application = AsAsgi(service, lifespan=lifespan)
    with AsgiTransport(application) as transport:
        for _ in range(2):
            service._handed_out = 0
            outcome = WebConnector(QWC, company=added, password="x", transport=transport).update()
            assert (outcome.outcome, outcome.status) == ("done", "OK")
    assert service.arguments("authenticate")[0]["strPassword"] == "x"
    starts = [event for event in application.events if event != "http"]
    assert starts == ["lifespan", "lifespan.startup", "lifespan.shutdown"][: 3 if lifespan else 1]


def test_an_asgi_application_that_does_not_start() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    transport = AsgiTransport(application)
    with pytest.raises(ServiceRaised) as caught:
        get(transport)
    assert "no database" in str(caught.value.__cause__)
    transport._runner.close()


def raising(_environ: Any, _start_response: Any) -> list[bytes]:
    raise LookupError("a mistake of mine")


def test_what_an_application_raises_reaches_the_test(added: Company) -> None:
    """With its own type and traceback; what was begun is released."""
    connector = WebConnector(QWC, company=added, password="x", transport=WsgiTransport(raising))
    with pytest.raises(LookupError, match="a mistake of mine"):
        connector.update()
    service = FakeService(COMPANY_QUERY, answers={})
    service._receiveResponseXML = lambda: {}["missing"]
    with pytest.raises(KeyError, match="missing"):
        WebConnector(QWC, company=added, password="x", transport=WsgiTransport(service)).update()
    assert added.data_ext(OWNER_ID)["AppLock"] == "UNLOCKED"


def test_or_is_what_a_server_makes_of_it(added: Company) -> None:
    transport = WsgiTransport(raising, raises=False)
    outcome = WebConnector(QWC, company=added, password="x", transport=transport).update()
    assert (outcome.outcome, outcome.code) == ("failed", "QBWC1012")
    assert b"a mistake of mine" in outcome.body


Start = Callable[..., Callable[[bytes], None]]


def test_an_application_may_use_the_old_write_callable() -> None:
    """PEP 3333: what is written comes before what is returned."""

    def application(_environ: dict[str, object], start_response: Start) -> list[bytes]:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"first, ")
        return [b"then"]

    assert get(WsgiTransport(application)).content == b"first, then"


def test_an_application_is_closed_and_told_what_it_was_asked() -> None:
    class Answer:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            yield seen["QUERY_STRING"].encode()

        def close(self) -> None:
            self.closed = True

    answer, seen = Answer(), {}

    def application(environ: dict[str, Any], start_response: Start) -> Answer:
        seen.update(environ)
        start_response("202 Accepted", [])
        return answer

    response = get(WsgiTransport(application))
    assert (response.status_code, response.content, answer.closed) == (202, b"a=b%20c", True)
    assert (seen["PATH_INFO"], seen["SERVER_PORT"], seen["HTTP_HOST"]) == ("/help", "80", "localhost")


def test_an_application_without_an_answer() -> None:
    with pytest.raises(ServiceRaised) as caught:
        get(WsgiTransport(lambda _environ, _start: []))
    assert "never called start_response" in str(caught.value.__cause__)
