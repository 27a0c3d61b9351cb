"""Identifiers. Keys are made here, not by the database, so that an organization can be moved whole."""

import secrets
import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A time-ordered identifier (RFC 9562, version 7), so that new rows land at the end of their index."""
    return uuid7()


def new_secret() -> str:
    """192 random bits as 32 URL-safe characters: nothing to guess, so a plain hash of it may be stored."""
    return secrets.token_urlsafe(24)
