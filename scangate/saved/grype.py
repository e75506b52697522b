"""Reports of Grype, `grype --output json`. Pure.

Shape: anchore/grype, grype/presenter/models. Grype tells how it was configured, so a report that
its user had filtered is refused; what Grype sets aside by rules of its own stays out, with a
notice. A row that was taken out of the file afterwards cannot be missed: it carries no counts.
"""

from collections.abc import Iterator

import msgspec

from scangate.model import ScanResult, ScanStatus, Severity, Vulnerability
from scangate.saved.content import Names, ScannerReport, count
from scangate.saved.document import Document

SEVERITIES = {
    "Critical": Severity.CRITICAL,
    "High": Severity.HIGH,
    "Medium": Severity.MEDIUM,
    "Low": Severity.LOW,
    "Negligible": Severity.NEGLIGIBLE,
    "Unknown": Severity.UNDEFINED,
    "": Severity.UNDEFINED,
}
"""Grype's words (grype/vulnerability/severity.go); left out when empty. Any other is critical."""

OS_TYPES = {"alpm", "apk", "deb", "linux-kernel", "linux-kernel-module", "portage", "rpm"}
"""The package types of operating systems (anchore/syft, syft/pkg/type.go); others are `lang`."""

_KERNEL_HEADERS = {
    ("rpm", "kernel-headers"),
    ("deb", "linux-headers-.*"),
    ("deb", "linux-.*-headers-.*"),
    ("deb", "linux(-.*)?-headers-.*"),
    ("deb", "linux-libc-dev"),
    ("deb", "linux-kbuild-.*"),
}
"""Rules that Grype adds to its user's (cmd/grype/cli/commands/root.go): headers are no kernel."""

_UNNAMED = "a version that is not named"


class _Fix(msgspec.Struct, frozen=True):
    versions: tuple[str, ...] | None = None
    state: str = ""


class _Vulnerability(msgspec.Struct, frozen=True):
    id: str = ""
    severity: str = ""
    link: str = msgspec.field(name="dataSource", default="")
    fix: _Fix = _Fix()


class _Artifact(msgspec.Struct, frozen=True):
    name: str = ""
    version: str = ""
    type: str = ""


class _Match(msgspec.Struct, frozen=True):
    vulnerability: _Vulnerability
    artifact: _Artifact


class _Target(msgspec.Struct, rename="camel", frozen=True):
    user_input: str = ""
    image_id: str = msgspec.field(name="imageID", default="")
    manifest_digest: str = ""
    tags: tuple[str, ...] | None = None
    repo_digests: tuple[str, ...] | None = None


class _Source(msgspec.Struct, frozen=True):
    type: str
    target: object = None


class _RulePackage(msgspec.Struct, frozen=True):
    name: str = ""
    type: str = ""


class _Rule(msgspec.Struct, rename="kebab", frozen=True):
    package: _RulePackage | None = None
    match_type: str = ""
    fix_state: str = ""
    vex_status: str = ""


class _Ignored(msgspec.Struct, rename="camel", frozen=True):
    applied_ignore_rules: tuple[_Rule, ...] | None = None


class _Configuration(msgspec.Struct, rename="kebab", frozen=True):
    only_fixed: bool = False
    only_notfixed: bool = False
    ignore_wontfix: str | bool | None = None
    ignore: tuple[_Rule, ...] | None = None
    exclude: tuple[str, ...] | None = None
    vex_documents: tuple[str, ...] | None = None


class _Descriptor(msgspec.Struct, frozen=True):
    name: str
    timestamp: str = ""
    configuration: _Configuration | None = None


class _Report(msgspec.Struct, rename="camel", frozen=True):
    matches: tuple[_Match, ...]
    source: _Source
    descriptor: _Descriptor
    ignored_matches: tuple[_Ignored, ...] | None = None


def read(document: Document) -> ScannerReport:
    """Read a report on an image. Raises EvidenceIncomplete when it is not a whole one."""
    report = document.read(_Report, document.value)
    names = _names(document, report)
    _refuse_filtered(document, report)
    rows = tuple(sorted(map(_row, report.matches), key=lambda row: row.sort_key))
    scan = ScanResult(
        id=document.file,
        image_id=names.id,
        status=ScanStatus.READY,
        status_word=ScanStatus.READY.value,
        scanned_at=document.time(report.descriptor.timestamp),
        counts=count(rows),
    )
    return ScannerReport(scan=scan, rows=rows, names=names, notices=tuple(_notices(report)))


def _names(document: Document, report: _Report) -> Names:
    if report.descriptor.name != "grype":
        raise document.refused("has matches, but does not say that it is Grype's")
    if report.source.type != "image":
        kind = report.source.type[:60]
        raise document.refused(f"is a Grype report on {kind!r}, not on an image")
    target = document.read(_Target, report.source.target)
    return Names(
        asked=target.user_input,
        tags=target.tags or (),
        digests=target.repo_digests or (),
        manifest=target.manifest_digest,
        id=target.image_id,
    )


def _refuse_filtered(document: Document, report: _Report) -> None:
    filters = [*_configured(report.descriptor.configuration), *_applied(report)]
    if filters:
        raise document.refused(
            f"is a filtered Grype report ({', '.join(dict.fromkeys(filters))})",
            hint="scan without filters; what may be ignored is the policy's to say",
        )


def _configured(configuration: _Configuration | None) -> Iterator[str]:
    """Name the filters that Grype's user had switched on."""
    if configuration is None:
        return
    for field in ("only_fixed", "only_notfixed", "ignore_wontfix", "exclude", "vex_documents"):
        if getattr(configuration, field):
            yield field.replace("_", "-")
    if not all(map(_about_kernel_headers, configuration.ignore or ())):
        yield "ignore"


def _applied(report: _Report) -> Iterator[str]:
    """Name what cannot have been left out by Grype of its own accord."""
    rules = [
        rule for each in report.ignored_matches or () for rule in each.applied_ignore_rules or ()
    ]
    if any(rule.vex_status for rule in rules):
        yield "vex-documents"
    if any(rule.fix_state for rule in rules):
        yield "fix-state"
    if not all(map(_about_kernel_headers, rules)):
        yield "ignoredMatches by a rule that is not Grype's own"
    if report.ignored_matches and report.descriptor.configuration is None:
        yield "ignoredMatches, and it does not tell its configuration"


def _about_kernel_headers(rule: _Rule) -> bool:
    package = rule.package or _RulePackage()
    indirect = rule.match_type == "exact-indirect-match"
    return indirect and (package.type, package.name) in _KERNEL_HEADERS


def _notices(report: _Report) -> Iterator[str]:
    if report.ignored_matches:
        number = len(report.ignored_matches)
        yield f"{number} matches that Grype sets aside by its own rules are not counted"


def _row(match: _Match) -> Vulnerability:
    found, artifact = match.vulnerability, match.artifact
    severity = SEVERITIES.get(found.severity)
    return Vulnerability(
        severity=severity or Severity.CRITICAL,
        severity_word="" if severity else found.severity,
        id=found.id,
        package=artifact.name,
        version=artifact.version,
        fixed_version=_fixed_version(found.fix),
        type=artifact.type,
        origin="os" if artifact.type in OS_TYPES else "lang",
        source="grype",
        link=found.link,
        described=bool(found.id or artifact.name),
    )


def _fixed_version(fix: _Fix) -> str:
    """A state without a version is still a fix, and a version without the state too."""
    versions = ", ".join(filter(None, fix.versions or ()))
    return versions or (_UNNAMED if fix.state == "fixed" else "")
