"""The mail server, read from one address in the environment. Pure.

``smtp://user:password@mail.example.com:587`` speaks STARTTLS, ``smtps://…`` TLS from the first byte, ``console:``
writes e-mails to the server's output. Names and passwords are percent-encoded, as in every address.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

NONE: dict[str, Any] = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
TIMEOUT_SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465}


class UnreadableAddress(ValueError):
    """The text says what is wrong with it, without repeating its password."""


def read_mail_address(text: str) -> dict[str, Any]:
    """Django's settings for this mail server; for ``""`` those that send nothing. Raises ``UnreadableAddress``."""
    if not text.strip():
        return dict(NONE)
    try:
        address = urlsplit(text.strip())
        port = address.port
    except ValueError:
        raise UnreadableAddress("The port is no number, or the host cannot be read.") from None
    if address.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if address.scheme not in _PORTS:
        raise UnreadableAddress("It must begin with smtp:// or smtps://.")
    if not address.hostname:
        raise UnreadableAddress("It names no host.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": address.hostname,
        "EMAIL_PORT": port or _PORTS[address.scheme],
        "EMAIL_HOST_USER": unquote(address.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(address.password or ""),
        "EMAIL_USE_SSL": address.scheme == "smtps",
        # A mail server on this very machine needs no encryption, and mostly offers none.
        "EMAIL_USE_TLS": address.scheme == "smtp" and address.hostname not in {"localhost", "127.0.0.1", "::1"},
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
    }
