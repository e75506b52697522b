"""Whole documents as tools write them, and what they say of an image."""

import pytest

from scangate.model import Vulnerability
from scangate.vex import Status, read
from tests.vex.making import DOCUMENTS, finding, on, openvex, said, saved

EXPAT = finding("CVE-2024-45491", "libexpat1", "2.5.0-1", origin="os")
EXPAT_BY_ALIAS = finding("GHSA-784x-7qm2-gp97", "libexpat1", "2.5.0-1", origin="os")
ZLIB = finding("CVE-2023-45853", "zlib1g", "1:1.2.13.dfsg-1", origin="os")
JACKSON = finding(
    "CVE-2018-7489", "com.fasterxml.jackson.core:jackson-databind", "2.9.4", origin="lang"
)
SSL = finding("CVE-2024-6119", "libssl3", "3.0.13-1~deb12u1")
PAM = finding("CVE-2025-6020", "libpam0g", "1.5.2-6+deb12u1")
GIT = finding("CVE-2023-12345", "git", "2.39.0-r1")


CASES: list[tuple[str, Vulnerability, Status | None]] = [
    ("openvex-0.2.0.json", EXPAT, Status.NOT_AFFECTED),
    ("openvex-0.2.0.json", EXPAT_BY_ALIAS, Status.NOT_AFFECTED),
    ("openvex-0.2.0.json", ZLIB, Status.FIXED),
    ("openvex-0.2.0.json", SSL, None),
    ("openvex-0.2.0.json", PAM, None),
    ("openvex-0.2.0.json", finding("CVE-2024-45491", "libexpat1", "2.5.0-2"), None),
    ("openvex-0.2.0.json", finding("CVE-2024-45491", "libexpat1-dev", "2.5.0-1"), None),
    ("openvex-0.0.1.json", GIT, Status.NOT_AFFECTED),
    ("openvex-0.0.1.json", finding("CVE-2023-12345", "bash", "2.39.0-r1"), None),
    ("openvex-0.0.1.json", finding("CVE-2023-2"), None),
    ("openvex-another-image.json", EXPAT, None),
    ("cyclonedx-1.4.json", EXPAT, Status.NOT_AFFECTED),
    ("cyclonedx-1.4.json", ZLIB, None),
    ("cyclonedx-1.5-bom-link.json", EXPAT, None),
    ("cyclonedx-1.6.json", ZLIB, Status.NOT_AFFECTED),
    ("cyclonedx-1.6.json", finding("CVE-2023-45853", "zlib1g", "1.2.13.dfsg-1"), None),
    ("cyclonedx-1.6.json", JACKSON, Status.FIXED),
    ("cyclonedx-1.6.json", finding("CVE-2018-7489", "jackson-core", "2.9.4"), None),
    ("cyclonedx-1.6.json", SSL, None),
    ("cyclonedx-1.6.json", PAM, None),
    ("cyclonedx-1.6.json", finding("CVE-2024-1", "zlib1g", "1:1.2.13.dfsg-1"), None),
]


@pytest.mark.parametrize(
    ("name", "found", "status"),
    CASES,
    ids=lambda value: value.id if isinstance(value, Vulnerability) else None,
)
def test_what_a_document_says(name: str, found: Vulnerability, status: Status | None) -> None:
    told = on(*saved(name)).suppressing(found)
    assert (told and told.status) == status
    assert told is None or told.file == name


def test_a_document_for_another_image_is_told() -> None:
    (miss,) = on(*saved("openvex-another-image.json")).misses([EXPAT, ZLIB])
    assert miss.startswith("openvex-another-image.json: what it says of CVE-2024-45491 does not")
    assert "another product, pkg:oci/app@sha256%3Abbbb" in miss


def test_a_bom_link_is_told() -> None:
    (miss,) = on(*saved("cyclonedx-1.5-bom-link.json")).misses([EXPAT])
    assert miss.endswith("does not apply: it names no image")


@pytest.mark.parametrize(
    ("time", "suppressed"), [("2026-11-05T11:59:59Z", True), ("2026-11-05T12:00:00Z", False)]
)
def test_one_document_overrules_another(time: str, suppressed: bool) -> None:
    word = said(vulnerability="CVE-2024-45491", status="affected")
    newer = read(openvex(word, timestamp=time), file="newer.json")
    told = on(*saved("openvex-0.2.0.json"), *newer)
    assert (told.suppressing(EXPAT) is not None) is suppressed


def test_every_document_is_looked_at() -> None:
    assert {path.name for path in DOCUMENTS.iterdir()} == {name for name, _, _ in CASES}
