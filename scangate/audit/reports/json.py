"""JSON of an audit: for scripts, and for the next audit to be compared with."""

from collections.abc import Sequence

import msgspec

from scangate.audit.audit import Audit
from scangate.audit.changes import Changes, Turned
from scangate.audit.digested import Advisory, Judged
from scangate.audit.reports import document
from scangate.audit.summary import Ending, Package, Summary
from scangate.model import Image, ScanResult
from scangate.report import RuleOutcome, Verdict
from scangate.reports.document import Tool
from scangate.reports.json import applied, error_of, rule_verdict, severity_counts, write
from scangate.reports.wording import BROKEN


def render(audit: Audit) -> str:
    """Write the audit as indented JSON."""
    return write(_document(audit))


def schema() -> dict[str, object]:
    """Return the JSON Schema of an audit."""
    return msgspec.json.schema(document.Document)


def _document(audit: Audit) -> document.Document:
    report = audit.report
    return document.Document(
        schema_version="1",
        kind="audit",
        tool=Tool(name="scangate", version=report.version),
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
        audit=_extent(audit),
        summary=_summary(audit.summary),
        changes=None if audit.changes is None else _changes(audit.changes),
        unknown=tuple(_unknown(each) for each in audit.judged if each.outcome.image is None),
        images=tuple(
            _image(each, each.outcome.image) for each in audit.judged if each.outcome.image
        ),
    )


def _extent(audit: Audit) -> document.Extent:
    extent = audit.extent
    return document.Extent(
        target=audit.target.text,
        selection=audit.selection,
        repositories=extent.repositories,
        listed=extent.listed,
        chosen=extent.chosen,
        gone=extent.gone,
    )


def _summary(summary: Summary) -> document.Summary:
    verdicts = summary.verdicts
    return document.Summary(
        verdicts=document.Verdicts(
            fail=verdicts.get(Verdict.FAIL, 0),
            error=verdicts.get(Verdict.ERROR, 0),
            warn=verdicts.get(Verdict.WARN, 0),
            passed=verdicts.get(Verdict.PASS, 0),
        ),
        counts=severity_counts(summary.counts),
        unscanned=len(summary.unscanned),
        stale=len(summary.stale),
        fixable=summary.fixable,
        passed_by_counts=summary.believed,
        packages=tuple(map(_package, summary.packages)),
        endings=tuple(map(_ending, summary.endings)),
    )


def _package(package: Package) -> document.Package:
    return document.Package(
        name=package.name,
        type=package.type or None,
        to=package.to,
        images=package.images,
        alone=package.alone,
        clears=package.clears,
    )


def _ending(ending: Ending) -> document.Ending:
    ignore = ending.ignore
    return document.Ending(
        id=ignore.id,
        package=ignore.package or None,
        expires="never" if ignore.expires is None else ignore.expires.isoformat(),
        expired=ending.expired,
        owner=ignore.owner or None,
        ticket=ignore.ticket or None,
        by=ignore.written,
        images=ending.images,
    )


def _changes(changes: Changes) -> document.Changes:
    return document.Changes(
        since=changes.since,
        worse=tuple(map(_turned, changes.worse)),
        better=tuple(map(_turned, changes.better)),
        lost=tuple(map(_turned, changes.lost)),
        found=tuple(map(_turned, changes.found)),
        new=tuple(each.outcome.reference for each in changes.new),
        removed=changes.removed,
        notes=changes.notes,
    )


def _turned(turned: Turned) -> document.Turned:
    outcome = turned.judged.outcome
    return document.Turned(
        reference=outcome.reference,
        tags=outcome.image.tags if outcome.image else (),
        was=turned.was.value,
        now=outcome.verdict.value,
        rules=tuple(rule.name for rule in outcome.rules if rule.verdict in BROKEN),
        advisories=_advisories(turned.advisories),
    )


def _unknown(judged: Judged) -> document.Unknown:
    return document.Unknown(place=judged.outcome.reference, error=error_of(judged.outcome))


def _image(judged: Judged, image: Image) -> document.Image:
    outcome = judged.outcome
    return document.Image(
        reference=outcome.reference,
        image_id=image.id,
        digest=image.digest,
        tags=image.tags,
        created_at=None if image.created_at is None else str(image.created_at),
        verdict=outcome.verdict.value,
        scan=None if outcome.scan is None else _scan(outcome.scan),
        rules=tuple(map(_rule, outcome.rules)),
        advisories=_advisories(judged.advisories),
        more_advisories=judged.more,
        fixable=judged.fixable,
        error=error_of(outcome),
        notices=outcome.notices,
    )


def _scan(scan: ScanResult) -> document.Scan:
    return document.Scan(
        id=scan.id,
        status=scan.status.value,
        scanned_at=None if scan.scanned_at is None else str(scan.scanned_at),
        counts=None if scan.counts is None else severity_counts(scan.counts),
    )


def _rule(rule: RuleOutcome) -> document.Rule:
    return document.Rule(
        name=rule.name,
        verdict=rule_verdict(rule.verdict),
        count=rule.count,
        max=rule.max,
    )


def _advisories(advisories: Sequence[Advisory]) -> tuple[document.Advisory, ...]:
    return tuple(
        document.Advisory(id=each.id, package=each.package, severity=each.severity.value)
        for each in advisories
    )
