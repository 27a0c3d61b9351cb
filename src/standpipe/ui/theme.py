"""Light or dark: what the system says, unless the person chose. The choice is a cookie: pages arrive as they stay."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "theme"
CHOICES = (("light", "Light", "sun"), ("dark", "Dark", "moon-stars"), ("", "System", "circle-half"))
_NAMES = {name for name, _, _ in CHOICES if name}
_YEAR = 365 * 24 * 60 * 60


def theme_context(request: HttpRequest) -> dict[str, object]:
    """For templates: ``theme`` (``light``, ``dark`` or ``""`` for the system's) and ``theme_choices``."""
    chosen = request.COOKIES.get(COOKIE, "")
    return {"theme": chosen if chosen in _NAMES else "", "theme_choices": CHOICES}


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponseBase:
    """Stores ``theme`` and goes back to ``next``."""
    back = request.POST.get("next", "/")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = "/"
    answer = redirect(back)
    if (chosen := request.POST.get("theme", "")) in _NAMES:
        answer.set_cookie(COOKIE, chosen, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer
