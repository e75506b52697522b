"""Generated pairs of cases: one, and the same with something changed, taken away or added."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from scangate.model import RANKED, Severity, Vulnerability
from tests.properties.judging import Case
from tests.properties.languages import (
    ANY_ROW,
    EXCEPTIONS,
    SOME_ROWS,
    STATEMENTS,
    YESTERDAY,
    cases,
    pick,
)

Pair = tuple[Case, Case]

SOME = cases(SOME_ROWS)
PLACES = st.sampled_from(range(12))
HARMLESS = [each for each in STATEMENTS if each.status.harmless]


@st.composite
def chosen(draw: st.DrawFn) -> tuple[Case, int]:
    case = draw(SOME)
    return case, draw(PLACES) % len(case.rows)


@st.composite
def without_a_row(draw: st.DrawFn) -> Pair:
    """The counts vouch for the row."""
    case, place = draw(chosen())
    case = case.replace(unlisted=draw(st.lists(ANY_ROW, max_size=1).map(tuple)))
    gone = case.rows[place]
    return case, case.without(place).replace(unlisted=(*case.unlisted, gone))


@st.composite
def without_the_list(draw: st.DrawFn) -> Pair:
    case = draw(SOME)
    return case, case.replace(listed=False)


@st.composite
def with_a_finding(draw: st.DrawFn) -> Pair:
    case, place = draw(chosen())
    return case.without(place), case


@st.composite
def with_a_fact_untold(draw: st.DrawFn, facts: Sequence[str]) -> Pair:
    case, place = draw(chosen())
    return case, _untold(case, place, draw(st.sampled_from(facts)))


def _untold(case: Case, place: int, fact: str) -> Case:
    """A row that names neither an advisory nor a package tells nothing but its severity."""
    row = msgspec.structs.replace(case.rows[place], **{fact: ""})
    if row.id or row.package:
        return case.changed(place, **{fact: ""})
    return _undescribed(case, place)


@st.composite
def with_nothing_told_but_a_severity(draw: st.DrawFn) -> Pair:
    case, place = draw(chosen())
    return case, _undescribed(case, place)


def _undescribed(case: Case, place: int) -> Case:
    row = case.rows[place]
    bare = Vulnerability(severity=row.severity, severity_word=row.severity_word, described=False)
    return case.replace(rows=(*case.rows[:place], bare, *case.rows[place + 1 :]))


@st.composite
def without_a_score(draw: st.DrawFn) -> Pair:
    case = draw(SOME)
    likely = {"name": "likely", "match": {"epss": draw(PROBABLE)}, "max": 0, "action": "fail"}
    case = case.with_policy(rules=[*case.section("rules")[:1], likely])
    scores = {"CVE-2025-1000": 0.9, **(case.epss or {}), "GHSA-1": 0.6}
    gone = draw(st.sampled_from(sorted(scores)))
    left = {advisory: score for advisory, score in scores.items() if advisory != gone}
    return case.replace(epss=scores), case.replace(epss=left)


PROBABLE = st.sampled_from([">=0.5", ">=0.6", ">=0.9"])


@st.composite
def without_the_catalog(draw: st.DrawFn) -> Pair:
    case = draw(SOME)
    exploited = {"name": "exploited", "match": {"kev": True}, "max": 0, "action": "fail"}
    case = case.with_policy(rules=[*case.section("rules")[:1], exploited])
    listed = case.replace(kev=frozenset({row.id.upper() for row in case.rows}))
    return listed, listed.replace(kev=None)


@st.composite
def without_a_row_of_the_baseline(draw: st.DrawFn) -> Pair:
    """Or without the whole of it, against policies that ask what is new, and not what is old."""
    case = _asking_only_for_new(draw(SOME))
    old = (*(case.baseline or ()), *case.rows[:1])
    case = case.replace(baseline=old)
    return case, case.replace(baseline=draw(st.sampled_from([None, (), old[1:], old[:-1]])))


def _asking_only_for_new(case: Case) -> Case:
    rules = [rule for rule in case.section("rules") if rule["match"].get("new") is not False]
    return case.with_policy(rules=rules, overrides=[], thresholds={"total": 9}, mode="enforce")


@st.composite
def with_an_unknown_severity(draw: st.DrawFn) -> Pair:
    """The same row, once critical and once of a severity that nobody knows."""
    case, place = draw(chosen())
    critical = case.changed(place, severity=Severity.CRITICAL, severity_word="")
    return critical, critical.changed(place, severity_word="APOCALYPTIC")


@st.composite
def with_an_unrated_finding(draw: st.DrawFn) -> Pair:
    """The same row, once high and once unrated, where nothing asks for exactly one of them."""
    case, place = draw(chosen())
    rules = [
        rule
        for rule in case.section("rules")
        if str(rule["match"].get("severity", ">=")).startswith(">=")
    ]
    limits = {"undefined": "none", **case.policy["thresholds"], "total": 9}
    del limits["undefined"]
    case = case.with_policy(rules=rules, overrides=[], thresholds=limits)
    high = case.changed(place, severity=Severity.HIGH, severity_word="")
    return high, high.changed(place, severity=Severity.UNDEFINED)


@st.composite
def with_a_worse_finding(draw: st.DrawFn) -> Pair:
    case, place = draw(chosen())
    severity = draw(st.sampled_from(RANKED[1:]))
    worse = draw(st.sampled_from(RANKED[: RANKED.index(severity)]))
    case = case.changed(place, severity=severity, severity_word="")
    return case, case.changed(place, severity=worse)


@st.composite
def reordered(draw: st.DrawFn) -> Pair:
    """Only of overrides the later one wins."""
    case = draw(SOME)
    shuffled = {key: _shuffled(case.policy[key], key, draw) for key in _keys(case.policy, draw)}
    return case, case.replace(
        policy=shuffled,
        rows=tuple(draw(st.permutations(case.rows))),
        vex=tuple(draw(st.permutations(case.vex))),
    )


def _shuffled(value: Any, key: str, draw: st.DrawFn) -> Any:
    if isinstance(value, dict):
        return {each: _shuffled(value[each], each, draw) for each in _keys(value, draw)}
    if not isinstance(value, list):
        return value
    items = value if key == "overrides" else draw(st.permutations(value))
    return [_shuffled(each, "", draw) for each in items]


def _keys(mapping: Mapping[str, Any], draw: st.DrawFn) -> list[str]:
    return draw(st.permutations(sorted(mapping)))


@st.composite
def without_an_idle_ignore(draw: st.DrawFn) -> Pair:
    """One that expired, is for other images, or takes nothing."""
    case = draw(SOME)
    entry = dict(draw(pick(EXCEPTIONS)))
    entry["id"] = case.rows[0].id or entry["id"]
    idle = [
        {**entry, "expires": YESTERDAY},
        {**entry, "images": ["cr.yandex/crp1/*", "cr.yandex/crp0"]},
        {**entry, "id": "CVE-2025-3000"},
        {**entry, "package": "openss?-*"},
    ]
    others = case.section("ignore")
    return case.with_policy(ignore=[draw(st.sampled_from(idle)), *others]), case


@st.composite
def with_an_ignore(draw: st.DrawFn) -> Pair:
    case = draw(SOME)
    place = draw(PLACES) % (len(case.section("ignore")) + 1)
    entries = case.section("ignore")
    entry = draw(pick(EXCEPTIONS))
    return case, case.with_policy(ignore=[*entries[:place], entry, *entries[place:]])


@st.composite
def with_a_harmless_statement(draw: st.DrawFn) -> Pair:
    case = draw(SOME)
    more = draw(pick(HARMLESS))
    return case, case.replace(vex=(*case.vex, more))


@st.composite
def as_it_is(draw: st.DrawFn) -> Pair:
    case = draw(SOME)
    return case, case
