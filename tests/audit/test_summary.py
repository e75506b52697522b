"""What an audit comes to."""

import msgspec
import pytest

from scangate.audit.digested import Step
from scangate.audit.summary import Package, sum_up
from scangate.errors import ScanMissing, ScanStale
from scangate.model import Counts
from scangate.report import Verdict
from tests.fakes import NOW

from .samples import failing, ignore, lost, passing, unjudged

TODAY = NOW.date


def step(package: str, *, kind: str = "debian", to: str = "1", clears: int = 1) -> Step:
    return Step(package=package, type=kind, to=to, clears=clears)


def test_every_image_is_in_one_list_at_most() -> None:
    images = [
        failing(1),
        passing(2),
        unjudged(3, ScanMissing, "x"),
        unjudged(4, ScanStale, "x"),
        lost(),
    ]
    summary = sum_up(images, (), today=TODAY)

    assert summary.verdicts == {Verdict.FAIL: 1, Verdict.PASS: 1, Verdict.ERROR: 3}
    assert summary.violating == (images[0],)
    assert summary.unscanned == (images[2],)
    assert summary.stale == (images[3],)
    assert summary.unknown == (images[4],)
    assert summary.counts == Counts(critical=2, high=2, low=3)


def test_the_worst_come_first() -> None:
    images = [failing(number) for number in (1, 6, 3, 13)]
    summary = sum_up(images, (), today=TODAY)

    assert [each.outcome.image and each.outcome.image.id for each in summary.violating] == [
        "image-6",
        "image-13",
        "image-3",
        "image-1",
    ]


def test_packages_by_the_images_that_need_them() -> None:
    images = [
        msgspec.structs.replace(failing(1), steps=(step("a", to="1.9"),)),
        msgspec.structs.replace(failing(2), steps=(step("a", to="1.10"), step("b", clears=5))),
        msgspec.structs.replace(failing(3), steps=(step("b"),), fixable=False),
        msgspec.structs.replace(failing(4), steps=(step("a", kind="npm"),)),
        msgspec.structs.replace(passing(5), steps=(step("a"),)),
    ]
    summary = sum_up(images, (), today=TODAY)

    assert summary.packages == (
        Package(name="a", type="debian", to="1.10", images=2, alone=1, clears=2),
        Package(name="b", type="debian", to="1", images=2, alone=0, clears=6),
        Package(name="a", type="npm", to="1", images=1, alone=1, clears=1),
    )
    assert summary.fixable == 3


@pytest.mark.parametrize(
    ("days", "told", "expired"), [(14, 1, False), (15, 0, False), (0, 1, False), (-1, 1, True)]
)
def test_exceptions_that_end(days: int, told: int, expired: bool) -> None:
    image = msgspec.structs.replace(passing(1), used=("policy.yaml:4",))
    summary = sum_up([image, passing(2)], [ignore(days=days)], today=TODAY)

    assert [(each.expired, each.images) for each in summary.endings] == [(expired, 1)] * told


def test_how_many_passed_by_counts_that_check_would_not_believe() -> None:
    believed = msgspec.structs.replace(passing(1), believed=True)

    assert sum_up([believed, passing(2), believed], (), today=TODAY).believed == 2


def test_an_exception_for_ever_is_not_told() -> None:
    forever = msgspec.structs.replace(ignore(), expires=None)

    assert sum_up([], [forever], today=TODAY).endings == ()
