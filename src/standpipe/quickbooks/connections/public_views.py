"""What is seen without signing in: the help page, and the set-up behind a link.

A link is opened by a POST only. Mail scanners, chat previews and whoever only looks send GET and HEAD, which change
nothing. Afterwards the browser that opened it is known by a cookie, until the link expires.
"""

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from standpipe.core.errors import UserError

from . import actions, qwc
from .models import SetupLink
from .progress import NOTHING_NEW, progress_of, shown_steps
from .queries import LinkState, find_setup_link, setup_link_state
from .steps import FAILURES, STEPS
from .views import qwc_response

COOKIE = "standpipe-setup"  # one per link, by its path


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What AppSupport in the QWC file points to: the Web Connector adds the file only if this answers 200."""
    return render(request, "quickbooks/connections/help.html", {"steps": STEPS, "failures": FAILURES})


def opened_here(
    view: Callable[[HttpRequest, SetupLink, str], HttpResponseBase],
) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Lets only the browser in that opened the link; everybody else reads how the link stands."""

    @wraps(view)
    def admitted(request: HttpRequest, token: str) -> HttpResponseBase:
        link = find_setup_link(token)
        if link is None:
            return render(request, "quickbooks/connections/link_unknown.html", status=404)
        with timezone.override(ZoneInfo(link.connection.organization.time_zone)):
            state = _state(request, link)
            if state is LinkState.MINE:
                return view(request, link, token)
            if state is LinkState.UNOPENED:
                return redirect(_path(token))
            return _not_here(request, link, state=state)

    return never_cache(admitted)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Before it is opened, a button; after, the steps for the browser that opened it."""
    link = find_setup_link(token)
    if link is None:
        return render(request, "quickbooks/connections/link_unknown.html", status=404)
    with timezone.override(ZoneInfo(link.connection.organization.time_zone)):
        state = _state(request, link)
        if state is LinkState.MINE:
            return _steps(request, link, token=token)
        if state is not LinkState.UNOPENED:
            return _not_here(request, link, state=state)
        if request.method == "POST":
            return _open(request, link, token=token)
        return render(request, "quickbooks/connections/link_start.html", {"link": link})


def _open(request: HttpRequest, link: SetupLink, *, token: str) -> HttpResponseBase:
    try:
        opened = actions.open_setup_link(link)
    except UserError:  # another browser was faster
        link.refresh_from_db()
        return _not_here(request, link, state=_state(request, link))
    response = _steps(request, link, token=token, password=opened.password)
    response.set_cookie(
        COOKIE,
        opened.browser,
        expires=link.expires_at,
        path=_path(token),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_GET  # a HEAD must not tick the step
@opened_here
def download(_request: HttpRequest, link: SetupLink, _token: str) -> HttpResponseBase:
    try:
        return qwc_response(actions.download_qwc_through(link, base_url=settings.BASE_URL))
    except UserError as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain; charset=utf-8")


@require_POST
@opened_here
def password(request: HttpRequest, link: SetupLink, token: str) -> HttpResponseBase:
    return _steps(request, link, token=token, password=actions.new_password_through(link))


@require_GET
@opened_here
def progress(request: HttpRequest, link: SetupLink, _token: str) -> HttpResponseBase:
    """Which steps are ticked by now; nothing (204) while that is known already."""
    now = progress_of(link.connection)
    if request.GET.get("version") == now.version:
        return HttpResponse(status=NOTHING_NEW)
    context = {
        "steps": shown_steps(link.connection, address_refusal=None),
        "progress": now,
        "progress_url": request.path,
    }
    return render(request, "quickbooks/connections/_progress_update.html", context)


def _steps(request: HttpRequest, link: SetupLink, *, token: str, password: str = "") -> HttpResponse:
    context = {
        "link": link,
        "connection": link.connection,
        "steps": shown_steps(link.connection, address_refusal=qwc.address_refusal(settings.BASE_URL)),
        "progress": progress_of(link.connection),
        "progress_url": reverse("quickbooks-setup-progress", args=[token]),
        "qwc_url": reverse("quickbooks-setup-qwc", args=[token]),
        "password_url": reverse("quickbooks-setup-password", args=[token]),
        "password": password,
        "reload_url": _path(token),
    }
    return render(request, "quickbooks/connections/link_steps.html", context)


def _not_here(request: HttpRequest, link: SetupLink, *, state: LinkState) -> HttpResponse:
    template = "link_ended" if state is LinkState.ENDED else "link_taken"
    status = 410 if state is LinkState.ENDED else 403
    return render(request, f"quickbooks/connections/{template}.html", {"link": link}, status=status)


def _state(request: HttpRequest, link: SetupLink) -> LinkState:
    return setup_link_state(link, browser=request.COOKIES.get(COOKIE, ""), now=timezone.now())


def _path(token: str) -> str:
    return reverse("quickbooks-setup", args=[token])
