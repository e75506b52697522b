"""Images, findings and documents, made of what a test says and defaults for the rest."""

import json
from pathlib import Path
from typing import Any

from scangate.instant import Instant
from scangate.model import Image, Severity, Vulnerability
from scangate.vex import Applicable, Statement, Status, applicable, read

DIGEST = "sha256:" + "a" * 64
OTHER_DIGEST = "sha256:" + "b" * 64
INDEX_DIGEST = "sha256:" + "1" * 64
PURL = f"pkg:oci/app@{DIGEST}"
REPOSITORY = "cr.yandex/crp0/app"

IMAGE = Image(id="crp1", host="cr.yandex", name="crp0/app", digest=DIGEST, tags=("1.4", "stable"))
PLATFORM = Image(
    id="crp2",
    host="cr.yandex",
    name="crp0/app",
    digest=DIGEST,
    tags=("1.4",),
    platform="linux/arm64",
    index_digest=INDEX_DIGEST,
)
DOCUMENTS = Path(__file__).parent / "documents"

EARLY = Instant.parse("2026-11-01T00:00:00Z")
LATE = Instant.parse("2026-11-02T00:00:00Z")


def finding(
    name: str = "CVE-2026-1", package: str = "lib1", version: str = "1.0", **more: Any
) -> Vulnerability:
    return Vulnerability(severity=Severity.HIGH, id=name, package=package, version=version, **more)


def statement(**changed: Any) -> Statement:
    """A statement that suppresses CVE-2026-1 in IMAGE."""
    whole = {
        "vulnerabilities": ("CVE-2026-1",),
        "products": (PURL,),
        "status": Status.NOT_AFFECTED,
        "justification": "component_not_present",
        "file": "vex.json",
        "time": EARLY,
    }
    return Statement(**{**whole, **changed})


def on(*statements: Statement, image: Image = IMAGE) -> Applicable:
    return applicable(statements, image)


def openvex(*statements: dict[str, Any], **changed: Any) -> bytes:
    whole = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.test/vex",
        "author": "Team",
        "timestamp": "2026-11-01T00:00:00Z",
        "version": 1,
        "statements": list(statements),
    }
    return write({**whole, **changed})


def said(**changed: Any) -> dict[str, Any]:
    """A statement of OpenVEX that suppresses CVE-2026-1 in IMAGE."""
    whole = {
        "vulnerability": {"name": "CVE-2026-1"},
        "products": [{"@id": PURL}],
        "status": "not_affected",
        "justification": "component_not_present",
    }
    return {**whole, **changed}


def cyclonedx(*vulnerabilities: dict[str, Any], **changed: Any) -> bytes:
    whole = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"bom-ref": "image", "purl": PURL}},
        "vulnerabilities": list(vulnerabilities),
    }
    return write({**whole, **changed})


def analysed(**changed: Any) -> dict[str, Any]:
    """A vulnerability of CycloneDX that suppresses CVE-2026-1 in IMAGE."""
    analysis = {"state": "not_affected", "justification": "code_not_present"}
    whole = {"id": "CVE-2026-1", "analysis": analysis, "affects": [{"ref": "image"}]}
    return {**whole, **changed}


def write(document: dict[str, Any]) -> bytes:
    """Write what is not None."""
    return json.dumps({key: value for key, value in document.items() if value is not None}).encode()


def saved(name: str) -> tuple[Statement, ...]:
    return read((DOCUMENTS / name).read_bytes(), file=name)
