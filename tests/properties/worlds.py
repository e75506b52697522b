"""Generated worlds: a policy, a scan history, the rows of each result, and what is decided.

Nothing that could break a promise is left out: counts disagree with rows, times are missing, equal
or a nanosecond apart, words are unknown, rows name no package, lists are gone.
"""

import functools
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from scangate.errors import ExitCode, ScanFailed, ScangateError, ScanMissing, ScanTimeout
from scangate.history import Choice, Failed, Judge, ScanSettings, Wait, choose
from scangate.instant import Instant
from scangate.model import (
    RANKED,
    Counts,
    Evidence,
    ScanResult,
    ScanStatus,
    Severity,
    Value,
    Vulnerability,
)
from scangate.policy.effective import Policy
from scangate.policy.evaluate import Judgement, count_rows, evaluate_all
from scangate.policy.load import load
from scangate.report import Verdict
from tests.fakes import IMAGE, NOW

DAY = 86_400 * 10**9
FIVE_MINUTES = 300 * 10**9


class Told(Value, frozen=True):
    """A result, and its rows as they would be listed; None when the list is gone."""

    scan: ScanResult
    rows: tuple[Vulnerability, ...] | None


class World(Value, frozen=True):
    """All that a decision follows from. `report_rows`: a report wants rows, whatever the policy."""

    policy: Mapping[str, Any]
    told: tuple[Told, ...]
    report_rows: bool = False

    def replace(self, place: int, told: Told) -> "World":
        return self.with_told((*self.told[:place], told, *self.told[place + 1 :]))

    def with_told(self, told: Sequence[Told]) -> "World":
        return msgspec.structs.replace(self, told=tuple(told))

    def changed(self, place: int, **fields: Any) -> "World":
        """Return the world in which the scan of one result has other fields."""
        told = self.told[place]
        scan = msgspec.structs.replace(told.scan, **fields)
        return self.replace(place, msgspec.structs.replace(told, scan=scan))

    def setting(self, name: str) -> object:
        return self.policy.get("scan", {}).get(name)


# What is generated


LIMITS = st.one_of(
    st.integers(0, 2),
    st.just("none"),
    st.dictionaries(st.sampled_from(["fixable", "unfixable"]), st.integers(0, 1), min_size=1),
)
THRESHOLDS = st.fixed_dictionaries(
    {},
    optional={
        **{severity.value: LIMITS for severity in Severity},
        "total": st.integers(0, 4) | st.just("none"),
    },
)
SCAN_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "max_age": st.sampled_from(["8d", "1d", "any"]),
        "on_failed": st.sampled_from(["fail", "use-last-ready"]),
        "on_running": st.sampled_from(["wait", "use-last-ready"]),
    },
)
POLICIES = st.fixed_dictionaries(
    {"version": st.just(1), "thresholds": THRESHOLDS},
    optional={"mode": st.sampled_from(["enforce", "warn"]), "scan": SCAN_SETTINGS},
).filter(
    lambda policy: (
        policy.get("mode") == "warn" or set(map(str, policy["thresholds"].values())) - {"none"}
    )
)
TIMES = st.one_of(
    st.none(),
    st.sampled_from(
        [0, 1, 2, DAY, DAY + 1, 8 * DAY, 8 * DAY + 1, -FIVE_MINUTES, -FIVE_MINUTES - 1]
    ).map(lambda age: Instant(NOW.nanoseconds - age)),
)
STATUSES = st.sampled_from([ScanStatus.READY, *ScanStatus])
ROWS = st.builds(
    Vulnerability,
    severity=st.sampled_from(Severity),
    severity_word=st.just(""),
    id=st.sampled_from(["CVE-1", "CVE-2"]),
    fixed_version=st.sampled_from(["", "2"]),
    described=st.booleans(),
) | st.builds(
    Vulnerability,
    severity=st.just(Severity.CRITICAL),
    severity_word=st.just("APOCALYPTIC"),
    fixed_version=st.sampled_from(["", "2"]),
    described=st.booleans(),
)
COUNTS = st.builds(
    Counts, **{severity.value: st.sampled_from([0, 0, 0, 1, 2]) for severity in Severity}
)


@st.composite
def tellings(draw: st.DrawFn, name: str = "scan") -> Told:
    rows = tuple(draw(st.lists(ROWS, max_size=3)))
    counts = draw(st.just(count_rows(rows)) | COUNTS | st.none())
    scan = ScanResult(
        id=name,
        image_id=IMAGE.id,
        status=draw(STATUSES),
        scanned_at=draw(TIMES),
        counts=counts,
    )
    return Told(scan=scan, rows=draw(st.sampled_from([rows, rows, rows, None])))


@st.composite
def worlds(draw: st.DrawFn, *, results: int = 0) -> World:
    """Draw a world of at least that many results."""
    number = draw(st.integers(results, 3))
    told = tuple(draw(tellings(f"scan-{place}")) for place in range(number))
    return World(policy=draw(POLICIES), told=told, report_rows=draw(st.booleans()))


# What is decided


@functools.cache
def _load(text: str) -> Policy:
    return load(text.encode(), source="policy.yaml", name="generated")


def load_policy(world: World) -> Policy:
    return _load(json.dumps(world.policy))


class Core(Value, frozen=True):
    """The decision, in parts that a negative control can replace by faulty ones."""

    choose: Callable[[Sequence[ScanResult], ScanSettings], Choice] = choose
    evaluate_all: Callable[[Policy, Sequence[Evidence], Instant], tuple[Evidence, Judgement]] = (
        evaluate_all
    )
    load: Callable[[World], Policy] = load_policy


SOUND = Core()


def decide(world: World, core: Core = SOUND) -> ExitCode:
    """Return the exit code of a look at the world; `test_gate_agrees` holds the gate to it."""
    policy = core.load(world)
    try:
        choice = core.choose([told.scan for told in world.told], policy.scan)
        if not isinstance(choice, Judge):
            raise _without_result(choice)
        evidence = [_gathered(world, policy, scan) for scan in choice.results]
        _, judgement = core.evaluate_all(policy, evidence, NOW)
    except ScangateError as error:
        return error.code
    return ExitCode.VIOLATION if judgement.verdict is Verdict.FAIL else ExitCode.PASS


def _without_result(choice: Choice) -> ScangateError:
    if isinstance(choice, Wait):
        return ScanTimeout("still running")
    return ScanFailed("failed") if isinstance(choice, Failed) else ScanMissing("none")


def _gathered(world: World, policy: Policy, scan: ScanResult) -> Evidence:
    rows = next(told.rows for told in world.told if told.scan == scan)
    if not (policy.needs_rows or world.report_rows or scan.counts is None):
        return Evidence(image=IMAGE, scan=scan)
    if rows is None:
        return Evidence(image=IMAGE, scan=scan, gap="the list is gone")
    return Evidence(image=IMAGE, scan=scan, vulnerabilities=rows)


def improves(before: World, after: World, core: Core = SOUND) -> bool:
    return decide(before, core) is not ExitCode.PASS and decide(after, core) is ExitCode.PASS


# What a full pass is, said once more and differently


def is_full_pass(world: World) -> bool:
    """Whether everything that the documentation asks of a pass is so."""
    statuses = [told.scan.status for told in world.told]
    if world.setting("on_running") != "use-last-ready" and any(s.in_progress for s in statuses):
        return False
    ready = [told for told in world.told if told.scan.status is ScanStatus.READY]
    times = [told.scan.scanned_at for told in ready]
    if not ready or None in times:
        return False
    newest = max(time for time in times if time is not None)
    failed = [told.scan.scanned_at for told in world.told if told.scan.status.failed]
    if world.setting("on_failed") != "use-last-ready" and any(
        time is None or time >= newest for time in failed
    ):
        return False
    return _is_fresh(world, newest) and all(
        _is_proven(world, told) and _is_within_limits(world, told)
        for told in ready
        if told.scan.scanned_at == newest
    )


def _is_fresh(world: World, time: Instant) -> bool:
    days = {"8d": 8, "1d": 1, "any": 10**6, None: 8}[world.setting("max_age")]  # type: ignore[index]
    age = NOW.nanoseconds - time.nanoseconds
    return -FIVE_MINUTES <= age <= days * DAY


def _is_proven(world: World, told: Told) -> bool:
    by_fix = any(isinstance(limit, dict) for limit in _limits(world.policy["thresholds"]).values())
    if not (by_fix or world.report_rows) and told.scan.counts is not None:
        return True
    if told.rows is None:
        return False
    counted = {s: (told.scan.counts or Counts()).of(s) for s in Severity}
    return Counter(row.severity for row in told.rows) == Counter(counted)


def _is_within_limits(world: World, told: Told) -> bool:
    if world.policy.get("mode") == "warn":
        return True
    thresholds = world.policy["thresholds"]
    rows, counts = told.rows or (), told.scan.counts or Counts()
    for severity, limit in _limits(thresholds).items():
        whom = {severity}
        if severity is Severity.HIGH and "undefined" not in thresholds:
            whom.add(Severity.UNDEFINED)
        if isinstance(limit, int) and sum(map(counts.of, whom)) > limit:
            return False
        if isinstance(limit, dict):
            concerned = [row for row in rows if row.severity in whom]
            fixable = [row for row in concerned if row.fixed_version or not row.described]
            unfixable = [row for row in concerned if not row.fixed_version or not row.described]
            if len(fixable) > limit.get("fixable", 99) or len(unfixable) > limit.get(
                "unfixable", 99
            ):
                return False
    total = thresholds.get("total", "none")
    return total == "none" or counts.total <= total


def _limits(thresholds: Mapping[str, Any]) -> dict[Severity, Any]:
    """Return the limit of each severity, its own or that of the nearest less severe one."""
    limits = {}
    inherited: object = "none"
    for severity in reversed(RANKED):
        inherited = limits[severity] = thresholds.get(severity.value, inherited)
    limits[Severity.UNDEFINED] = thresholds.get("undefined", "none")
    return {severity: limit for severity, limit in limits.items() if limit != "none"}
