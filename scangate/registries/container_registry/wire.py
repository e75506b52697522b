"""The JSON of Container Registry, and what it means in our words. Pure.

Shapes: yandex/cloud/containerregistry/v1/{image,scanner,scan_policy}.proto in their JSON mapping:
lowerCamelCase names, int64 as strings, fields with a zero value left out, new fields and enum
words at any time. Everything that comes is read strictly, and what is unknown is never good news.
"""

import re

import msgspec

from scangate.errors import BadResponse
from scangate.instant import Instant
from scangate.model import DIGEST, Image, Repository, ScanResult, Vulnerability
from scangate.registries.rest import ListMessage, Message, read_created
from scangate.words import counts_of, severity_of, status_of

_COUNT = re.compile(rb'("?)(0|[1-9][0-9]{0,18})\1')
_MAX_INT64 = 2**63 - 1


class ImageMessage(Message, frozen=True):
    """yandex.cloud.containerregistry.v1.Image."""

    id: str = ""
    name: str = ""
    digest: str = ""
    tags: tuple[str, ...] = ()
    created_at: str | None = None


class ImagePage(ListMessage, frozen=True):
    """ListImagesResponse."""

    images: tuple[ImageMessage, ...] = ()


class RepositoryMessage(Message, frozen=True):
    """yandex.cloud.containerregistry.v1.Repository."""

    id: str = ""
    name: str = ""


class RepositoryPage(ListMessage, frozen=True):
    """ListRepositoriesResponse."""

    repositories: tuple[RepositoryMessage, ...] = ()


class ScanMessage(Message, frozen=True):
    """ScanResult. An enum value that the gateway does not know may come as a number."""

    id: str = ""
    image_id: str = ""
    scanned_at: str | None = None
    status: str | int = "STATUS_UNSPECIFIED"
    vulnerabilities: dict[str, msgspec.Raw] | None = None


class ScanPage(ListMessage, frozen=True):
    """ListScanResultsResponse."""

    scan_results: tuple[ScanMessage, ...] = ()


class PackageMessage(Message, frozen=True):
    """PackageVulnerability. `name` is the advisory, `package` the package that it affects."""

    name: str = ""
    link: str = ""
    package: str = ""
    source: str = ""
    version: str = ""
    fixed_by: str = ""
    origin: str = ""
    type: str = ""


class VulnerabilityMessage(Message, frozen=True):
    """Vulnerability."""

    severity: str | int = "SEVERITY_UNSPECIFIED"
    package: PackageMessage | None = None


class VulnerabilityPage(ListMessage, frozen=True):
    """ListVulnerabilitiesResponse."""

    vulnerabilities: tuple[VulnerabilityMessage, ...] = ()


class PushRuleMessage(Message, frozen=True):
    """PushRule. A prefix covers the repositories below it too; `*` is every repository."""

    repository_prefixes: tuple[str, ...] = ()
    disabled: bool = False


class RulesMessage(Message, frozen=True):
    """ScanRules."""

    push_rule: PushRuleMessage | None = None


class ScanPolicyMessage(Message, frozen=True):
    """ScanPolicy."""

    rules: RulesMessage = RulesMessage()
    disabled: bool = False


def read_image(message: ImageMessage, *, host: str) -> Image:
    """Read an image. Raises BadResponse for one that nothing could be deployed by."""
    if not message.id or not message.name or not DIGEST.fullmatch(message.digest):
        raise BadResponse(f"image {message.id!r} has no ID, name or sha256 digest")
    return Image(
        id=message.id,
        host=host,
        name=message.name,
        digest=message.digest,
        tags=message.tags,
        created_at=read_created(message.created_at),
    )


def read_repository(message: RepositoryMessage) -> Repository:
    """Read a repository. Raises BadResponse for one that nothing could be asked about."""
    if not message.id or not message.name:
        raise BadResponse(f"repository {message.name or message.id!r} has no ID or name")
    return Repository(id=message.id, name=message.name)


def read_scan(message: ScanMessage) -> ScanResult:
    """Read a scan result. Raises BadResponse for a count or a time that is none."""
    stats = message.vulnerabilities or {}
    counts, unknown = counts_of({word: read_count(bytes(raw)) for word, raw in stats.items()})
    return ScanResult(
        id=message.id,
        image_id=message.image_id,
        status=status_of(message.status),
        status_word=str(message.status),
        scanned_at=_read_time(message.scanned_at),
        counts=counts,
        unknown_severities=unknown,
    )


def read_count(number: bytes) -> int:
    """Read the JSON of an int64 that counts something: a string or a number. Raises BadResponse.

    Read as written: once it is a number, -0 is 0.
    """
    match = _COUNT.fullmatch(number)
    if match is None or int(match[2]) > _MAX_INT64:
        raise BadResponse(f"{number[:40].decode(errors='replace')} is not a count")
    return int(match[2])


def _read_time(text: str | None) -> Instant | None:
    if not text:
        return None
    try:
        return Instant.parse(text)
    except ValueError as error:
        raise BadResponse(str(error)) from error


def read_vulnerability(message: VulnerabilityMessage) -> Vulnerability:
    """Read a row. One that names no package is kept: it is counted, never skipped."""
    package = message.package or PackageMessage()
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
