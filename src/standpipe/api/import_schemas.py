"""Imports as programs send and receive them."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from .schemas import CustomerFilter, Input

ListId = Annotated[str, StringConstraints(max_length=36)]
Noun = Literal["account", "building"]
Target = Literal["accounts", "buildings", "both"]


class ImportIn(Input):
    """Either ``list_ids`` or ``filter``."""

    as_: Annotated[Target, Field(alias="as")]
    list_ids: list[ListId] | None = None
    filter: CustomerFilter | None = None
    naming: Literal["company_name", "job_name", "company_and_job_name"] | None = None
    link_to: Annotated[dict[ListId, str], Field(description="ListID to the id of a record that is here")] = {}
    fingerprint: Annotated[str, StringConstraints(max_length=64)] | None = None
    dry_run: bool = False


class Note(Schema):
    code: str
    text: str


class LooksLike(Schema):
    type: Noun
    id: str
    name: str
    because: str


class AccountOfBuilding(Schema):
    """``id`` is ``None`` where the account comes with the same import."""

    id: str | None
    name: str
    list_id: str


class Previewed(Schema):
    """``record`` is shaped as the noun; ``sources`` names where each of its values comes from, by path."""

    list_id: str
    type: Noun
    record: dict[str, Any]
    account: AccountOfBuilding | None = None
    sources: dict[str, str]
    doubts: list[Note]
    left_over: list[Note]
    looks_like: LooksLike | None = None


class Linked(Schema):
    list_id: str
    type: Noun
    id: str | None


class Created(Schema):
    list_id: str
    type: Noun
    id: str


class Skipped(Schema):
    """``reason`` in words, ``code`` for programs; ``type`` and ``id`` of the record here that it is about."""

    list_id: str
    outcome: Literal["skipped", "held", "failed"]
    code: str = ""
    reason: str
    type: Noun | None = None
    id: str | None = None
    name: str | None = None
    because: str | None = None
    changes: Annotated[list[dict[str, Any]] | None, Field(description="Since the preview: field, was, now")] = None


class PreviewOut(Schema):
    records: list[Previewed]
    linked: list[Linked]
    skipped: list[Skipped]
    sentence: Annotated[str | None, Field(description="What comes of it, and where invoices will go; as both")]
    fingerprint: Annotated[str, Field(description="Send it with the import, to get just this")]


class BatchOut(Schema):
    id: str
    as_: Annotated[Target, Field(alias="as")]
    naming: str
    created: list[Created]
    linked: list[Linked]
    skipped: list[Skipped]
    waiting: int
    sentence: str | None
    created_at: str
    undone_at: str | None


class Kept(Schema):
    type: Noun
    id: str
    reason: str


class UndoOut(Schema):
    removed: int
    kept: list[Kept]
