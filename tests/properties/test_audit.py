"""An audit judges every image of a registry as the gate judges it alone, and leaves none out."""

from collections.abc import Callable
from itertools import count
from random import Random

import hypothesis
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scangate.audit.choosing import Selection
from scangate.audit.digested import Judged
from scangate.audit.gathering import Place, Survey
from scangate.audit.judging import Judge
from scangate.audit.strictest import Reading
from scangate.errors import ExitCode
from scangate.model import Counts, Image, ScanResult, Severity, Vulnerability
from tests.audit.fakes import REPOSITORY, TARGET, FakeCatalog, image, judged
from tests.fakes import IMAGE, NOW
from tests.properties.worlds import Told, World, decide, load_policy, worlds

FIXABLE, UNFIXABLE = "2", ""


def judge_of(world: World) -> Judge:
    return Judge(policy=load_policy(world), list_rows=world.report_rows)


def audited(world: World, judge: Judge | None = None) -> tuple[ExitCode, bool]:
    """Return the exit code of the image, and whether any of its rows were listed."""
    rows = {told.scan.id: told.rows for told in world.told if told.rows is not None}
    results = [told.scan for told in world.told]
    found, asked = judged(judge or judge_of(world), IMAGE, results, rows)
    return found.outcome.exit_code, bool(asked)


def adding_up(counts: Counts | None, fix: str) -> tuple[Vulnerability, ...]:
    """Return rows that are as many as the counts say."""
    severities = (each for each in Severity for _ in range((counts or Counts()).of(each)))
    return tuple(
        Vulnerability(severity=each, id=f"CVE-{number}", package="zlib", fixed_version=fix)
        for number, each in zip(count(), severities)
    )


def with_rows(world: World, fix: str) -> World:
    """Return the world in which the rows add up to the counts, all with a fix or all without."""
    told = [
        msgspec.structs.replace(each, rows=adding_up(each.scan.counts, fix)) for each in world.told
    ]
    return world.with_told(told)


def differs(world: World, judge: Judge | None = None) -> bool:
    """Whether an audit says otherwise than the gate.

    Where the counts alone are within the limits an audit asks for no rows, so it is held to what
    the gate says of any rows that add up to them.
    """
    code, listed = audited(world, judge)
    if listed or code is not ExitCode.PASS:
        return code is not decide(world)
    return any(decide(with_rows(world, fix)) is not ExitCode.PASS for fix in (FIXABLE, UNFIXABLE))


@given(worlds())
def test_an_audit_says_of_an_image_what_the_gate_says(world: World) -> None:
    assert not differs(world)


@given(worlds())
def test_with_rows_as_check_lists_them_it_says_exactly_the_same(world: World) -> None:
    judge = msgspec.structs.replace(judge_of(world), as_check=True)
    code, _ = audited(world, judge)

    assert code is decide(world)


class AllWithin(Judge, frozen=True):
    """Takes every policy for one that counts decide."""

    def reading(self, repository: str) -> Reading:
        return msgspec.structs.replace(super().reading(repository), needs_rows=False)


class AnyAge(Judge, frozen=True):
    """Takes every result for fresh."""

    def reading(self, repository: str) -> Reading:
        reading = super().reading(repository)
        scan = msgspec.structs.replace(reading.terms.scan, max_age=None)
        terms = msgspec.structs.replace(reading.terms, scan=scan)
        strict = msgspec.structs.replace(reading.strictest.terms, scan=scan)
        return msgspec.structs.replace(
            reading, terms=terms, strictest=reading.strictest.replace(terms=strict)
        )


class NoLimits(Judge, frozen=True):
    """Forgets the rules where only counts are asked."""

    def reading(self, repository: str) -> Reading:
        reading = super().reading(repository)
        terms = msgspec.structs.replace(reading.strictest.terms, rules=())
        return msgspec.structs.replace(reading, strictest=reading.strictest.replace(terms=terms))


@pytest.mark.parametrize("kind", [AllWithin, AnyAge, NoLimits])
def test_a_faulty_judge_is_found(kind: Callable[..., Judge]) -> None:
    def wrong(world: World) -> bool:
        return differs(world, kind(policy=load_policy(world), list_rows=world.report_rows))

    hypothesis.find(
        worlds(),
        wrong,
        settings=settings(max_examples=5000, phases=[hypothesis.Phase.generate]),
    )


def of_image(told: Told, number: int) -> ScanResult:
    identity = f"{number}-{told.scan.id}"
    return msgspec.structs.replace(told.scan, id=identity, image_id=f"image-{number}")


@given(
    st.lists(worlds(), min_size=1, max_size=4),
    st.sets(st.integers(0, 3)),
    st.randoms(use_true_random=False),
)
def test_nothing_is_left_out(drawn: list[World], overlooked: set[int], dice: Random) -> None:
    """Whatever the images' scans, in whatever order they come, and whoever the lists overlook."""
    results = [of_image(told, n) for n, world in enumerate(drawn) for told in world.told]
    dice.shuffle(results)
    images = [image(number) for number in range(len(drawn))]
    met = {result.image_id for result in results}
    unlisted = [it for n, it in enumerate(images) if n in overlooked and it.id in met]
    listed = [it for it in images if it not in unlisted]
    rows = {
        of_image(told, n).id: told.rows
        for n, world in enumerate(drawn)
        for told in world.told
        if told.rows is not None
    }
    catalog = FakeCatalog(listed, results, rows, unlisted=unlisted)
    judge = Judge(policy=load_policy(drawn[0]))
    hypothesis.assume(listed)  # a list without any image is not believed: test_faults
    survey = Survey(TARGET, judge, Selection(), now=lambda _catalog: NOW)
    place = Place(repository=REPOSITORY, images={it.id: it for it in listed})
    looked = survey.look(place, catalog)
    endings = [*looked.judged, *(survey.settle(it, catalog) for it in looked.pending)]

    assert sorted(map(_named, endings)) == sorted(it.id for it in images)
    for ending in endings:
        alone, _ = judged(judge, _image(ending), _history(results, _named(ending)), rows)
        assert ending == alone


def _image(ending: Judged) -> Image:
    assert ending.outcome.image is not None
    return ending.outcome.image


def _named(ending: Judged) -> str:
    return _image(ending).id


def _history(results: list[ScanResult], image_id: str) -> list[ScanResult]:
    return [result for result in results if result.image_id == image_id]
