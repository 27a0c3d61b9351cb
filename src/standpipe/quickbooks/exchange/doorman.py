"""Wrong passwords, slowed per address. Nothing can be guessed of 148 random bits; this keeps the noise down.

Only a wrong password waits: the right one is answered at once, so that a forgotten second computer, polling with an
old one, locks nobody out (design 9). The count is shared by the server's workers (``CACHES``): of two wrong passwords
at the same instant one may go uncounted, which slows nobody down any less for long.
"""

import threading
import time
from collections.abc import Callable

from django.core.cache import cache

WINDOW_SECONDS = 15 * 60
FREE = 3  # mistakes of a person at the keyboard
LONGEST_SECONDS = 0.5
MAX_WAITING = 2  # threads that may wait at once: slowing others down must not slow us down

_waiting = threading.BoundedSemaphore(MAX_WAITING)


def delay_after(failures: int) -> float:
    """Seconds to wait before the answer to that many wrong passwords from one address."""
    return 0.0 if failures <= FREE else min(LONGEST_SECONDS, 0.1 * 2 ** min(failures - FREE - 1, 10))


def note_wrong_password(address: str, *, pause: Callable[[float], object] = time.sleep) -> int:
    """Counts a wrong password, waits a moment if there were many, and returns their number."""
    key = f"wrong-connector-password:{address}"
    cache.add(key, 0, timeout=WINDOW_SECONDS)
    try:
        failures = cache.incr(key)
    except ValueError:  # it expired between the two
        failures = 1
    if (delay := delay_after(failures)) and _waiting.acquire(blocking=False):
        try:
            pause(delay)
        finally:
            _waiting.release()
    return failures
