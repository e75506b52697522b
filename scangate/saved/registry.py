"""Scan results and lists as both registry products tell them, through REST or `yc`. Pure.

Shapes: yandex/cloud/containerregistry/v1/scanner.proto (`imageId`, rows with a `package`) and
yandex/cloud/cloudregistry/v1/scanner.proto (`artifactId`, flat rows) in their JSON mapping. `yc
--format json` writes the same messages with snake_case names, so both spellings are read. As
there: int64 as strings, zero values left out, new fields and enum words at any time.
"""

import re
from collections.abc import Sequence

import msgspec

from scangate.model import ScanResult, Vulnerability
from scangate.saved.content import History, Listing
from scangate.saved.document import Document
from scangate.words import counts_of, severity_of, status_of

_COUNT = re.compile(r"0|[1-9][0-9]{0,18}")
_MAX_INT64 = 2**63 - 1
_SNAKE = re.compile(r"_([a-z])")
_WHOLE_LIST = (
    "save the whole list: yc … list-vulnerabilities --format json, with a --limit above it"
)


class _Message(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    pass


class _Scan(_Message, frozen=True):
    id: str = ""
    image_id: str = ""
    artifact_id: str = ""
    scanned_at: str | None = None
    status: str | int = "STATUS_UNSPECIFIED"
    vulnerabilities: dict[str, int | str] | None = None


class _Package(_Message, frozen=True):
    name: str = ""
    link: str = ""
    package: str = ""
    source: str = ""
    version: str = ""
    fixed_by: str = ""
    origin: str = ""
    type: str = ""


class _Row(_Message, frozen=True):
    """Container Registry nests the package, Cloud Registry does not."""

    severity: str | int = "SEVERITY_UNSPECIFIED"
    package: _Package | None = None
    name: str = ""
    package_name: str = ""
    package_type: str = ""
    package_version: str = ""
    package_fixed_version: str = ""
    link: str = ""
    source: str = ""
    origin: str = ""


class _Page(_Message, frozen=True):
    """A page of a list, and the pair of a result and its list."""

    scan_result: object = None
    scan_results: tuple[object, ...] = ()
    vulnerabilities: tuple[object, ...] | None = None
    next_page_token: str = ""


def read_scan(document: Document) -> History:
    """Read a scan result."""
    return _history(document, [document.value])


def read_scans(document: Document) -> History:
    """Read scan results: a bare list or a page."""
    if isinstance(document.value, list):
        return _history(document, document.value)
    return _history(document, _page(document).scan_results)


def read_rows(document: Document) -> Listing:
    """Read vulnerabilities: a bare list or a page."""
    if isinstance(document.value, list):
        return Listing(rows=_rows(document, document.value))
    return Listing(rows=_rows(document, _page(document).vulnerabilities or ()))


def read_pair(document: Document) -> History:
    """Read a scan result together with its list."""
    page = _page(document)
    scans = _history(document, [page.scan_result]).scans
    if page.vulnerabilities is None:
        return History(scans=scans)
    return History(scans=scans, rows=_rows(document, page.vulnerabilities))


def _page(document: Document) -> _Page:
    page = document.read(_Page, _camel(document, document.value))
    if page.next_page_token:
        raise document.refused("is one page of several (it has a nextPageToken)", hint=_WHOLE_LIST)
    return page


def _camel(document: Document, value: object) -> object:
    """Spell the keys of one object as REST does. Both spellings at once could hide one of them."""
    if not isinstance(value, dict):
        return value
    spelt = {_SNAKE.sub(lambda match: match[1].upper(), key): item for key, item in value.items()}
    if len(spelt) != len(value):
        raise document.refused("has a key in both spellings, snake_case and camelCase")
    return spelt


def _history(document: Document, values: Sequence[object]) -> History:
    scans = tuple(_scan(document, value) for value in values)
    images = sorted({scan.image_id for scan in scans})
    if not scans:
        raise document.refused("is a page without scan results")
    if len(images) != 1:
        raise document.refused(f"holds scans of several images ({', '.join(images)[:200]})")
    return History(scans=scans)


def _scan(document: Document, value: object) -> ScanResult:
    message = document.read(_Scan, _camel(document, value))
    stats = message.vulnerabilities or {}
    counts, unknown = counts_of({word: _count(document, told) for word, told in stats.items()})
    if not message.id:
        raise document.refused("holds a scan result without an id")
    return ScanResult(
        id=message.id,
        image_id=_image_id(document, message),
        status=status_of(message.status),
        status_word=str(message.status),
        scanned_at=document.time(message.scanned_at),
        counts=counts,
        unknown_severities=unknown,
    )


def _image_id(document: Document, message: _Scan) -> str:
    named = {message.image_id, message.artifact_id} - {""}
    if len(named) != 1:
        raise document.refused(f"does not say which one image scan {message.id} is of")
    return named.pop()


def _count(document: Document, number: int | str) -> int:
    if not _COUNT.fullmatch(str(number)) or int(number) > _MAX_INT64:
        raise document.refused(f"is malformed: {str(number)[:40]!r} is not a count")
    return int(number)


def _rows(document: Document, values: Sequence[object]) -> tuple[Vulnerability, ...]:
    rows = [_row(document, value) for value in values]
    return tuple(sorted(rows, key=lambda row: row.sort_key))


def _row(document: Document, value: object) -> Vulnerability:
    """Read a row. One that names no package is kept: it is counted, never skipped."""
    spelt = _camel(document, value)
    if isinstance(spelt, dict) and "package" in spelt:
        spelt = {**spelt, "package": _camel(document, spelt["package"])}
    message = document.read(_Row, spelt)
    package = _package(document, message)
    severity, unknown = severity_of(message.severity)
    return Vulnerability(
        severity=severity,
        severity_word=unknown,
        id=package.name,
        package=package.package,
        version=package.version,
        fixed_version=package.fixed_by.strip(),
        type=package.type,
        origin=package.origin,
        source=package.source,
        link=package.link,
        described=bool(package.name or package.package),
    )


def _package(document: Document, row: _Row) -> _Package:
    """Take the package from where the row has it, which must be one place."""
    if row.package is None:
        return _Package(
            name=row.name,
            link=row.link,
            package=row.package_name,
            source=row.source,
            version=row.package_version,
            fixed_by=row.package_fixed_version,
            origin=row.origin,
            type=row.package_type,
        )
    if row.name or row.package_name:
        raise document.refused("has a row that names its package twice")
    return row.package
