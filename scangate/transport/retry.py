"""Which failures are tried again, and after how long; the clock and the dice are passed in."""

import re
from collections.abc import Callable

from scangate.instant import Instant
from scangate.transport.answer import read_date
from scangate.transport.limits import Limits

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_SECONDS = re.compile(r"[0-9]{1,9}")


def backoff(attempt: int, *, dice: Callable[[], float], limits: Limits) -> float:
    """Return the seconds before the next attempt: full jitter under a doubling bound.

    `attempt` counts from 1; `dice` gives a number from 0 to 1.
    """
    bound: float = min(limits.longest_pause, limits.first_pause * 2 ** (attempt - 1))
    return bound * dice()


def retry_after(value: str | None, *, now: Instant) -> float:
    """Read a Retry-After header, which is seconds or an HTTP date (RFC 9110, 10.2.3).

    Returns seconds; 0 when there is none or it cannot be read.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = read_date(text)
    return max(0.0, moment.since(now).total_seconds()) if moment else 0.0
