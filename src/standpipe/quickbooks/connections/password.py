"""The password that a person pastes into the Web Connector: generated, shown once, kept as a plain hash.

Nothing can be guessed of it, so a slow hash would only make every poll of every connector expensive (design 9).
"""

import hashlib
import hmac
import secrets

from .models import Connection

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0 and o, 1, i and l: 31 characters that are read aloud safely
GROUPS = 6
GROUP_LENGTH = 5  # 30 characters of 31: 148 bits


def generate_password() -> str:
    """A new password, in groups of five: ``7kq3m-x4hd9-…``. Dashes, spaces and case do not count."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_password(raw: str) -> str:
    """SHA-256 of the password as it counts: without dashes and white space, in lower case."""
    return hash_secret("".join(raw.replace("-", "").split()).lower())


def hash_secret(secret: str) -> str:
    """SHA-256 of any generated secret, as it is kept: of set-up links and of the browsers that opened them too."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(connection: Connection, raw: str) -> bool:
    """Whether this is the connection's password; never, while it has none."""
    return bool(connection.password_hash) and hmac.compare_digest(connection.password_hash, hash_password(raw))
