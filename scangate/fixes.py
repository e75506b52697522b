"""What to do about violated rules: upgrade, accept for a while, or tidy up. Pure.

A plan is advice on a verdict that stands, made from the findings alone.
"""

import datetime as dt
import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from scangate.model import Value
from scangate.report import (
    Excess,
    Finding,
    FixPlan,
    IgnoreDraft,
    IgnoreOutcome,
    IgnoreState,
    RuleOutcome,
    Upgrade,
    Verdict,
)
from scangate.versions import is_listed, order, target

DRAFT_DAYS = 30
"""For how many days from today a drafted ignore entry accepts its finding."""

MAX_DRAFTS = 50
"""How many entries are drafted: who has more to accept has no use for a list."""


def plan(
    rules: Sequence[RuleOutcome], ignores: Sequence[IgnoreOutcome], *, today: dt.date
) -> FixPlan | None:
    """Plan how to bring every violated rule back within its `max`, with few upgrades.

    A rule is violated if its verdict is FAIL or WARN and its findings are listed. The upgrades
    are needed together, and none of them is superfluous. If a rule cannot be satisfied, every
    upgrade that helps is named, and `remains` has the rule. Only findings of such a rule are
    drafted, the worst first: those without a fix that have an ID, at most MAX_DRAFTS.

    None when nothing is listed, or when no rule is violated and no ignore entry can go. Nothing
    depends on the order of rules, findings or entries.
    """
    if all(rule.findings is None for rule in rules):
        return None
    violated = [rule for rule in rules if rule.verdict in _VIOLATED and rule.findings is not None]
    removable = _removable(ignores)
    if not violated and not removable:
        return None
    found = _by_package(violated)
    violations = _violations(violated, found)
    short = [each for each in violations if each.fixable < each.excess]
    return FixPlan(
        upgrades=_upgrades(found[package] for package in _chosen(violations)),
        remains=tuple(
            Excess(rule=it.name, count=it.count - it.fixable, max=it.max) for it in short
        ),
        drafts=_drafts(short, found.get(None, ()), today),
        removable=removable,
    )


def render_draft(draft: IgnoreDraft) -> str:
    """Return the entry as YAML for the policy's list of ignores.

    The reason is empty on purpose: the policy is refused until somebody has written one.
    """
    return (
        f"- id: {_scalar(draft.id)}\n"
        f"  package: {_scalar(draft.package)}\n"
        "  while_unfixed: true\n"
        '  reason: ""  # say why this is acceptable\n'
        f"  expires: {draft.expires.isoformat()}\n"
    )


_VIOLATED = (Verdict.FAIL, Verdict.WARN)

_Package = tuple[str, str]
"""Name and type: `zlib` of `debian` and `zlib` of `npm` are two packages."""


def _by_package(violated: Iterable[RuleOutcome]) -> dict[_Package | None, list[Finding]]:
    """Group all findings by the package whose upgrade clears them; None: no upgrade does.

    Rules share their findings, which are told apart by identity: much faster than by value.
    """
    distinct: dict[int, Finding] = {}
    for rule in violated:
        findings = rule.findings or ()
        distinct.update(zip(map(id, findings), findings, strict=True))
    found: dict[_Package | None, list[Finding]] = defaultdict(list)
    for finding in distinct.values():
        found[_package(finding)].append(finding)
    return found


def _package(finding: Finding) -> _Package | None:
    row = finding.vulnerability
    known = row.package and row.fixable and is_listed(row.fixed_version)
    return (row.package, row.type) if known else None


class _Violation(Value, frozen=True):
    """A violated rule: `clears` tells how many of its findings an upgrade of a package clears."""

    name: str
    count: int
    max: int
    findings: Sequence[Finding]
    clears: Mapping[_Package, int]

    @property
    def excess(self) -> int:
        return max(0, self.count - self.max)

    @property
    def fixable(self) -> int:
        return sum(self.clears.values())


def _violations(
    violated: Iterable[RuleOutcome], found: Mapping[_Package | None, Iterable[Finding]]
) -> list[_Violation]:
    """Sorted, for rules come in any order."""
    packages = {id(each): package for package, findings in found.items() for each in findings}
    violations = [_violation(rule, packages) for rule in violated]
    return sorted(violations, key=lambda it: (it.name, it.count, it.max))


def _violation(rule: RuleOutcome, packages: Mapping[int, _Package | None]) -> _Violation:
    findings = rule.findings or ()
    clears = Counter(map(packages.__getitem__, map(id, findings)))
    return _Violation(
        name=rule.name,
        count=max(rule.count or 0, len(findings)),
        max=rule.max,
        findings=findings,
        clears={package: count for package, count in clears.items() if package},
    )


_Effect = Mapping[int, int]
"""How many findings of each violation, by its place, an upgrade clears."""


def _effects(violations: Sequence[_Violation]) -> dict[_Package, _Effect]:
    effects: dict[_Package, dict[int, int]] = defaultdict(dict)
    for place, violation in enumerate(violations):
        for package, count in violation.clears.items():
            effects[package][place] = count
    return dict(effects)


def _chosen(violations: Sequence[_Violation]) -> list[_Package]:
    """Choose packages, each the one that clears most of what is still needed, until nothing is.

    A rule needs its excess cleared or, where that cannot be, everything that can.
    """
    effects = _effects(violations)
    needs = [min(each.excess, each.fixable) for each in violations]
    chosen = _greedy(effects, list(needs))
    return _without_superfluous(chosen, effects, needs)


def _greedy(effects: Mapping[_Package, _Effect], needs: list[int]) -> list[_Package]:
    """Work off `needs`. A gain only ever shrinks, so one out of date is an upper bound."""
    total = {package: -sum(effect.values()) for package, effect in effects.items()}
    queue = sorted((gain, gain, package) for package, gain in total.items())
    chosen = []
    while any(needs):
        known, _, package = heapq.heappop(queue)
        gain = -sum(min(count, needs[place]) for place, count in effects[package].items())
        if gain != known:
            heapq.heappush(queue, (gain, total[package], package))
            continue
        chosen.append(package)
        for place, count in effects[package].items():
            needs[place] = max(0, needs[place] - count)
    return chosen


def _without_superfluous(
    chosen: Sequence[_Package], effects: Mapping[_Package, _Effect], needs: Sequence[int]
) -> list[_Package]:
    """Drop what later choices made superfluous, but first those of the last, which clear least."""
    spare = [-need for need in needs]
    for package in chosen:
        for place, count in effects[package].items():
            spare[place] += count
    kept = []
    for package in reversed(chosen):
        effect = effects[package]
        if all(count <= spare[place] for place, count in effect.items()):
            for place, count in effect.items():
                spare[place] -= count
        else:
            kept.append(package)
    return kept


def _upgrades(cleared: Iterable[Sequence[Finding]]) -> tuple[Upgrade, ...]:
    upgrades = map(_upgrade, cleared)
    return tuple(sorted(upgrades, key=lambda it: (-len(it.findings), it.package, it.type)))


def _upgrade(cleared: Sequence[Finding]) -> Upgrade:
    findings = sorted(dict.fromkeys(cleared), key=lambda each: each.vulnerability.sort_key)
    rows = [each.vulnerability for each in findings]
    return Upgrade(
        package=rows[0].package,
        type=rows[0].type,
        versions=tuple(sorted({row.version for row in rows}, key=order)),
        to=target((row.version, row.fixed_version) for row in rows),
        findings=tuple(findings),
    )


def _drafts(
    short: Iterable[_Violation], stuck: Iterable[Finding], today: dt.date
) -> tuple[IgnoreDraft, ...]:
    needed = set[int]().union(*(map(id, violation.findings) for violation in short))
    rows = [each.vulnerability for each in stuck if id(each) in needed]
    unfixed = [row for row in rows if row.fixable is False and row.id and row.package]
    unfixed.sort(key=lambda row: row.sort_key)
    keys = list(dict.fromkeys((row.id, row.package) for row in unfixed))[:MAX_DRAFTS]
    expires = _after(today, days=DRAFT_DAYS)
    return tuple(IgnoreDraft(id=key, package=package, expires=expires) for key, package in keys)


def _after(day: dt.date, *, days: int) -> dt.date:
    """The calendar ends, and whoever replays a scan may name any day of it."""
    return dt.date.fromordinal(min(day.toordinal() + days, dt.date.max.toordinal()))


def _removable(ignores: Iterable[IgnoreOutcome]) -> tuple[IgnoreOutcome, ...]:
    gone = (IgnoreState.EXPIRED, IgnoreState.UNUSED)
    removable = [each for each in ignores if each.state in gone]
    return tuple(sorted(removable, key=lambda each: (each.id, each.package, repr(each))))


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*")
_NO_TEXT = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
"""Words that YAML 1.1 does not read as text; numbers and dates do not begin with a letter."""


def _scalar(text: str) -> str:
    """Write a text so that YAML reads that very text, whatever is in it."""
    if _WORD.fullmatch(text) and text.lower() not in _NO_TEXT:
        return text
    escaped = _UNSAFE.sub(lambda found: "\\U" + format(ord(found[0]), "08X"), text)
    return f'"{escaped}"'


_UNSAFE = re.compile(r"[^ !#-\[\]-~]")
"""Everything but printable ASCII, and of that the quote and the backslash."""
