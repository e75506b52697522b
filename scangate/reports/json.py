"""JSON: everything that a report knows, for scripts and for `scangate verify`.

Foreign text is kept exactly as it is, so that scripts can compare it. What could harm a terminal
or a CI runner that the text passes through is written as a JSON escape, which reads the same.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from scangate.model import ScanResult, Severity, Vulnerability
from scangate.report import ImageOutcome, Report, RuleOutcome, Verdict
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
    text = msgspec.json.format(_encode(_document(report)), indent=2).decode()
    return _escaped(text) + "\n"


def schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of the report."""
    parts = msgspec.json.schema(document.Document)
    return {"$schema": _SCHEMA_ID, "title": "scangate report", **parts}


def _encode(content: document.Document) -> bytes:
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
    policy = report.policy
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
        policy=document.AppliedPolicy(name=policy.name, source=policy.source, sha256=policy.sha256),
        verdict=report.verdict.value,
        exit_code=report.exit_code.value,
        images=tuple(map(_image, report.images)),
    )


def _image(outcome: ImageOutcome) -> document.JudgedImage:
    image, failure = outcome.image, failure_of(outcome)
    return document.JudgedImage(
        reference=outcome.reference,
        image_id=(image and image.id) or None,
        digest=(image and image.digest) or None,
        platform=(image and image.platform) or None,
        index_digest=(image and image.index_digest) or None,
        pinned=(image and image.pinned) or None,
        verdict=outcome.verdict.value,
        scan=None if outcome.scan is None else _scan(outcome.scan, outcome),
        rules=tuple(_rule(each, outcome) for each in outcome.rules),
        findings=_findings(outcome, outcome.findings),
        ignores=(),
        error=None
        if failure is None
        else document.Error(kind=failure.kind, message=failure.message, hint=failure.hint),
        notices=outcome.notices,
    )


def _scan(scan: ScanResult, outcome: ImageOutcome) -> document.Scan:
    return document.Scan(
        id=scan.id,
        status=scan.status.value,
        scanned_at=None if scan.scanned_at is None else str(scan.scanned_at),
        waited_seconds=round(outcome.waited_seconds, 3),
        counts=_counts(outcome),
    )


def _counts(outcome: ImageOutcome) -> document.SeverityCounts | None:
    counts = counts_of(outcome)
    if counts is None:
        return None
    numbers = {severity.value: counts.of(severity) for severity in Severity}
    return document.SeverityCounts(**numbers, total=counts.total)


def _rule(rule: RuleOutcome, outcome: ImageOutcome) -> document.Rule:
    return document.Rule(
        name=rule.name,
        verdict=_RULE_VERDICTS.get(rule.verdict, "skipped"),
        count=rule.count,
        max=rule.max,
        findings=_findings(outcome, rule.findings),
    )


def _findings(
    outcome: ImageOutcome, findings: Sequence[Vulnerability] | None
) -> tuple[document.Finding, ...] | None:
    if findings is None:
        return None
    return tuple(_finding(each, new=outcome.is_new(each)) for each in findings)


def _finding(finding: Vulnerability, *, new: bool | None) -> document.Finding:
    return document.Finding(
        id=finding.id or None,
        severity=finding.severity.value,
        package=finding.package or None,
        version=finding.version or None,
        fixed_by=finding.fixed_version or None,
        type=finding.type or None,
        origin=finding.origin or None,
        link=finding.link or None,
        new=new,
        ignored=None,
    )
