"""Thresholds as rules: which limit holds for which severity.

A severity that is not named takes the limit of the nearest less severe one that is named, so
that `{high: 0}` forbids criticals too. `none` takes a limit back, as if the severity were not
named: otherwise a finding could leave every limit by becoming worse. While `undefined` is not
named, its findings are counted as high; `undefined: none` names it.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import UNSET

from scangate.documents.nodes import Path
from scangate.model import RANKED, Place, Severity
from scangate.policy.rule import Rule
from scangate.policy.schema.limits import FixLimit, Thresholds
from scangate.policy.select import Selector

LIMIT_NAME = re.compile(
    rf"max-({'|'.join(severity.value for severity in Severity)}|total)(-fixable|-unfixable)?"
)
"""The names of these rules, which no other rule may have."""

_Limit = int | str | FixLimit
_EVERY = frozenset(Severity)


def rules_of(thresholds: Thresholds, places: Mapping[Path, Place]) -> tuple[Rule, ...]:
    """Return the rules that the thresholds are short for, the worst severity first.

    `places` says where each limit is written; without it the rules have no place.
    """
    return tuple(_rules(thresholds, places))


def _rules(thresholds: Thresholds, places: Mapping[Path, Place]) -> Iterator[Rule]:
    undefined = _named(thresholds, Severity.UNDEFINED)
    for severity in RANKED:
        source = _source(thresholds, severity)
        if source is None:
            continue
        severities = {severity}
        if severity is Severity.HIGH and undefined is None:
            severities.add(Severity.UNDEFINED)
        limit = _named(thresholds, source)
        place = places.get(("thresholds", source.value))
        yield from _limit_rules(severity.value, limit, frozenset(severities), place)
    if undefined is not None:
        place = places.get(("thresholds", "undefined"))
        yield from _limit_rules("undefined", undefined, frozenset({Severity.UNDEFINED}), place)
    if thresholds.total is not UNSET:
        yield from _limit_rules(
            "total", thresholds.total, _EVERY, places.get(("thresholds", "total"))
        )


def _named(thresholds: Thresholds, severity: Severity) -> _Limit | None:
    limit = getattr(thresholds, severity.value)
    return None if limit is UNSET else limit


def _source(thresholds: Thresholds, severity: Severity) -> Severity | None:
    """Return the severity whose limit holds: the nearest one with a limit that is not worse."""
    not_worse = RANKED[RANKED.index(severity) :]
    without = (None, "none")
    return next((each for each in not_worse if _named(thresholds, each) not in without), None)


def _limit_rules(
    word: str, limit: _Limit | None, severities: frozenset[Severity], place: Place | None
) -> Iterator[Rule]:
    for suffix, number, fixable in _parts(limit):
        kind = "" if fixable is None else ("fixable " if fixable else "unfixable ")
        severity = "" if word == "total" else f"{word} "
        yield Rule(
            name=f"max-{word}{suffix}",
            title=f"{kind}{severity}vulnerabilities are within the limit",
            select=Selector(severities=severities, fixable=fixable),
            max=number,
            place=place,
            limit=True,
        )


def _parts(limit: _Limit | None) -> Iterator[tuple[str, int, bool | None]]:
    if isinstance(limit, int):
        yield "", limit, None
    elif isinstance(limit, FixLimit):
        if limit.fixable is not UNSET:
            yield "-fixable", limit.fixable, True
        if limit.unfixable is not UNSET:
            yield "-unfixable", limit.unfixable, False
