"""Points in time to the nanosecond, and durations as people write them.

`datetime` cuts to microseconds, and the service's timestamps carry up to nine fraction digits
(RFC 3339, as protobuf's JSON mapping writes google.protobuf.Timestamp), so two scans could not
be told apart by it. Nothing here reads a clock.
"""

import datetime as dt
import re
from typing import Self

import msgspec

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION_PATTERN = r"^[0-9]{1,9}[smhd]$"
NANOSECONDS = 10**9


class Instant(msgspec.Struct, frozen=True, order=True):
    """A point in time: nanoseconds since 1970-01-01T00:00:00Z."""

    nanoseconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an RFC 3339 timestamp with 0 to 9 fraction digits. Raises ValueError."""
        match = _RFC_3339.fullmatch(text)
        if match is None:
            raise ValueError(f"not an RFC 3339 timestamp: {text[:60]!r}")
        whole, fraction, offset = match.groups()
        zone = "+00:00" if offset in "Zz" else offset
        moment = _in_utc(dt.datetime.fromisoformat(whole.upper() + zone))
        nanoseconds = int((fraction or "").ljust(9, "0"))
        return cls(_seconds_since_epoch(moment) * NANOSECONDS + nanoseconds)

    @classmethod
    def parse_date(cls, text: str) -> Self:
        """Read a timestamp, or a date, which means its midnight in UTC. Raises ValueError."""
        return cls.parse(f"{text}T00:00:00Z") if _DATE.fullmatch(text) else cls.parse(text)

    @classmethod
    def of(cls, moment: dt.datetime) -> Self:
        """Take an aware datetime, to its microsecond."""
        seconds = _seconds_since_epoch(moment)
        return cls(seconds * NANOSECONDS + moment.microsecond * 1000)

    def plus(self, duration: dt.timedelta) -> "Instant":
        """Return the instant that much later (or earlier, for a negative duration)."""
        return Instant(self.nanoseconds + duration // dt.timedelta(microseconds=1) * 1000)

    def since(self, earlier: "Instant") -> dt.timedelta:
        """Return the time that lies between, cut to microseconds."""
        return dt.timedelta(microseconds=(self.nanoseconds - earlier.nanoseconds) // 1000)

    @property
    def date(self) -> dt.date:
        """The calendar date in UTC."""
        return (_EPOCH + dt.timedelta(seconds=self.nanoseconds // NANOSECONDS)).date()

    def to_second(self) -> str:
        """Write it as RFC 3339 in UTC without a fraction and without the closing Z."""
        whole = _EPOCH + dt.timedelta(seconds=self.nanoseconds // NANOSECONDS)
        return whole.replace(tzinfo=None).isoformat()

    def __str__(self) -> str:
        fraction = f"{self.nanoseconds % NANOSECONDS:09d}".rstrip("0")
        return self.to_second() + (f".{fraction}" if fraction else "") + "Z"


def parse_duration(text: str) -> dt.timedelta:
    """Read `90s`, `10m`, `2h`, `7d`; a bare `0` too. Raises ValueError."""
    if text == "0":
        return dt.timedelta(0)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"not a duration: {text[:40]!r} (write 90s, 10m, 2h or 7d)")
    number, unit = match.groups()
    return dt.timedelta(seconds=int(number) * _SECONDS[unit])


def write_duration(duration: dt.timedelta) -> str:
    """Write a duration for people, in its largest whole units: `8d`, `1h 5m`, `42s`."""
    seconds = max(0, int(duration.total_seconds()))
    parts = []
    for unit in ("d", "h", "m", "s"):
        number, seconds = divmod(seconds, _SECONDS[unit])
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts[:2]) or "0s"


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """An offset can carry a time over the ends of the calendar, where it could not be written."""
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(f"not a time that UTC can tell: {moment}") from error


def _seconds_since_epoch(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(seconds=1)
