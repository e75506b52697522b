"""Time as the emulator reckons it: whole nanoseconds, parsed from and written as text.

Points in time are nanoseconds since 1970-01-01 UTC, spans are nanoseconds. Nothing here
reads a clock. Timestamps follow RFC 3339 with 0 to 9 fraction digits, as the JSON form of
google.protobuf.Timestamp does.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

MILLISECOND = 10**6
SECOND = 10**9

_UNITS = {"ms": MILLISECOND, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time that a world names: absolute, or counted from the emulator's start."""

    nanoseconds: int
    absolute: bool = False

    def at(self, start: int) -> int:
        """The point in time, for an emulator that started at `start`."""
        return self.nanoseconds if self.absolute else start + self.nanoseconds

    def before(self, span: int) -> "Moment":
        """The moment that lies `span` earlier."""
        return Moment(self.nanoseconds - span, self.absolute)


def parse_duration(text: str) -> int:
    """Read `90s`, `1.5s`, `200ms`, `10m`, `2h` or `7d`; ValueError for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as 500ms, 90s, 10m, 2h or 7d")
    return int(Fraction(match[1]) * _UNITS[match[2]])


def parse_moment(text: str) -> Moment:
    """Read a duration after (`5s`) or before (`-2h`) the start, or an RFC 3339 timestamp."""
    if _TIMESTAMP.fullmatch(text) is not None:
        return Moment(parse_timestamp(text), absolute=True)
    try:
        span = parse_duration(text.removeprefix("-"))
    except ValueError:
        message = f"{text!r} is neither a time such as 5s or -2h nor an RFC 3339 timestamp"
        raise ValueError(message) from None
    return Moment(-span if text.startswith("-") else span)


def parse_timestamp(text: str) -> int:
    """Read an RFC 3339 timestamp to the nanosecond; ValueError for anything else."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an RFC 3339 timestamp such as 2026-11-01T00:00:00Z")
    whole = datetime.fromisoformat(match[1] + match[3])
    return int(whole.timestamp()) * SECOND + int((match[2] or "").ljust(9, "0"))


def write_timestamp(instant: int, *, digits: int | None = None, utc: str = "Z") -> str:
    """Write an instant with that many fraction digits; None: as many of 0, 3, 6, 9 as it needs.

    The latter is the canonical JSON form (google/protobuf/timestamp.proto). Fewer digits than
    the instant has cut it.
    """
    seconds, fraction = divmod(instant, SECOND)
    whole = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    count = _needed_digits(fraction) if digits is None else digits
    return f"{whole}.{fraction:09d}"[: len(whole) + (count + 1 if count else 0)] + utc


def _needed_digits(fraction: int) -> int:
    return next(count for count in (0, 3, 6, 9) if fraction % 10 ** (9 - count) == 0)
