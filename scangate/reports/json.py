"""JSON: everything that a report knows, for scripts and for `scangate verify`.

Foreign text is kept exactly as it is, so that scripts can compare it. What could harm a terminal
or a CI runner that the text passes through is written as a JSON escape, which reads the same.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from scangate.model import Counts, ScanResult, Severity
from scangate.report import (
    Bucket,
    Finding,
    FixPlan,
    IgnoreDraft,
    IgnoreOutcome,
    ImageOutcome,
    PolicyIdentity,
    Report,
    RuleOutcome,
    Suppression,
    Upgrade,
    Verdict,
)
from scangate.reports import document
from scangate.reports.text import UNSEEN
from scangate.reports.wording import counts_of, failure_of

_SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
_SURROGATE = re.compile("[\ud800-\udfff]")

_RULE_VERDICTS: Mapping[Verdict | None, document.RuleVerdictWord] = {
    Verdict.PASS: "pass",
    Verdict.WARN: "warn",
    Verdict.FAIL: "fail",
}


def render(report: Report) -> str:
    """Write the report as indented JSON."""
    return write(_document(report))


def write(content: document.Part) -> str:
    """Write a document as indented JSON, harmless wherever it passes through."""
    text = msgspec.json.format(_encode(content), indent=2).decode()
    return _escaped(text) + "\n"


def schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of the report."""
    parts = msgspec.json.schema(document.Document)
    return {"$schema": _SCHEMA_ID, "title": "scangate report", **parts}


def _encode(content: document.Part) -> bytes:
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:
        # A command line that is not UTF-8 comes with lone surrogates, which no JSON can hold
        return msgspec.json.encode(_replaced(msgspec.to_builtins(content)))


def _replaced(value: object) -> object:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _replaced(each) for key, each in value.items()}
    return [_replaced(each) for each in value] if isinstance(value, list | tuple) else value


def _escaped(text: str) -> str:
    """Escape what can only stand in a string: `##`, which runners obey, and what is not seen."""
    marked = text.replace("##", "#\\u0023").replace("\x7f", "\\u007f")
    return marked if marked.isascii() else UNSEEN.sub(_escape, marked)


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def _document(report: Report) -> document.Document:
    return document.Document(
        schema_version="1",
        tool=document.Tool(name="scangate", version=report.version),
        judged_at=str(report.judged_at),
        simulated_at=None if report.simulated_at is None else str(report.simulated_at),
        mode=report.mode,
        endpoint=report.endpoint,
        endpoint_known=report.endpoint_known,
        api=report.api,
        evidence=report.evidence,
        baseline=report.baseline or None,
        policy=applied(report.policy),
        verdict=report.verdict.value,
        exit_code=report.exit_code.value,
        images=tuple(map(_image, report.images)),
    )


def applied(policy: PolicyIdentity) -> document.AppliedPolicy:
    """Tell which policy judged, as every JSON of ours does."""
    vex = (document.GivenVex(file=each.file, sha256=each.sha256) for each in policy.vex)
    return document.AppliedPolicy(
        name=policy.name,
        source=policy.source,
        sha256=policy.sha256,
        feeds=policy.feeds,
        vex=tuple(vex),
    )


def _image(outcome: ImageOutcome) -> document.JudgedImage:
    image = outcome.image
    return document.JudgedImage(
        reference=outcome.reference,
        image_id=(image and image.id) or None,
        digest=(image and image.digest) or None,
        platform=(image and image.platform) or None,
        index_digest=(image and image.index_digest) or None,
        pinned=(image and image.pinned) or None,
        verdict=outcome.verdict.value,
        scan=None if outcome.scan is None else _scan(outcome.scan, outcome),
        rules=tuple(map(_rule, outcome.rules)),
        findings=_findings(outcome.findings),
        buckets=_buckets(outcome.findings),
        ignores=tuple(map(_ignore, outcome.ignores)),
        fix_plan=None if outcome.fix_plan is None else _fix_plan(outcome.fix_plan),
        enforced=outcome.enforced,
        error=error_of(outcome),
        notices=outcome.notices,
    )


def error_of(outcome: ImageOutcome) -> document.Error | None:
    """Tell why there is no verdict; None where there is one."""
    failure = failure_of(outcome)
    if failure is None:
        return None
    return document.Error(kind=failure.kind, message=failure.message, hint=failure.hint)


def _scan(scan: ScanResult, outcome: ImageOutcome) -> document.Scan:
    counts = counts_of(outcome)
    return document.Scan(
        id=scan.id,
        status=scan.status.value,
        scanned_at=None if scan.scanned_at is None else str(scan.scanned_at),
        waited_seconds=round(outcome.waited_seconds, 3),
        counts=None if counts is None else severity_counts(counts),
    )


def severity_counts(counts: Counts) -> document.SeverityCounts:
    """Tell the numbers of each severity."""
    numbers = {severity.value: counts.of(severity) for severity in Severity}
    return document.SeverityCounts(**numbers, total=counts.total)


def rule_verdict(verdict: Verdict | None) -> document.RuleVerdictWord:
    """Tell the verdict of a rule, which is `skipped` where it could not be judged."""
    return _RULE_VERDICTS.get(verdict, "skipped")


def _rule(rule: RuleOutcome) -> document.Rule:
    return document.Rule(
        name=rule.name,
        verdict=rule_verdict(rule.verdict),
        count=rule.count,
        max=rule.max,
        findings=_findings(rule.findings),
        message=rule.message,
    )


def _buckets(findings: Sequence[Finding] | None) -> document.Counted | None:
    if findings is None:
        return None
    numbers = Counter(finding.bucket.value for finding in findings)
    return document.Counted(**{bucket.value: numbers[bucket.value] for bucket in Bucket})


def _findings(findings: Sequence[Finding] | None) -> tuple[document.Finding, ...] | None:
    return None if findings is None else tuple(map(_finding, findings))


def _finding(finding: Finding) -> document.Finding:
    row = finding.vulnerability
    return document.Finding(
        id=row.id or None,
        severity=row.severity.value,
        package=row.package or None,
        version=row.version or None,
        fixed_by=row.fixed_version or None,
        type=row.type or None,
        origin=row.origin or None,
        link=row.link or None,
        new=finding.new,
        known_exploited=finding.known_exploited,
        epss=finding.epss,
        bucket=finding.bucket.value,
        rules=finding.rules,
        ignored=_ignored(finding.suppression),
    )


def _ignored(suppression: Suppression | None) -> document.Ignored | None:
    if suppression is None:
        return None
    return document.Ignored(
        reason=suppression.reason, expires=_day(suppression.expires), by=suppression.by
    )


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _ignore(ignore: IgnoreOutcome) -> document.Ignore:
    return document.Ignore(
        id=ignore.id,
        package=ignore.package or None,
        reason=ignore.reason,
        expires=_day(ignore.expires),
        owner=ignore.owner or None,
        ticket=ignore.ticket or None,
        state=ignore.state.value,
        count=ignore.count,
        by=ignore.written,
    )


def _fix_plan(plan: FixPlan) -> document.FixPlan:
    return document.FixPlan(
        upgrades=tuple(map(_upgrade, plan.upgrades)),
        remains=tuple(
            document.Remainder(rule=each.rule, count=each.count, max=each.max)
            for each in plan.remains
        ),
        drafts=tuple(map(_draft, plan.drafts)),
        removable=tuple(each.written for each in plan.removable),
    )


def _upgrade(upgrade: Upgrade) -> document.Upgrade:
    cleared = {finding.vulnerability.id for finding in upgrade.findings}
    return document.Upgrade(
        package=upgrade.package,
        type=upgrade.type or None,
        versions=upgrade.versions,
        to=upgrade.to,
        clears=tuple(sorted(cleared - {""})),
    )


def _draft(draft: IgnoreDraft) -> document.IgnoreDraft:
    return document.IgnoreDraft(
        id=draft.id, package=draft.package, while_unfixed=True, expires=draft.expires.isoformat()
    )
