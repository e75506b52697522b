"""How old a feed may be, and how it is told of."""

import datetime as dt

import pytest

from scangate.feeds import Epss, FeedError, Kev, check_age, describe
from scangate.instant import Instant

DAY = dt.timedelta(days=1)
NOW = Instant.parse("2026-11-22T10:00:00Z")
TICK = dt.timedelta(microseconds=1)


def kev(date: Instant, *, size: int = 1) -> Kev:
    cves = frozenset(f"CVE-2021-{number:05}" for number in range(size))
    return Kev(file="feeds/kev.json", date=date, cves=cves)


@pytest.mark.parametrize(
    ("age", "max_age"),
    [
        pytest.param(DAY, 7 * DAY, id="young"),
        pytest.param(7 * DAY, 7 * DAY, id="exactly at the limit"),
        pytest.param(9999 * DAY, None, id="no limit"),
        pytest.param(-DAY, 7 * DAY, id="a day ahead"),
        pytest.param(-DAY, None, id="a day ahead, no limit"),
        pytest.param(0 * DAY, 0 * DAY, id="now, with no age at all"),
    ],
)
def test_a_feed_is_fresh(age: dt.timedelta, max_age: dt.timedelta | None) -> None:
    check_age(kev(NOW.plus(-age)), max_age=max_age, now=NOW)


@pytest.mark.parametrize(
    ("age", "max_age", "message"),
    [
        pytest.param(
            7 * DAY + TICK,
            7 * DAY,
            "feeds/kev.json: the KEV of 2026-11-15 is older than 7d (now is 2026-11-22T10:00:00Z)",
            id="just too old",
        ),
        pytest.param(
            TICK,
            0 * DAY,
            "feeds/kev.json: the KEV of 2026-11-22 is older than 0s (now is 2026-11-22T10:00:00Z)",
            id="no age allowed",
        ),
        pytest.param(
            -DAY - TICK,
            7 * DAY,
            "feeds/kev.json: the KEV of 2026-11-23 is dated in the future "
            "(now is 2026-11-22T10:00:00Z)",
            id="just too far ahead",
        ),
        pytest.param(
            -365 * DAY,
            None,
            "feeds/kev.json: the KEV of 2027-11-22 is dated in the future "
            "(now is 2026-11-22T10:00:00Z)",
            id="in the future, no limit",
        ),
    ],
)
def test_a_feed_is_refused(age: dt.timedelta, max_age: dt.timedelta | None, message: str) -> None:
    with pytest.raises(FeedError) as caught:
        check_age(kev(NOW.plus(-age)), max_age=max_age, now=NOW)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("feed", "text"),
    [
        pytest.param(
            kev(NOW, size=1512), "KEV of 2026-11-22 (1,512 CVEs), feeds/kev.json", id="KEV"
        ),
        pytest.param(kev(NOW), "KEV of 2026-11-22 (1 CVE), feeds/kev.json", id="one"),
        pytest.param(
            Epss(file="epss.csv.gz", date=NOW, scores={"CVE-1": 0.5, "CVE-2": 0}),
            "EPSS of 2026-11-22 (2 CVEs), epss.csv.gz",
            id="EPSS",
        ),
    ],
)
def test_a_feed_is_described(feed: Kev | Epss, text: str) -> None:
    assert describe(feed) == text
