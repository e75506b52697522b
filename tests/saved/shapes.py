"""Saved files as they are written, made of what a test says and defaults for the rest."""

import json
from collections.abc import Mapping, Sequence

from scangate.history import ScanSettings
from scangate.instant import Instant
from scangate.model import Counts, Evidence
from scangate.reference import ImageReference, Target
from scangate.saved import Saved, read

Json = dict[str, object]

NOW = Instant.parse("2026-11-22T10:00:00Z")
EARLIER = "2026-11-22T09:00:00.5Z"
DIGEST = "sha256:" + "a" * 64
OTHER_DIGEST = "sha256:" + "b" * 64
REFERENCE = ImageReference.parse("cr.yandex/crp0/app:1.4")
PINNED = ImageReference.parse(f"cr.yandex/crp0/app@{DIGEST}")
SETTINGS = ScanSettings()


def scan(**changed: object) -> Json:
    """A READY result of the registry with one high and two low findings, as REST tells it."""
    counts = {"high": "1", "low": "2"}
    whole = {"id": "che1", "imageId": "crp1", "scannedAt": EARLIER, "status": "READY"}
    return {**whole, "vulnerabilities": counts, **changed}


def row(number: int, severity: str = "LOW", **changed: object) -> Json:
    """A row of Container Registry."""
    package = {"name": f"CVE-2026-{number}", "package": f"lib{number}", "version": "1.0"}
    return {"package": {**package, "source": "trivy", **changed}, "severity": severity}


def flat_row(number: int, severity: str = "LOW", **changed: object) -> Json:
    """A row of Cloud Registry."""
    package = {"packageName": f"lib{number}", "packageVersion": "1.0", "source": "trivy"}
    return {"name": f"CVE-2026-{number}", **package, "severity": severity, **changed}


ROWS = (row(1, "HIGH", fixedBy="1.1"), row(2), row(3))
FLAT_ROWS = (flat_row(1, "HIGH", packageFixedVersion="1.1"), flat_row(2), flat_row(3))


def pair(**changed: object) -> Json:
    """A result with its list."""
    return {"scanResult": scan(), "vulnerabilities": list(ROWS), **changed}


def snake(value: object) -> object:
    """Spell the keys as `yc --format json` does."""
    if isinstance(value, Mapping):
        return {_snake(key): snake(item) for key, item in value.items()}
    return [snake(item) for item in value] if isinstance(value, list | tuple) else value


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def trivy(*rows: Json, **changed: object) -> Json:
    """A report of Trivy on REFERENCE, which has DIGEST."""
    result = {"Target": "app", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": list(rows)}
    metadata = {
        "OS": {"Family": "debian", "Name": "12"},
        "ImageID": "sha256:" + "c" * 64,
        "RepoTags": [REFERENCE.text],
        "RepoDigests": [PINNED.text],
    }
    whole = {"SchemaVersion": 2, "CreatedAt": EARLIER, "ArtifactType": "container_image"}
    named = {"ArtifactName": REFERENCE.text, "Metadata": metadata}
    return {**whole, **named, "Results": [result], **changed}


def trivy_row(severity: str = "LOW", **changed: object) -> Json:
    """A row of Trivy."""
    package = {"PkgName": "lib1", "InstalledVersion": "1.0", "PrimaryURL": "https://example.test"}
    return {"VulnerabilityID": "CVE-2026-1", **package, "Severity": severity, **changed}


def grype(*matches: Json, **changed: object) -> Json:
    """A report of Grype on REFERENCE, which has DIGEST."""
    target = {
        "userInput": REFERENCE.text,
        "imageID": "sha256:" + "c" * 64,
        "manifestDigest": DIGEST,
        "tags": [REFERENCE.text],
        "repoDigests": [PINNED.text],
    }
    descriptor = {"name": "grype", "timestamp": EARLIER, "configuration": {"only-fixed": False}}
    source = {"type": "image", "target": target}
    return {"matches": list(matches), "source": source, "descriptor": descriptor, **changed}


def match(severity: str = "Low", *, fix: Json | None = None, kind: str = "deb") -> Json:
    """A match of Grype."""
    found = {"id": "CVE-2026-1", "severity": severity, "dataSource": "https://example.test"}
    artifact = {"name": "lib1", "version": "1.0", "type": kind}
    return {"vulnerability": {**found, "fix": fix or {}}, "artifact": artifact}


def saved(
    *values: object, target: Target | None = REFERENCE, settings: ScanSettings = SETTINGS
) -> Saved:
    """Read values as if each were in a file: a.json, b.json, …"""
    files = [
        (f"{name}.json", value if isinstance(value, bytes) else json.dumps(value).encode())
        for name, value in zip("abcdef", values, strict=False)
    ]
    return read(files, target, settings=lambda _: settings)


def evidence(*values: object, target: Target | None = REFERENCE) -> Evidence:
    """Read values that make up one piece of evidence."""
    (only,) = saved(*values, target=target).evidence
    return only


def severities(found: Evidence) -> Sequence[str]:
    """The severities of the rows."""
    return [each.severity.value for each in found.vulnerabilities or ()]


def check_severity(report: Json, word: str, severity: str) -> None:
    """Hold the one row of a report to the severity that its word must mean."""
    found = evidence(report)
    assert found.vulnerabilities is not None
    (row,) = found.vulnerabilities
    assert row.severity.value == severity
    assert row.severity_word in (word, "")
    assert bool(row.severity_word) is (severity == "critical" and word.title() != "Critical")
    assert found.scan.counts == Counts(**{severity: 1})
