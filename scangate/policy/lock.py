"""Whether a policy is laxer than the one that it extends.

The terms that come out are compared, not the texts, so every way to loosen is seen: a limit, a
rule, a limit on unrated findings that takes them out of the limit on high, the mode, the age of a
scan. What cannot be proven to be as strict counts as looser.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from scangate.history import ScanSettings
from scangate.instant import write_duration
from scangate.policy.rule import Rule, Terms
from scangate.policy.select import Selector


def loosened(parent: Terms, child: Terms, *, locked: Collection[str]) -> Iterator[tuple[str, str]]:
    """Say of each thing in which section, and how, the child is laxer than the lock allows.

    Any lock holds the mode and the scan settings too, with which everything would pass.
    """
    if parent.enforce and not child.enforce:
        yield "mode", "warn lets everything pass"
    for what in _loosened_scan(parent.scan, child.scan):
        yield "scan", what
    for rule in parent.rules:
        held = "thresholds" if rule.limit else "rules"
        if held in locked and not rule.warns:
            for what in _loosened_rule(rule, child):
                yield held, what


def accepts_older(parent: dt.timedelta | None, child: dt.timedelta | None) -> str:
    """Say how a largest age (None: any) is laxer than another; empty where it is not."""
    if parent is None or (child is not None and child <= parent):
        return ""
    accepted = "any age" if child is None else write_duration(child)
    return f"accepts {accepted} instead of {write_duration(parent)}"


def _loosened_rule(rule: Rule, child: Terms) -> Iterator[str]:
    same = next((each for each in child.rules if each.name == rule.name), None)
    if same is not None and same.message != rule.message:
        yield f"{rule.name} has another message"
    if (same is not None and same.covers(rule)) or _is_held(rule, child.rules):
        return
    if same is None:
        yield f"the limit {rule.name} is gone"
    elif same.max > rule.max:
        yield f"{rule.name} allows {same.max} instead of {rule.max}"
    elif same.warns and not rule.warns:
        yield f"{rule.name} only warns"
    elif left_out := rule.select.severities - same.select.severities:
        words = ", ".join(sorted(severity.value for severity in left_out))
        yield f"{rule.name} no longer counts {words} findings"
    else:
        yield f"{rule.name} is no longer about everything that it was about"


def _is_held(rule: Rule, rules: Sequence[Rule]) -> bool:
    """Whether rules, one or several on parts of it, provably allow no more than it does.

    `{fixable: 0, unfixable: 2}` is no laxer than 2.
    """
    strict = [each for each in rules if not each.warns]
    return _most(rule.select, strict) <= rule.max


def _most(select: Selector, rules: Sequence[Rule]) -> float:
    """Return the most findings of a selection that the rules provably let pass."""
    whole = [rule.max for rule in rules if rule.select.covers(select)]
    parted = [sum(_most(part, rules) for part in parts) for parts in _partings(select)]
    return min([*whole, *parted], default=math.inf)


def _partings(select: Selector) -> Iterator[Sequence[Selector]]:
    """Part a selection by severity and by fix; a finding that does not tell its fix is in both."""
    if len(select.severities) > 1:
        yield [replace(select, severities=frozenset({each})) for each in select.severities]
    if select.fixable is None:
        yield [replace(select, fixable=fixable) for fixable in (True, False)]


def _loosened_scan(parent: ScanSettings, child: ScanSettings) -> Iterator[str]:
    older = accepts_older(parent.max_age, child.max_age)
    if older:
        yield f"max_age {older}"
    if child.use_last_ready_on_failed and not parent.use_last_ready_on_failed:
        yield "on_failed: use-last-ready passes over a failed scan"
    if child.use_last_ready_on_running and not parent.use_last_ready_on_running:
        yield "on_running: use-last-ready passes over a scan in progress"
