"""What is kept of an image: its outcome without its findings, and of those what a sum needs.

A registry has millions of findings. The worst of those that break a rule say why an image fails,
the fix plan says what would help; the rest is in the report of `scangate check`.
"""

import functools
from collections.abc import Iterator

import msgspec

from scangate.model import Severity, Value
from scangate.report import Finding, FixPlan, IgnoreState, ImageOutcome, RuleOutcome, Verdict
from scangate.reports.wording import counts_of

MOST_ADVISORIES = 20
"""How many of the findings that break a rule are kept of an image, the worst first."""

MOST_STEPS = 20
"""How many upgrades are kept of an image, those that clear most first."""


class Advisory(Value, frozen=True):
    """A finding that breaks a rule, as far as it is told of an audit."""

    id: str
    package: str
    severity: Severity


class Step(Value, frozen=True):
    """An upgrade of an image's fix plan, and how many findings it clears there."""

    package: str
    type: str
    to: str
    clears: int


class Judged(Value, frozen=True):
    """One image, or a place whose images are not known (its outcome then has no image).

    `advisories` break the rules, `more` of them are not kept. With all of `steps` done the image
    would pass, if `fixable`. `used` says where the ignore entries are written that it needs.
    `believed`: it passed by its counts alone, where `check` would list its rows.
    """

    outcome: ImageOutcome
    advisories: tuple[Advisory, ...] = ()
    more: int = 0
    steps: tuple[Step, ...] = ()
    fixable: bool = False
    used: tuple[str, ...] = ()
    believed: bool = False


def digest(outcome: ImageOutcome, *, whole: bool) -> Judged:
    """Keep what an audit tells; with `whole` the outcome keeps its findings for other reports."""
    if outcome.findings is None:
        return Judged(outcome=outcome)
    advisories = list(dict.fromkeys(_breaking(outcome)))
    plan = outcome.fix_plan or FixPlan()
    violated = outcome.verdict is Verdict.FAIL
    return Judged(
        outcome=outcome if whole else _without_findings(outcome),
        advisories=tuple(advisories[:MOST_ADVISORIES]),
        more=max(0, len(advisories) - MOST_ADVISORIES),
        steps=_steps(plan) if violated else (),
        fixable=violated and bool(plan.upgrades) and not plan.remains,
        used=tuple(each.written for each in outcome.ignores if each.state is IgnoreState.USED),
    )


def _breaking(outcome: ImageOutcome) -> Iterator[Advisory]:
    """Return the findings that the violated rules count, the worst first."""
    findings: dict[int, Finding] = {}
    for rule in outcome.rules:
        if rule.verdict is Verdict.FAIL:
            findings |= {id(finding): finding for finding in rule.findings or ()}
    for finding in sorted(findings.values(), key=lambda each: each.vulnerability.sort_key):
        row = finding.vulnerability
        yield _advisory(row.id, row.package, row.severity)


@functools.lru_cache(maxsize=1 << 16)
def _advisory(name: str, package: str, severity: Severity) -> Advisory:
    """Share it with all images that have it."""
    return Advisory(id=name, package=package, severity=severity)


def _steps(plan: FixPlan) -> tuple[Step, ...]:
    return tuple(
        _step(each.package, each.type, each.to, len(each.findings))
        for each in plan.upgrades[:MOST_STEPS]
    )


@functools.lru_cache(maxsize=1 << 16)
def _step(package: str, kind: str, to: str, clears: int) -> Step:
    return Step(package=package, type=kind, to=to, clears=clears)


def _without_findings(outcome: ImageOutcome) -> ImageOutcome:
    """Keep the counts, also where only the rows proved them."""
    scan = outcome.scan
    if scan is not None and scan.counts is None:
        scan = msgspec.structs.replace(scan, counts=counts_of(outcome))
    rules: tuple[RuleOutcome, ...] = tuple(
        msgspec.structs.replace(rule, findings=None) for rule in outcome.rules
    )
    return msgspec.structs.replace(
        outcome, scan=scan, rules=rules, findings=None, ignores=(), fix_plan=None
    )
