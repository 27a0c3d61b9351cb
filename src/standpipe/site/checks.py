"""What is missing for production, in words (``standpipe check``)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from standpipe.core.errors import UserError

from .backup import is_half_restored

HALF_RESTORED = "A restore was cut off before its end. Run it again: standpipe restore FILE"


@dataclass(frozen=True, slots=True)
class Finding:
    text: str
    required: bool


def findings() -> list[Finding]:
    """Everything that is missing, the required first. Empty: ready."""
    found = [finding for check in (_database, _address, _secret, _data_folder, _mail) for finding in check()]
    return sorted(found, key=lambda finding: not finding.required)


def unapplied_migrations() -> bool:
    """Whether the database must be migrated before it can be used. A database that does not answer counts."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return True


def require_migrated() -> None:
    """Raises ``UserError`` where the database cannot be used as it stands."""
    if unapplied_migrations():
        raise UserError("The database is missing or older than the program. Run: standpipe migrate", code="migrate")


def _database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(f"The database does not answer ({error}). Check DATABASE_URL.", required=True)
        return
    if unapplied_migrations():
        yield Finding("The database is not up to date. Run: standpipe migrate", required=True)
    if is_half_restored():
        yield Finding(HALF_RESTORED, required=True)
    if connection.vendor == "sqlite":
        yield Finding(
            "SQLite serves one machine, from a local disk. For several machines set DATABASE_URL to PostgreSQL.",
            required=False,
        )


def _address() -> Iterator[Finding]:
    address = urlsplit(settings.BASE_URL)
    if address.hostname in {"localhost", "127.0.0.1", "::1"}:
        yield Finding(
            "STANDPIPE_BASE_URL is not set: only a QuickBooks on this very machine can reach it. "
            "Set it to the https address that people and Web Connectors use.",
            required=True,
        )
    elif address.scheme != "https":
        yield Finding("STANDPIPE_BASE_URL must begin with https://: the Web Connector refuses http.", required=True)


def _secret() -> Iterator[Finding]:
    if not os.environ.get("STANDPIPE_SECRET_KEY"):
        yield Finding(
            f"STANDPIPE_SECRET_KEY is not set; one was made and kept in {settings.DATA_DIR / 'secret-key'}. "
            "Several machines must share one: set it there.",
            required=connection.vendor == "postgresql",
        )


def _data_folder() -> Iterator[Finding]:
    if not os.access(settings.DATA_DIR, os.W_OK):
        yield Finding(f"The folder {settings.DATA_DIR} cannot be written. Set STANDPIPE_DATA_DIR.", required=True)


def _mail() -> Iterator[Finding]:
    if settings.EMAIL_PROBLEM:
        yield Finding(f"STANDPIPE_EMAIL_URL cannot be read: {settings.EMAIL_PROBLEM}", required=True)
    elif not settings.EMAIL_IS_SET_UP:
        yield Finding(
            "No e-mails are sent. To tell people when QuickBooks falls silent or refuses an invoice, set "
            "STANDPIPE_EMAIL_URL.",
            required=False,
        )
