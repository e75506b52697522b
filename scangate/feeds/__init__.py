"""What the world knows of CVEs: CISA's KEV catalog and the EPSS scores, from files. Pure.

How each is written is in its module. What a rule makes of them is the policy's business, and which
files there are is the shell's.
"""

import datetime as dt

from scangate.feeds.content import MAX_BYTES, FeedError
from scangate.feeds.epss import Epss, read_epss
from scangate.feeds.kev import Kev, read_kev
from scangate.instant import Instant, write_duration

__all__ = [
    "MAX_AHEAD",
    "MAX_BYTES",
    "Epss",
    "FeedError",
    "Kev",
    "check_age",
    "describe",
    "read_epss",
    "read_kev",
]

MAX_AHEAD = dt.timedelta(days=1)
"""How far in the future a feed may be dated: EPSS names a day, and clocks differ."""


def check_age(feed: Kev | Epss, *, max_age: dt.timedelta | None, now: Instant) -> None:
    """Refuse a feed that is older than `max_age` (None: of any age), or dated in the future.

    It raises FeedError rather than answer, so that nobody can forget to look. A feed that is
    exactly as old as the limit passes.
    """
    if now.plus(MAX_AHEAD) < feed.date:
        raise FeedError(f"{feed.file}: the {_dated(feed)} is dated in the future (now is {now})")
    if max_age is not None and feed.date.plus(max_age) < now:
        limit = write_duration(max_age)
        raise FeedError(f"{feed.file}: the {_dated(feed)} is older than {limit} (now is {now})")


def describe(feed: Kev | Epss) -> str:
    """Say for people what was read: `KEV of 2026-11-20 (1,512 CVEs), feeds/kev.json`."""
    unit = "CVE" if feed.size == 1 else "CVEs"
    return f"{_dated(feed)} ({feed.size:,} {unit}), {feed.file}"


def _dated(feed: Kev | Epss) -> str:
    return f"{feed.name} of {feed.date.date}"
