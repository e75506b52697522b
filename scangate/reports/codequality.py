"""GitLab Code Quality: what breaks the policy, in the merge request widget of every tier.

Only that is an issue: each violated or warned rule, each finding that such a rule counts, each
image without a verdict. The widget shows what a merge request adds and what it resolves, told apart
by fingerprints. It has no place for what an ignore entry or a VEX statement takes out.

The facts are of GitLab's documentation ("Code Quality", "Implement a custom tool"), its parser
(lib/gitlab/ci/parsers/codequality/code_climate.rb), which stops at the first entry that it refuses,
and its widget.
"""

import hashlib
import heapq
from collections.abc import Iterator
from pathlib import PureWindowsPath

import msgspec

from scangate.model import Place, Severity
from scangate.report import Failure, Finding, ImageOutcome, Report, RuleOutcome, Verdict
from scangate.reports.identity import Identities
from scangate.reports.names import Names, repository_of
from scangate.reports.text import clean_line
from scangate.reports.wording import caveats, caveats_of, excess, failure_of

_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.LOW: "info",
    Severity.NEGLIGIBLE: "info",
    Severity.UNDEFINED: "major",  # rules count it as high
}
_BROKEN = {Verdict.FAIL: "blocker", Verdict.WARN: "major"}
"""The severity of a broken rule; the worse verdict first."""

# Where the gate is called, if its policy is not a file of the repository
_ELSEWHERE = ".gitlab-ci.yml"
_MOST_FINDINGS = 500
_LONGEST = 1000
_LONGEST_NAME = 200


def render(report: Report) -> str:
    """Write the report as GitLab reads it from `artifacts:reports:codequality`.

    Nothing broken gives an empty list. Of more than 500 findings the worst are written, and an
    issue that says how many are not.
    """
    issues = msgspec.json.encode(list(_issues(report)))
    return msgspec.json.format(issues, indent=2).decode() + "\n"


class _Lines(msgspec.Struct, frozen=True):
    begin: int


class _Location(msgspec.Struct, frozen=True):
    path: str
    lines: _Lines


class _Issue(msgspec.Struct, frozen=True, kw_only=True):
    description: str
    check_name: str
    fingerprint: str
    severity: str
    location: _Location


class _Counted(msgspec.Struct, frozen=True):
    """A finding, the broken rule that counts it, and its image, also as part of its identity."""

    finding: Finding
    rule: RuleOutcome
    outcome: ImageOutcome
    scope: str


def _issues(report: Report) -> Iterator[_Issue]:
    scopes, identities, counted = Names(), Identities(), list[_Counted]()
    if not report.images:
        yield _no_image(report)
    for outcome in report.images:
        scope = scopes.give(repository_of(outcome))
        caution = _caution(*caveats(report), *caveats_of(report, outcome))
        failure = failure_of(outcome)
        if failure is not None:
            yield _error(outcome, failure, scope=scope, caution=caution)
        for rule in _broken(outcome):
            identity = identities.give("rule", scope, _clean(rule.name))
            yield _violation(outcome, rule, identity=identity, caution=caution)
        counted += _counted(outcome, scope)
    for each in heapq.nsmallest(_MOST_FINDINGS, counted, key=_rank):
        yield _finding(each, identities)
    if len(counted) > _MOST_FINDINGS:
        yield _left_out(len(counted) - _MOST_FINDINGS)


def _broken(outcome: ImageOutcome) -> Iterator[RuleOutcome]:
    for verdict in _BROKEN:
        yield from (rule for rule in outcome.rules if rule.verdict is verdict)


def _counted(outcome: ImageOutcome, scope: str) -> Iterator[_Counted]:
    """Find what broken rules count. Rules share their findings: each belongs to the worst rule."""
    seen = set[int]()
    for rule in _broken(outcome):
        fresh = [finding for finding in rule.findings or () if id(finding) not in seen]
        seen.update(map(id, fresh))
        yield from (_Counted(finding, rule, outcome, scope) for finding in fresh)


def _rank(counted: _Counted) -> tuple[object, ...]:
    return counted.finding.vulnerability.sort_key


def _caution(*caveats: str) -> str:
    """Add caveats to what speaks of the whole image: by themselves they are no issue."""
    return "".join(f"; {caveat}" for caveat in caveats)


def _no_image(report: Report) -> _Issue:
    text = "; ".join(caveats(report))
    return _issue(text, "no-image", severity="blocker", identity="no-image")


def _error(outcome: ImageOutcome, failure: Failure, *, scope: str, caution: str) -> _Issue:
    hint = f"; next: {failure.hint}" if failure.hint else ""
    text = f"{_name(outcome)}: no verdict: {failure.message}{hint}{caution}"
    identity = f"error\0{scope}\0{failure.kind}"
    return _issue(text, failure.kind, severity="blocker", identity=identity)


def _violation(outcome: ImageOutcome, rule: RuleOutcome, *, identity: str, caution: str) -> _Issue:
    severity = next(word for verdict, word in _BROKEN.items() if verdict is rule.verdict)
    advice = f"; {rule.message}" if rule.message else ""
    gap = f": {outcome.gap}" if outcome.gap else ""
    unlisted = f"; its findings were not listed{gap}" if rule.findings is None else ""
    text = f"{_name(outcome)}: {excess(rule)}{advice}{unlisted}{caution}"
    return _issue(text, rule.name, severity=severity, identity=identity, place=rule.place)


def _finding(counted: _Counted, identities: Identities) -> _Issue:
    row = counted.finding.vulnerability
    advisory, package = _clean(row.id), _clean(row.package)
    what = f"{advisory or 'a vulnerability without an ID'} ({row.severity.value})"
    where = f"{package or 'a package that is not named'} {_clean(row.version)}".rstrip()
    fixed = _clean(row.fixed_version)
    remedy = f"upgrade to {fixed}" if fixed else "no fix is known"
    return _issue(
        f"{_name(counted.outcome)}: {what} in {where}, {remedy}",
        counted.rule.name,
        severity=_SEVERITIES[row.severity],
        identity=identities.give("finding", counted.scope, advisory, package),
        place=counted.rule.place,
    )


def _left_out(number: int) -> _Issue:
    text = f"{number} more findings of broken rules; the JSON report has them all"
    return _issue(text, "left-out", severity="info", identity="left-out")


def _issue(
    text: str, check: str, *, severity: str, identity: str, place: Place | None = None
) -> _Issue:
    return _Issue(
        description=_clean(text, most=_LONGEST),
        check_name=_clean(check) or "scangate",
        fingerprint=hashlib.sha256(identity.encode()).hexdigest(),
        severity=severity,
        location=_locate(place),
    )


def _locate(place: Place | None) -> _Location:
    path = _path_in_repository(place.file) if place is not None and place.local else ""
    if place is None or not path:
        return _Location(_ELSEWHERE, _Lines(1))
    return _Location(path, _Lines(place.line))


def _path_in_repository(file: str) -> str:
    """Return the path as GitLab links it, empty for one that it could not link.

    The gate runs in the folder of the repository. Windows' rules split more than others do, and
    see drives: a path that they find relative is so everywhere.
    """
    path = PureWindowsPath(file)
    told = path.as_posix()
    outside = path.drive or path.root or ".." in path.parts or not path.parts
    return "" if outside or clean_line(told, most=_LONGEST) != told else told


def _name(outcome: ImageOutcome) -> str:
    return _clean(outcome.reference) or "(no name)"


def _clean(text: str, *, most: int = _LONGEST_NAME) -> str:
    """Make foreign text harmless: the widget takes `%{strong_start}` and its like for HTML."""
    return clean_line(text, most=most).replace("%{", "% {")
