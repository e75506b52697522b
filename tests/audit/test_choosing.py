"""Which images of a repository are judged."""

import datetime as dt

import pytest

from scangate.audit.choosing import Selection
from scangate.instant import Instant
from tests.fakes import NOW

from .fakes import image


def days_ago(days: int) -> Instant:
    return NOW.plus(dt.timedelta(days=-days))


IMAGES = [
    image(1, "1.0", created_at=days_ago(1)),
    image(2, "latest", "2.0", created_at=days_ago(2)),
    image(3, created_at=days_ago(3)),
    image(4, "nightly-4", created_at=None),
    image(5, "2.5", created_at=days_ago(2)),
]


@pytest.mark.parametrize(
    ("selection", "left"),
    [
        pytest.param(Selection(), "12345", id="all of them"),
        pytest.param(Selection(tags=("2.*",)), "25", id="any tag of an image may match"),
        pytest.param(Selection(tags=("1.0", "n*")), "14", id="any glob may match"),
        pytest.param(Selection(tags=("2",)), "", id="a glob is of the whole tag"),
        pytest.param(Selection(tags=("*",)), "1245", id="an image without a tag has none"),
        pytest.param(Selection(since=days_ago(2)), "1245", id="exactly so old is young enough"),
        pytest.param(
            Selection(since=Instant(days_ago(2).nanoseconds + 1)), "14", id="a moment older is not"
        ),
        pytest.param(Selection(newest=1), "14", id="one without a time is kept, and not counted"),
        pytest.param(Selection(newest=2), "1245", id="of the same time all are kept"),
        pytest.param(Selection(newest=3), "1245", id="up to the number"),
        pytest.param(Selection(newest=4), "12345", id="as many as there are"),
        pytest.param(Selection(newest=9), "12345", id="more than there are"),
        pytest.param(
            Selection(tags=("2.*",), newest=1), "25", id="the newest of those that the tag leaves"
        ),
        pytest.param(
            Selection(since=days_ago(1), newest=1), "14", id="the newest of the young ones"
        ),
    ],
)
def test_the_choice(selection: Selection, left: str) -> None:
    chosen = selection.of(IMAGES)

    assert "".join(each.id[-1] for each in chosen) == left


def test_what_is_not_known_is_kept_whatever_is_asked() -> None:
    assert Selection(newest=1).of([]) == []
    assert len(Selection(newest=1, since=NOW).of(IMAGES[3:4])) == 1
