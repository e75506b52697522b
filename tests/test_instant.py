"""Times to the nanosecond, and durations."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.instant import Instant, parse_duration, write_duration

SECOND = 10**9
Y2000 = 946_684_800 * SECOND
CALENDAR = (-62_135_596_800 * SECOND, 253_402_300_800 * SECOND - 1)
"""The years 1 to 9999, which timestamps and Python's calendar share."""


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2000-01-01T00:00:00Z", Y2000),
        ("2000-01-01T00:00:00.5Z", Y2000 + SECOND // 2),
        ("2000-01-01T00:00:00.000000001Z", Y2000 + 1),
        ("2000-01-01T00:00:00.999999999Z", Y2000 + SECOND - 1),
        ("2000-01-01T00:00:00.068Z", Y2000 + 68_000_000),
        ("2000-01-01t00:00:00z", Y2000),
        ("2000-01-01T03:00:00+03:00", Y2000),
        ("1999-12-31T19:00:00-05:00", Y2000),
        ("2000-01-01T00:00:00-00:00", Y2000),
        ("2000-02-29T00:00:00Z", Y2000 + 59 * 86400 * SECOND),
        ("0001-01-01T00:00:00Z", CALENDAR[0]),
        ("9999-12-31T23:59:59.999999999Z", CALENDAR[1]),
    ],
)
def test_a_timestamp_is_read_to_the_nanosecond(text: str, nanoseconds: int) -> None:
    assert Instant.parse(text) == Instant(nanoseconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2000-01-01",
        "2000-01-01T00:00:00",
        "2000-01-01 00:00:00Z",
        "2000-01-01T00:00Z",
        "2000-01-01T00:00:00.Z",
        "2000-01-01T00:00:00.0000000001Z",
        "2000-01-01T00:00:00,5Z",
        "2000-01-01T24:00:00Z",
        "2000-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z",
        "2001-02-29T00:00:00Z",
        "2000-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "20000-01-01T00:00:00Z",
        "2000-01-01T00:00:00+24:00",
        "2000-01-01T00:00:00+0300",
        "2000-01-01T00:00:00Z\n",
        " 2000-01-01T00:00:00Z",
        "٢٠٠٠-01-01T00:00:00Z",
        "946684800",
        "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00+00:01",
    ],
)
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Instant.parse(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2000-01-01", "2000-01-01T00:00:00Z"),
        ("2000-01-01T01:02:03.4Z", "2000-01-01T01:02:03.4Z"),
    ],
)
def test_a_date_means_its_midnight(text: str, same: str) -> None:
    assert Instant.parse_date(text) == Instant.parse(same)


@pytest.mark.parametrize("text", ["2000-02-30", "2000-1-1", "today", "2000-01-01T00:00"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Instant.parse_date(text)


@given(st.integers(*CALENDAR))
def test_what_is_written_reads_back_the_same(nanoseconds: int) -> None:
    assert Instant.parse(str(Instant(nanoseconds))) == Instant(nanoseconds)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        str(Instant.parse_date(text))


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (Y2000 + 1, "2000-01-01T00:00:00.000000001Z"),
        (Y2000 + 500_000_000, "2000-01-01T00:00:00.5Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
    ],
)
def test_a_time_is_written_with_as_many_digits_as_it_needs(nanoseconds: int, text: str) -> None:
    assert str(Instant(nanoseconds)) == text


def test_a_time_is_written_to_the_second_for_formats_that_know_no_more() -> None:
    assert Instant(Y2000 + SECOND - 1).to_second() == "2000-01-01T00:00:00"


def test_times_a_nanosecond_apart_are_ordered() -> None:
    assert Instant(Y2000) < Instant(Y2000 + 1)


def test_a_datetime_is_taken_to_its_microsecond() -> None:
    moment = dt.datetime(2000, 1, 1, 3, 0, 0, 7, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    assert Instant.of(moment) == Instant(Y2000 + 7000)


def test_a_duration_moves_a_time_both_ways() -> None:
    time = Instant(Y2000 + 1)
    assert time.plus(dt.timedelta(days=8)).plus(dt.timedelta(days=-8)) == time
    assert time.plus(dt.timedelta(microseconds=1)).nanoseconds == Y2000 + 1001


def test_the_time_between_is_cut_to_microseconds() -> None:
    assert Instant(Y2000 + 1999).since(Instant(Y2000)) == dt.timedelta(microseconds=1)


def test_the_date_is_the_one_of_utc() -> None:
    assert Instant.parse("2000-01-01T01:00:00+03:00").date == dt.date(1999, 12, 31)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("0s", 0),
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("7d", 604_800),
        ("007d", 604_800),
        ("999999999d", 999_999_999 * 86_400),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        *("", "10", "00", "-1s", "+1s", "1.5h", "1w", "1M", "1H", "1 h", "1h30m", "10m\n", "٣s"),
        *("1000000000s", "any", "s"),
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (-5, "0s"),
        (0.9, "0s"),
        (42, "42s"),
        (60, "1m"),
        (3900, "1h 5m"),
        (86_400 * 8, "8d"),
        (86_400 * 8 + 3661, "8d 1h"),
        (86_400 + 1, "1d 1s"),
    ],
)
def test_a_duration_is_written_in_its_two_largest_units(seconds: float, text: str) -> None:
    assert write_duration(dt.timedelta(seconds=seconds)) == text
