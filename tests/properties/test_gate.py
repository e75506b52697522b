"""The gate itself, over the same worlds and while they change: it decides as they say."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import hypothesis
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scangate import errors
from scangate.errors import ExitCode, ScangateError
from scangate.gate import Plan, ScanWhen
from scangate.model import Image, PushScan, ScanResult, ScanStatus, Value, Vulnerability
from scangate.reference import ImageReference, Target
from tests import fakes
from tests.fakes import (
    COVERED,
    IMAGE,
    NOT_COVERED,
    NOW,
    REFERENCE,
    FakeClock,
    FakeSource,
    Outcome,
    result,
)
from tests.properties.worlds import Told, World, decide, is_full_pass, load_policy, worlds

T = TypeVar("T")
PINNED = ImageReference.parse(IMAGE.pinned)
MOVED = Image(id="image-2", host=IMAGE.host, name=IMAGE.name, digest="sha256:" + "b" * 64)
ANY_WORLD, SOME_RESULT = worlds(), worlds(results=1)
EASY = st.sampled_from(
    [
        World(policy={}, told=()),
        World(policy={}, told=(Told(scan=result(), rows=()),)),
        World(policy={}, told=(Told(scan=result(status=ScanStatus.RUNNING), rows=None),)),
    ]
)
"""No result, a clean one, a running one; the policy is the weather's."""
ERRORS = [
    errors.ScanFailed("x"),
    errors.EvidenceIncomplete("x"),
    errors.Unauthenticated("x"),
    errors.PermissionDenied("x"),
    errors.Unavailable("x"),
    errors.BadResponse("x"),
    errors.Interrupted("x"),
    errors.Terminated("x"),
]
RAISED = st.sampled_from(ERRORS)
IMAGES = st.sampled_from([*[IMAGE] * 8, *[MOVED] * 4, None, None, *ERRORS])


def rows_of(world: World) -> dict[str, tuple[Vulnerability, ...]]:
    return {told.scan.id: told.rows for told in world.told if told.rows is not None}


def judge(
    world: World,
    source: FakeSource,
    *,
    target: ImageReference = PINNED,
    timeout: float = 600,
    when: ScanWhen = ScanWhen.NEVER,
) -> Outcome:
    policy = load_policy(world)
    plan = Plan(
        scan_when=when,
        start_timeout=60,
    )
    return fakes.judge(
        source, policy, plan, target=target, timeout=timeout, at=NOW, list_rows=world.report_rows
    )


@given(ANY_WORLD, st.sampled_from([0, 60]), st.sampled_from([COVERED, NOT_COVERED]))
def test_the_gate_decides_as_the_parts_do(
    world: World, timeout: float, push_scan: PushScan
) -> None:
    source = FakeSource(
        FakeClock(),
        scans=[(0, [told.scan for told in world.told])],
        rows=rows_of(world),
        push_scan=push_scan,
    )
    assert judge(world, source, timeout=timeout).code is decide(world)


def renamed(world: World, prefix: str) -> World:
    told = [
        msgspec.structs.replace(
            each, scan=msgspec.structs.replace(each.scan, id=f"{prefix}{each.scan.id}")
        )
        for each in world.told
    ]
    return world.with_told(told)


class Weather(Value, frozen=True):
    """What the registry tells from when on; every entry may be an error instead."""

    world: World
    images: tuple[tuple[float, Image | ScangateError | None], ...]
    states: tuple[tuple[float, World | ScangateError], ...]
    started: tuple[tuple[float, World | ScangateError | None], ...]
    when: ScanWhen
    push_scan: PushScan
    timeout: float


@st.composite
def timelines(draw: st.DrawFn, states: st.SearchStrategy[T]) -> tuple[tuple[float, T], ...]:
    starts = [0, *sorted(draw(st.sets(st.sampled_from([1, 5, 20, 70, 300]), max_size=2)))]
    return tuple((start, draw(states)) for start in starts)


@st.composite
def weathers(draw: st.DrawFn) -> Weather:
    world = draw(ANY_WORLD)
    states = [
        (start, renamed(world.with_told(state.told), f"{start}-"))
        if isinstance(state, World)
        else (start, state)
        for start, state in draw(timelines(ANY_WORLD | EASY | EASY | EASY | RAISED))
    ]
    own = world.with_told(draw(SOME_RESULT).told[:1]).changed(0, id="started")
    running = own.changed(0, status=ScanStatus.RUNNING)
    return Weather(
        world=world,
        images=draw(timelines(IMAGES)),
        states=tuple(states),
        started=draw(timelines(st.sampled_from([own, own, running, None]) | RAISED)),
        when=draw(st.sampled_from(ScanWhen)),
        push_scan=draw(st.sampled_from([COVERED, NOT_COVERED])),
        timeout=draw(st.sampled_from([0, 10, 600, 600])),
    )


def source_of(weather: Weather, kind: type[FakeSource]) -> FakeSource:
    worlds = [state for _, state in (*weather.states, *weather.started) if state is not None]
    rows = [rows_of(world) for world in worlds if isinstance(world, World)]
    return kind(
        FakeClock(),
        images=weather.images,
        scans=[(start, _scans(state)) for start, state in weather.states],
        started=[(start, _one(state)) for start, state in weather.started],
        rows={scan_id: listed for each in rows for scan_id, listed in each.items()},
        push_scan=weather.push_scan,
    )


def _scans(state: World | ScangateError) -> list[ScanResult] | ScangateError:
    return [told.scan for told in state.told] if isinstance(state, World) else state


def _one(state: World | ScangateError | None) -> ScanResult | ScangateError | None:
    return state.told[0].scan if isinstance(state, World) else state


def passes_wrongly(weather: Weather, kind: type[FakeSource] = FakeSource) -> bool:
    """Whether the exit code is 0 though the last look did not show a full pass of the image."""
    source = source_of(weather, kind)
    outcome = judge(
        weather.world,
        source,
        target=REFERENCE,
        timeout=weather.timeout,
        when=weather.when,
    )
    assert outcome.code in ExitCode
    if outcome.code is not ExitCode.PASS:
        return False
    elapsed = source.clock.elapsed
    if outcome.image != IMAGE or (outcome.waited and latest(weather.images, elapsed) != IMAGE):
        return True
    started = "start_scan" in source.asked
    timeline = weather.started if started else weather.states
    seen = latest(timeline, elapsed - source.started_at)
    return not (isinstance(seen, World) and is_full_pass(seen))


@given(weathers())
def test_whatever_happens_only_a_full_pass_at_the_last_look_is_0(weather: Weather) -> None:
    assert not passes_wrongly(weather)


class GoneIsEmpty(FakeSource):
    """Takes a list that is gone for an empty one."""

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        return self.rows.get(scan.id, ())


class ErrorIsClean(FakeSource):
    """Takes an error for a clean result."""

    def scans(self, image: Image) -> Sequence[ScanResult]:
        try:
            return super().scans(image)
        except ScangateError:
            return [result()]


class AnyTag(FakeSource):
    """Finds the first image for ever."""

    def find(self, target: Target) -> Image | None:
        found = super().find(target)
        return found and IMAGE


@pytest.mark.parametrize("kind", [GoneIsEmpty, ErrorIsClean, AnyTag])
def test_a_faulty_source_is_found(kind: type[FakeSource]) -> None:
    hypothesis.find(
        weathers(),
        lambda weather: passes_wrongly(weather, kind),
        settings=settings(max_examples=5000, phases=[hypothesis.Phase.generate]),
    )


def latest(timeline: Sequence[tuple[float, T]], elapsed: float) -> T:
    return [state for start, state in timeline if start <= elapsed][-1]
