"""Times as text and as nanoseconds."""

import pytest

from scangate.emulator.moments import (
    SECOND,
    Moment,
    parse_duration,
    parse_moment,
    parse_timestamp,
    write_timestamp,
)

T = parse_timestamp("2026-11-22T10:00:00Z")


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [("0s", 0), ("200ms", SECOND // 5), ("1.5s", SECOND * 3 // 2), ("2m", 120 * SECOND)],
)
def test_duration(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "5", "-5s", "5 s", "5S", "1h30m", "٥s", "5s\n", "1e3s"])
def test_not_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("5s", Moment(5 * SECOND)),
        ("-2h", Moment(-7200 * SECOND)),
        ("2026-11-22T10:00:00Z", Moment(T, absolute=True)),
        ("2026-11-22T13:00:00+03:00", Moment(T, absolute=True)),
        ("2026-11-22T10:00:00.123456789Z", Moment(T + 123_456_789, absolute=True)),
        ("2026-11-22T10:00:00.5Z", Moment(T + SECOND // 2, absolute=True)),
    ],
)
def test_moment(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text", ["now", "2026-11-22", "2026-11-22T10:00:00", "--5s", "2026-13-01T00:00:00Z"]
)
def test_not_a_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_moment(text)


@pytest.mark.parametrize(
    ("instant", "digits", "text"),
    [
        (T, None, "2026-11-22T10:00:00Z"),
        (T + 68_000_000, None, "2026-11-22T10:00:00.068Z"),
        (T + 68_000, None, "2026-11-22T10:00:00.000068Z"),
        (T + 1, None, "2026-11-22T10:00:00.000000001Z"),
        (T, 3, "2026-11-22T10:00:00.000Z"),
        (T + 999_999_999, 0, "2026-11-22T10:00:00Z"),
        (T + 999_999_999, 3, "2026-11-22T10:00:00.999Z"),
        (T, 9, "2026-11-22T10:00:00.000000000Z"),
    ],
)
def test_written(instant: int, digits: int | None, text: str) -> None:
    assert write_timestamp(instant, digits=digits) == text


def test_what_is_written_reads_back() -> None:
    instant = T + 123_456_789
    assert parse_timestamp(write_timestamp(instant, utc="+00:00")) == instant
