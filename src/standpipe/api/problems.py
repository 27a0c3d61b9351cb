"""Errors as RFC 9457 problem details: what happened, and what to do about it."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from standpipe.core.errors import NotAllowed, UserError

logger = logging.getLogger(__name__)

# Codes whose status is not the usual 409 ("the request is fine, the state of things forbids it").
INPUT_CODES = ("_required", "_invalid", "_too_long", "invalid", "unknown_field")


def problem(status: int, *, code: str, title: str, detail: str, **more: Any) -> HttpResponse:
    """One problem. ``code`` is stable and stands at the end of ``type``; ``detail`` is for people."""
    body = {"type": f"urn:standpipe:problem:{code}", "title": title, "status": status, "detail": detail, "code": code}
    return JsonResponse(body | more, status=status, content_type="application/problem+json")


def install(api: NinjaAPI) -> None:
    """Every error of every operation leaves as a problem."""
    api.exception_handler(UserError)(_user_error)
    api.exception_handler(ObjectDoesNotExist)(_not_found)
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(AuthenticationError)(_unauthenticated)
    api.exception_handler(HttpError)(_http_error)
    api.exception_handler(Exception)(_our_bug)


def _user_error(_request: HttpRequest, error: Exception) -> HttpResponse:
    if not isinstance(error, UserError):
        raise TypeError(error)
    if isinstance(error, NotAllowed):
        return problem(403, code=error.code, title="Not allowed", detail=str(error))
    more: Mapping[str, Any] = {"field": error.field} if error.field else {}
    if error.field or error.code.endswith(INPUT_CODES):
        return problem(422, code=error.code, title="Invalid input", detail=str(error), **more)
    return problem(409, code=error.code, title="Not possible now", detail=str(error), **more)


def _not_found(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem(404, code="not_found", title="Not found", detail="There is nothing with this id here.")


def _invalid(_request: HttpRequest, error: Exception) -> HttpResponse:
    if not isinstance(error, ValidationError):
        raise TypeError(error)
    errors = [
        {"field": ".".join(str(part) for part in fault["loc"][2:] or fault["loc"]), "detail": fault["msg"]}
        for fault in error.errors
    ]
    detail = "; ".join(f"{fault['field']}: {fault['detail']}" for fault in errors)
    return problem(422, code="invalid", title="Invalid input", detail=detail, errors=errors)


def _unauthenticated(_request: HttpRequest, _error: Exception) -> HttpResponse:
    detail = "Send an API token: Authorization: Bearer <token>. Tokens are made under Settings."
    answer = problem(401, code="unauthenticated", title="No valid token", detail=detail)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _http_error(_request: HttpRequest, error: Exception) -> HttpResponse:
    status = getattr(error, "status_code", 400)
    return problem(status, code="bad_request", title="The request cannot be read", detail=str(error))


def _our_bug(_request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("api_failed", exc_info=error)
    detail = "This is a fault of Standpipe, and it is in the server's log. Nothing was half written."
    return problem(500, code="internal", title="Standpipe failed", detail=detail)
