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
from scangate.policy.evaluate import Judgement, count_rows, evaluate_all, needs_rows
from scangate.policy.load import load_text
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
        return self.policy["scan"][name]


# What is generated


# The strategies are made once: making them costs more than drawing from them.
ROWS = tuple(
    Vulnerability(severity=severity, severity_word=word, fixed_version=fix, described=described)
    for severity, word in [*((each, "") for each in Severity), (Severity.CRITICAL, "APOCALYPTIC")]
    for fix in ("", "2")
    for described in (True, False)
)
ROW_LISTS = st.lists(st.sampled_from(ROWS), max_size=2).map(tuple)
TIMES = (
    *[NOW] * 5,
    None,
    *(
        Instant(NOW.nanoseconds - age)
        for age in (1, 2, DAY, DAY + 1, 8 * DAY, 8 * DAY + 1, -FIVE_MINUTES, -FIVE_MINUTES - 1)
    ),
)
STATUSES = (*[ScanStatus.READY] * 8, *ScanStatus)
SCANS = st.sampled_from([(status, time) for status in STATUSES for time in TIMES])
COUNTED = st.sampled_from(["as listed"] * 3 + ["otherwise", "one less", "one more", "not at all"])
LISTED = st.sampled_from([True, True, False])
NUMBERS = {0: st.sampled_from([1, 2, 3, 0]), 1: st.sampled_from([1, 2, 3])}
LIMITS: tuple[Any, ...] = (
    *(0, 0, 1, 2, "none"),
    *({"fixable": 0}, {"unfixable": 0}, {"fixable": 0, "unfixable": 1}),
)
THRESHOLDS = st.lists(
    st.sampled_from(
        [
            *((severity.value, limit) for severity in Severity for limit in LIMITS),
            *(("total", limit) for limit in (0, 1, 4, "none")),
        ]
    ),
    max_size=4,
).map(dict)
SETTINGS = st.sampled_from(
    [
        (mode, {"max_age": max_age, "on_failed": on_failed, "on_running": on_running})
        for mode in ("enforce", "enforce", "warn")
        for max_age in ("8d", "1d", "any")
        for on_failed in ("fail", "use-last-ready")
        for on_running in ("wait", "use-last-ready")
    ]
)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a policy; one that cannot fail is none, and so is given a limit."""
    thresholds = draw(THRESHOLDS)
    mode, scan = draw(SETTINGS)
    if mode == "enforce" and all(limit == "none" for limit in thresholds.values()):
        thresholds["low"] = 0
    return {"version": 1, "mode": mode, "scan": scan, "thresholds": thresholds}


@st.composite
def tellings(draw: st.DrawFn, name: str) -> Told:
    rows = draw(ROW_LISTS)
    counted = draw(COUNTED)
    if counted == "otherwise":
        counts = count_rows(draw(ROW_LISTS))
    elif counted == "one more":
        counts = count_rows((*rows, ROWS[0]))
    else:
        counts = count_rows(rows[:-1] if counted == "one less" else rows)
    status, time = draw(SCANS)
    scan = ScanResult(
        id=name,
        image_id=IMAGE.id,
        status=status,
        scanned_at=time,
        counts=None if counted == "not at all" else counts,
    )
    return Told(scan=scan, rows=rows if draw(LISTED) else None)


TELLINGS = [tellings(f"scan-{place}") for place in range(3)]
POLICIES = policies()
BOOLEANS = st.booleans()


@st.composite
def worlds(draw: st.DrawFn, *, results: int = 0) -> World:
    """Draw a world of at least that many results."""
    told = tuple(draw(TELLINGS[place]) for place in range(draw(NUMBERS[results])))
    return World(policy=draw(POLICIES), told=told, report_rows=draw(BOOLEANS))


# What is decided


@functools.cache
def _load(text: str) -> Policy:
    return load_text(text.encode(), source="policy.yaml", name="generated")


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
        choice = core.choose([told.scan for told in world.told], policy.terms.scan)
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
    rows = next((told.rows for told in world.told if told.scan == scan), ())
    if not (needs_rows(policy, policy.terms) or world.report_rows or scan.counts is None):
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
    days = {"8d": 8, "1d": 1, "any": 10**6}[str(world.setting("max_age"))]
    age = NOW.nanoseconds - time.nanoseconds
    return -FIVE_MINUTES <= age <= days * DAY


def _is_proven(world: World, told: Told) -> bool:
    by_fix = any(
        isinstance(limit, dict) for limit in limits_of(world.policy["thresholds"]).values()
    )
    if not (by_fix or world.report_rows) and told.scan.counts is not None:
        return True
    if told.rows is None:
        return False
    counted = {s: (told.scan.counts or Counts()).of(s) for s in Severity}
    return Counter(row.severity for row in told.rows) == Counter(counted)


def _is_within_limits(world: World, told: Told) -> bool:
    if world.policy["mode"] == "warn":
        return True
    thresholds = world.policy["thresholds"]
    rows, counts = told.rows or (), told.scan.counts or Counts()
    for severity, limit in limits_of(thresholds).items():
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
    return bool(total == "none" or counts.total <= total)


def limits_of(thresholds: Mapping[str, Any]) -> dict[Severity, Any]:
    """Return the limit of each severity, its own or that of the nearest less severe one."""
    limits = {}
    inherited: object = "none"
    for severity in reversed(RANKED):
        own = thresholds.get(severity.value, "none")
        inherited = limits[severity] = inherited if own == "none" else own
    limits[Severity.UNDEFINED] = thresholds.get("undefined", "none")
    return {severity: limit for severity, limit in limits.items() if limit != "none"}
