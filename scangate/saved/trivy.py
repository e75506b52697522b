"""Reports of Trivy, `trivy image --format json`. Pure.

Shape: aquasecurity/trivy, pkg/types/report.go, SchemaVersion 2. Which findings Trivy was told to
leave out (`--severity`, `--ignore-unfixed`, `--pkg-types`, an ignore file) its report does not
tell, except with `--show-suppressed`; and it carries no counts, so a row that was taken out of it
cannot be missed. A report without any result of packages is refused: nothing was scanned.
"""

import msgspec

from scangate.model import ScanResult, ScanStatus, Severity, Vulnerability
from scangate.saved.content import Names, ScannerReport, count
from scangate.saved.document import Document

SEVERITIES = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.HIGH,
    "MEDIUM": Severity.MEDIUM,
    "LOW": Severity.LOW,
    "UNKNOWN": Severity.UNDEFINED,
    "": Severity.UNDEFINED,
}
"""Trivy's words (trivy-db, pkg/types/types.go); left out when empty. Any other is critical."""

ORIGINS = {"os-pkgs": "os", "lang-pkgs": "lang"}
"""What a class of packages is called by the registry, whose scanner is Trivy too."""

_SCHEMA = 2

_WITHOUT_OS_PACKAGES = {"", "none", "activestate"}
"""What Trivy calls an image that has no packages of an operating system (fanal/types/const.go)."""

NOTICE = "Trivy does not tell in its report which findings it was told to leave out"


class _Message(msgspec.Struct, rename="pascal", frozen=True, kw_only=True):
    pass


class _Row(_Message, frozen=True):
    id: str = msgspec.field(name="VulnerabilityID", default="")
    package: str = msgspec.field(name="PkgName", default="")
    installed_version: str = ""
    fixed_version: str = ""
    severity: str = ""
    link: str = msgspec.field(name="PrimaryURL", default="")


class _Modified(_Message, frozen=True):
    type: str = ""


class _Result(_Message, frozen=True):
    kind: str = msgspec.field(name="Class", default="")
    type: str = ""
    vulnerabilities: tuple[_Row, ...] = ()
    experimental_modified_findings: tuple[_Modified, ...] = ()


class _System(_Message, frozen=True):
    family: str = ""


class _Metadata(_Message, frozen=True):
    system: _System = msgspec.field(name="OS", default=_System())
    image_id: str = msgspec.field(name="ImageID", default="")
    repo_tags: tuple[str, ...] | None = None
    repo_digests: tuple[str, ...] | None = None


class _Report(_Message, frozen=True):
    schema_version: int
    created_at: str | None = None
    artifact_name: str = ""
    artifact_type: str = ""
    metadata: _Metadata = _Metadata()
    results: tuple[_Result, ...] = ()


def read(document: Document) -> ScannerReport:
    """Read a report on an image. Raises EvidenceIncomplete when it is not a whole one."""
    report = document.read(_Report, document.value)
    _refuse_unfit(document, report)
    listed = [_row(result, row) for result in report.results for row in result.vulnerabilities]
    rows = tuple(sorted(listed, key=lambda row: row.sort_key))
    scan = ScanResult(
        id=document.file,
        image_id=report.metadata.image_id,
        status=ScanStatus.READY,
        status_word=ScanStatus.READY.value,
        scanned_at=document.time(report.created_at),
        counts=count(rows),
    )
    return ScannerReport(scan=scan, rows=rows, names=_names(report), notices=(NOTICE,))


def _refuse_unfit(document: Document, report: _Report) -> None:
    if report.schema_version != _SCHEMA:
        raise document.refused(
            f"is a Trivy report of schema {report.schema_version}, not {_SCHEMA}"
        )
    if report.artifact_type != "container_image":
        kind = report.artifact_type or "nothing that it names"
        raise document.refused(
            f"is a Trivy report on {kind[:60]!r}, not on an image", hint="use trivy image"
        )
    _refuse_unscanned(document, report)
    modified = [each for result in report.results for each in result.experimental_modified_findings]
    if any(each.type == "vulnerability" for each in modified):
        raise document.refused(
            "is a filtered Trivy report: an ignore file or VEX took vulnerabilities out",
            hint="scan without it; what may be ignored is the policy's to say",
        )


def _refuse_unscanned(document: Document, report: _Report) -> None:
    """Trivy lists every kind of packages that it looked through, also where it found nothing."""
    looked_through = {result.kind for result in report.results if result.kind in ORIGINS}
    family = report.metadata.system.family
    if not looked_through:
        raise document.refused(
            "is a Trivy report without a result of packages: it found none, or did not look",
            hint="scan with --scanners vuln; an image without packages cannot be judged by it",
        )
    if family not in _WITHOUT_OS_PACKAGES and "os-pkgs" not in looked_through:
        raise document.refused(
            f"is a Trivy report that leaves out the packages of the operating system ({family})",
            hint="scan with --pkg-types os,library; Trivy skips systems that it does not support",
        )


def _row(result: _Result, row: _Row) -> Vulnerability:
    severity = SEVERITIES.get(row.severity)
    return Vulnerability(
        severity=severity or Severity.CRITICAL,
        severity_word="" if severity else row.severity,
        id=row.id,
        package=row.package,
        version=row.installed_version,
        fixed_version=row.fixed_version.strip(),
        type=result.type,
        origin=ORIGINS.get(result.kind, ""),
        source="trivy",
        link=row.link,
        described=bool(row.id or row.package),
    )


def _names(report: _Report) -> Names:
    return Names(
        asked=report.artifact_name,
        tags=report.metadata.repo_tags or (),
        digests=report.metadata.repo_digests or (),
        id=report.metadata.image_id,
    )
