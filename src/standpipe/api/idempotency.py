"""``Idempotency-Key`` on POST: the same key and body get the same answer, and nothing is done twice."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from standpipe.organizations.queries import person_for_token

from .auth import PREFIX
from .models import StoredAnswer
from .problems import problem

KEPT_FOR = timedelta(days=30)  # longer than anybody repeats a request
SHOWN_ONCE = (
    "password",
)  # fields that only the first answer has: what is stored can be read by whoever reads backups


class IdempotencyMiddleware:
    """The answer is stored in the transaction of the work itself: both are there, or neither is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not key or not request.path.startswith(PREFIX):
            return self.get_response(request)
        membership = person_for_token(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
        if membership is None:
            return self.get_response(request)  # which answers 401
        if len(key) > 255:
            return problem(
                422, code="idempotency_key_too_long", title="Invalid input", detail="At most 255 characters."
            )
        row = StoredAnswer(
            organization=membership.organization,
            person=membership.person,
            key=key,
            path=request.path[:255],
            body_hash=hashlib.sha256(request.body).hexdigest(),
        )
        try:
            return self._answer_once(request, row)
        except IntegrityError:
            stored = StoredAnswer.objects.filter(organization=row.organization, key=key).first()
            if stored is None:  # it was another constraint: not ours to explain
                raise
            return _repeat(stored, row)

    def _answer_once(self, request: HttpRequest, row: StoredAnswer) -> HttpResponse:
        with transaction.atomic():
            old = StoredAnswer.objects.filter(organization=row.organization)
            old.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
            row.save(force_insert=True)
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                row.status, row.body = response.status_code, _to_keep(response.content)
                row.save(update_fields=["status", "body"])
        return response


def _to_keep(body: bytes) -> str:
    said = json.loads(body) if body else None
    if not isinstance(said, dict) or said.keys().isdisjoint(SHOWN_ONCE):
        return body.decode()
    return json.dumps({name: value for name, value in said.items() if name not in SHOWN_ONCE})


def _repeat(stored: StoredAnswer, asked: StoredAnswer) -> HttpResponse:
    is_anothers = stored.person_id not in (None, asked.person_id)  # who asked was not kept at first
    if is_anothers or (stored.path, stored.body_hash) != (asked.path, asked.body_hash):
        detail = "This Idempotency-Key was used for another request. Use a new key for new work."
        return problem(422, code="idempotency_key_reused", title="Key used before", detail=detail)
    answer = HttpResponse(stored.body, status=stored.status, content_type="application/json; charset=utf-8")
    answer["Idempotent-Replay"] = "true"
    return answer
