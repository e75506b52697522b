"""The promises, over generated worlds; and for each a faulty core that breaks it.

"Improves" means that a non-zero exit becomes 0. What a list does not tell cannot be known: that
no page is lost on the way is promised where pages are read.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import hypothesis
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scangate.errors import ExitCode, NoEvidence
from scangate.history import Choice, Judge, ScanSettings, choose
from scangate.instant import Instant
from scangate.model import Counts, Evidence, ScanResult, ScanStatus, Severity, Vulnerability
from scangate.policy.effective import Policy
from scangate.policy.evaluate import Judgement, count_rows, evaluate, evaluate_all
from scangate.report import Verdict
from tests.fakes import IMAGE, NOW
from tests.properties.worlds import (
    DAY,
    ROWS,
    SOUND,
    Core,
    Told,
    World,
    decide,
    improves,
    is_full_pass,
    load_policy,
    tellings,
    worlds,
)

Pair = tuple[World, World]


class Broken(Protocol):
    def __call__(self, before: World, after: World, core: Core, /) -> bool: ...


def differs(before: World, after: World, core: Core) -> bool:
    return decide(before, core) is not decide(after, core)


def passes_wrongly(before: World, after: World, core: Core) -> bool:
    return (decide(after, core) is ExitCode.PASS) != is_full_pass(after)


CLEAN = ScanResult(
    id="clean", image_id=IMAGE.id, status=ScanStatus.READY, scanned_at=NOW, counts=Counts()
)
RECENT = tuple(Instant(NOW.nanoseconds - age) for age in (0, 1, 2))
OLDER = tuple(Instant(NOW.nanoseconds - age) for age in (3, DAY, 9 * DAY))

# The same world, changed

ANY_WORLD, SOME_RESULT = worlds(), worlds(results=1)
PLACES = st.sampled_from(range(6))
ROW = st.sampled_from(ROWS)
RECENT_TIME, OLDER_TIME = st.sampled_from(RECENT), st.sampled_from(OLDER)


@st.composite
def chosen(draw: st.DrawFn) -> tuple[World, int]:
    world = draw(SOME_RESULT)
    return world, draw(PLACES) % len(world.told)


@st.composite
def without_an_outdated_result(draw: st.DrawFn) -> Pair:
    """Only a result in progress counts beside one that is newer."""
    world, place = draw(chosen())
    world = world.changed(place, status=ScanStatus.READY, scanned_at=draw(RECENT_TIME))
    outdated = draw(tellings("outdated"))
    status = draw(st.sampled_from([ScanStatus.READY, ScanStatus.ERROR, ScanStatus.CANCELLED]))
    time = draw(OLDER_TIME)
    scan = msgspec.structs.replace(outdated.scan, status=status, scanned_at=time)
    outdated = msgspec.structs.replace(outdated, scan=scan)
    return with_and_without(world, outdated, draw(PLACES) % (len(world.told) + 1))


@st.composite
def without_a_result_that_passes(draw: st.DrawFn) -> Pair:
    world = draw(ANY_WORLD)
    scan = msgspec.structs.replace(CLEAN, scanned_at=draw(RECENT_TIME))
    told = Told(scan=scan, rows=())
    return with_and_without(world, told, draw(PLACES) % (len(world.told) + 1))


def with_and_without(world: World, told: Told, place: int) -> Pair:
    return world.with_told([*world.told[:place], told, *world.told[place:]]), world


@st.composite
def without_any_result(draw: st.DrawFn) -> Pair:
    world = draw(ANY_WORLD)
    return world, world.with_told([])


@st.composite
def without_a_time(draw: st.DrawFn) -> Pair:
    world, place = draw(chosen())
    return world, world.changed(place, scanned_at=None)


@st.composite
def without_a_status(draw: st.DrawFn) -> Pair:
    """An unknown status is passed over where the policy passes over what is in progress."""
    world, place = draw(chosen())
    settings = {**world.policy["scan"], "on_running": "wait"}
    world = msgspec.structs.replace(world, policy={**world.policy, "scan": settings})
    return world, world.changed(place, status=ScanStatus.UNKNOWN, status_word="")


@st.composite
def without_a_row(draw: st.DrawFn) -> Pair:
    """Counts vouch for the row: without counts, or beyond them, nothing tells that it was there."""
    world, place = draw(chosen())
    told = world.told[place]
    rows: list[Vulnerability] = [draw(ROW), *(told.rows or ())]
    unlisted = draw(st.lists(st.sampled_from(ROWS), max_size=1))
    scan = msgspec.structs.replace(told.scan, counts=count_rows([*rows, *unlisted]))
    before = world.replace(place, Told(scan=scan, rows=tuple(rows)))
    gone = draw(PLACES) % len(rows)
    return before, before.replace(place, Told(scan=scan, rows=(*rows[:gone], *rows[gone + 1 :])))


@st.composite
def without_a_list(draw: st.DrawFn) -> Pair:
    world, place = draw(chosen())
    return world, world.replace(place, msgspec.structs.replace(world.told[place], rows=None))


def with_row(told: Told, row: Vulnerability) -> Told:
    """Return what the service tells of one more finding, as far as it tells anything."""
    counts = told.scan.counts
    if counts is not None:
        more = {row.severity.value: counts.of(row.severity) + 1}
        counts = msgspec.structs.replace(counts, **more)
    scan = msgspec.structs.replace(told.scan, counts=counts)
    return Told(scan=scan, rows=None if told.rows is None else (*told.rows, row))


@st.composite
def with_a_finding(draw: st.DrawFn, rows: Sequence[Vulnerability] = ROWS) -> Pair:
    world, place = draw(chosen())
    row = draw(st.sampled_from(rows))
    return world, world.replace(place, with_row(world.told[place], row))


UNKNOWN_ROWS = tuple(row for row in ROWS if row.severity_word)


@st.composite
def with_words_instead_of_critical(draw: st.DrawFn) -> Pair:
    """The same critical findings, once by the word that is known and once by one that is not."""
    world, place = draw(chosen())
    told = world.told[place]
    rows = tuple(
        msgspec.structs.replace(row, severity_word="X" if row.severity is CRITICAL else "")
        for row in told.rows or ()
    )
    plain = tuple(msgspec.structs.replace(row, severity_word="") for row in rows)
    return (
        world.replace(place, msgspec.structs.replace(told, rows=plain)),
        world.replace(place, msgspec.structs.replace(told, rows=rows)),
    )


CRITICAL = Severity.CRITICAL


@st.composite
def reordered(draw: st.DrawFn) -> Pair:
    world = draw(SOME_RESULT)
    told = [
        msgspec.structs.replace(
            t, rows=None if t.rows is None else tuple(draw(st.permutations(t.rows)))
        )
        for t in draw(st.permutations(world.told))
    ]
    policy = {key: world.policy[key] for key in draw(st.permutations(sorted(world.policy)))}
    limits = world.policy["thresholds"]
    policy["thresholds"] = {key: limits[key] for key in draw(st.permutations(sorted(limits)))}
    return world, msgspec.structs.replace(world, policy=policy, told=tuple(told))


@st.composite
def with_a_result_on_two_pages(draw: st.DrawFn) -> Pair:
    world, place = draw(chosen())
    return world, world.with_told([*world.told, world.told[place]])


@st.composite
def with_a_newer_result(draw: st.DrawFn) -> Pair:
    """Whatever is told beside it, a result in progress or without a time stands in the way."""
    world = draw(ANY_WORLD)
    late = draw(tellings("late")).scan
    late = msgspec.structs.replace(late, scanned_at=None)
    return world, world.with_told([*world.told, Told(scan=late, rows=())])


def as_it_is() -> st.SearchStrategy[Pair]:
    return worlds().map(lambda world: (world, world))


# Faulty cores


def timeless_is_oldest(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    dated = [result for result in history if result.scanned_at is not None]
    return choose(dated or history, settings)


def unknown_is_no_result(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    known = [result for result in history if result.status is not ScanStatus.UNKNOWN]
    return choose(known, settings)


def last_listed(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    return choose(history[-1:], settings)


def failed_scans_are_no_results(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    """Find nothing wrong with an image whose scans all failed."""
    ready = [result for result in history if result.status is ScanStatus.READY]
    return choose(history, settings) if ready else Judge(results=(CLEAN,))


def only_what_is_listed_once(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    return choose([each for each in history if list(history).count(each) == 1], settings)


def first_of_the_same_time(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    ready = [result for result in history if result.status is ScanStatus.READY]
    newest = max(ready, key=lambda result: result.scanned_at or NOW, default=None)
    sound = choose(history, settings)
    return Judge(results=(newest,)) if newest and isinstance(sound, Judge) else sound


def to_the_microsecond(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    def cut(result: ScanResult) -> ScanResult:
        time = result.scanned_at
        cut = time and Instant(time.nanoseconds // 1000)
        return msgspec.structs.replace(result, scanned_at=cut)

    sound = choose(list(map(cut, history)), settings)
    if not isinstance(sound, Judge):
        return sound
    whole = {result.id: result for result in history}
    return Judge(results=tuple(whole[result.id] for result in sound.results))


def any_ready_will_do(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    lenient = ScanSettings(
        max_age=None, use_last_ready_on_failed=True, use_last_ready_on_running=True
    )
    return choose(history, lenient)


Judging = Callable[[Policy, Sequence[Evidence], Instant], tuple[Evidence, Judgement]]


def judging(change: Callable[[Evidence], Evidence]) -> Judging:
    """Return a judge that sees evidence otherwise than it is."""

    def judge(
        policy: Policy, evidence: Sequence[Evidence], now: Instant
    ) -> tuple[Evidence, Judgement]:
        return evaluate_all(policy, [change(each) for each in evidence], now)

    return judge


def believe_the_rows(evidence: Evidence) -> Evidence:
    if evidence.vulnerabilities is None:
        return evidence
    counts = count_rows(evidence.vulnerabilities)
    scan = msgspec.structs.replace(evidence.scan, counts=counts)
    return msgspec.structs.replace(evidence, scan=scan)


def take_a_list_that_is_gone_as_not_asked_for(evidence: Evidence) -> Evidence:
    return msgspec.structs.replace(evidence, gap="")


def skip_rows_without_package(evidence: Evidence) -> Evidence:
    rows = evidence.vulnerabilities
    kept = None if rows is None else tuple(row for row in rows if row.described)
    return msgspec.structs.replace(evidence, vulnerabilities=kept)


def skip_unknown_words(evidence: Evidence) -> Evidence:
    """Pass over the rows that cannot be understood, and believe the rest."""
    rows = evidence.vulnerabilities or ()
    kept = tuple(row for row in rows if not row.severity_word)
    if len(kept) == len(rows):
        return evidence
    return believe_the_rows(msgspec.structs.replace(evidence, vulnerabilities=kept))


def an_absent_time_is_now(evidence: Evidence) -> Evidence:
    scan = msgspec.structs.replace(evidence.scan, scanned_at=evidence.scan.scanned_at or NOW)
    return msgspec.structs.replace(evidence, scan=scan)


def as_if_it_were_of_today(evidence: Evidence) -> Evidence:
    scan = msgspec.structs.replace(evidence.scan, scanned_at=evidence.scan.scanned_at and NOW)
    return msgspec.structs.replace(evidence, scan=scan)


def warn_of_what_counts_prove(
    policy: Policy, evidence: Sequence[Evidence], now: Instant
) -> tuple[Evidence, Judgement]:
    """Soften a violation though the rows do not add up, as a mere warning."""
    terms = msgspec.structs.replace(policy.terms, enforce=True)
    strict = policy.replace(terms=terms)
    chosen, judgement = evaluate_all(policy if policy.terms.enforce else strict, evidence, now)
    softer = Verdict.PASS if not policy.terms.enforce else judgement.verdict
    return chosen, msgspec.structs.replace(judgement, verdict=softer)


def the_first_decides(
    policy: Policy, evidence: Sequence[Evidence], now: Instant
) -> tuple[Evidence, Judgement]:
    return evidence[0], evaluate(policy, evidence[0], now)


def no_evidence_is_a_pass(
    policy: Policy, evidence: Sequence[Evidence], now: Instant
) -> tuple[Evidence, Judgement]:
    try:
        return evaluate_all(policy, evidence, now)
    except NoEvidence:
        return evidence[0], Judgement(verdict=Verdict.PASS, rules=(), findings=None)


def the_last_rule_decides(world: World) -> Policy:
    policy = load_policy(world)
    words = list(world.policy["thresholds"])
    last = [rule for rule in policy.terms.rules if words and words[-1] in rule.name]
    return policy.replace(terms=msgspec.structs.replace(policy.terms, rules=tuple(last)))


class Promise(msgspec.Struct, frozen=True):
    """What must not happen between two worlds, and cores in which it does."""

    name: str
    pairs: st.SearchStrategy[Pair]
    faults: tuple[Core, ...]
    broken: Broken = improves


PROMISES = (
    Promise(
        "1: taking an outdated result away changes nothing",
        without_an_outdated_result(),
        (Core(choose=last_listed),),
        differs,
    ),
    Promise(
        "1: taking a result away that passes never improves",
        without_a_result_that_passes(),
        (Core(choose=failed_scans_are_no_results),),
    ),
    Promise(
        "1: taking every result away never improves",
        without_any_result(),
        (Core(choose=lambda history, settings: choose(history or [CLEAN], settings)),),
    ),
    Promise(
        "1: taking a time away never improves",
        without_a_time(),
        (
            Core(choose=timeless_is_oldest),
            Core(evaluate_all=judging(an_absent_time_is_now)),
        ),
    ),
    Promise(
        "1 and 4: a status that nobody knows never improves",
        without_a_status(),
        (Core(choose=unknown_is_no_result), Core(choose=any_ready_will_do)),
    ),
    Promise(
        "1: taking a row away never improves",
        without_a_row(),
        (Core(evaluate_all=judging(believe_the_rows)),),
    ),
    Promise(
        "1: taking a whole list away never improves",
        without_a_list(),
        (Core(evaluate_all=judging(take_a_list_that_is_gone_as_not_asked_for)),),
    ),
    Promise(
        "2: adding a finding never improves",
        with_a_finding(),
        (
            Core(evaluate_all=judging(skip_rows_without_package)),
            Core(evaluate_all=warn_of_what_counts_prove),
        ),
    ),
    Promise(
        "4: adding a finding of unknown severity never improves",
        with_a_finding(UNKNOWN_ROWS),
        (Core(evaluate_all=judging(skip_unknown_words)),),
    ),
    Promise(
        "4: an unknown severity is judged as critical",
        with_words_instead_of_critical(),
        (Core(evaluate_all=judging(skip_unknown_words)),),
        differs,
    ),
    Promise(
        "4: a late result of unknown time or status never improves",
        with_a_newer_result(),
        (Core(evaluate_all=judging(an_absent_time_is_now)),),
        lambda before, after, core: (
            after.told[-1].scan.status is ScanStatus.READY and improves(before, after, core)
        ),
    ),
    Promise(
        "6: the order of results, rows, limits and keys changes nothing",
        reordered(),
        (
            Core(choose=last_listed),
            Core(choose=first_of_the_same_time),
            Core(load=the_last_rule_decides),
        ),
        differs,
    ),
    Promise(
        "6: a result that is listed on two pages changes nothing",
        with_a_result_on_two_pages(),
        (Core(choose=only_what_is_listed_once),),
        differs,
    ),
    Promise(
        "7: only a full pass is 0",
        as_it_is(),
        (
            Core(choose=last_listed),
            Core(choose=to_the_microsecond),
            Core(choose=any_ready_will_do),
            Core(evaluate_all=the_first_decides),
            Core(evaluate_all=no_evidence_is_a_pass),
            Core(evaluate_all=warn_of_what_counts_prove),
            Core(evaluate_all=judging(as_if_it_were_of_today)),
            Core(evaluate_all=judging(believe_the_rows)),
        ),
        passes_wrongly,
    ),
)
FAULTS = [
    pytest.param(promise, fault, id=f"{promise.name} [{number}]")
    for promise in PROMISES
    for number, fault in enumerate(promise.faults)
]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_promise(promise: Promise) -> None:
    @given(promise.pairs)
    def kept(pair: Pair) -> None:
        before, after = pair
        assert not promise.broken(before, after, SOUND)

    kept()


@pytest.mark.parametrize(("promise", "fault"), FAULTS)
def test_a_faulty_core_breaks_the_promise(promise: Promise, fault: Core) -> None:
    hypothesis.find(
        promise.pairs,
        lambda pair: promise.broken(pair[0], pair[1], fault),
        settings=settings(max_examples=5000, phases=[hypothesis.Phase.generate]),
    )
