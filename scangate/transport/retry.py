"""Which failures are tried again, and after how long; the clock and the dice are passed in."""

import email.utils
from collections.abc import Callable

from scangate.instant import Instant

ATTEMPTS = 6
"""How often a request is sent at the most."""

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_FIRST = 0.5
_LONGEST = 16.0


def backoff(attempt: int, *, dice: Callable[[], float]) -> float:
    """Return the seconds before the next attempt: full jitter under a doubling bound.

    `attempt` counts from 1; `dice` gives a number from 0 to 1.
    """
    bound: float = min(_LONGEST, _FIRST * 2 ** (attempt - 1))
    return bound * dice()


def retry_after(value: str | None, *, now: Instant) -> float:
    """Read a Retry-After header, which is seconds or an HTTP date (RFC 9110, 10.2.3).

    Returns seconds; 0 when there is none or it cannot be read.
    """
    if not value:
        return 0.0
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        moment = Instant.of(email.utils.parsedate_to_datetime(value))
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, moment.since(now).total_seconds())
