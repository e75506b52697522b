"""The nouns that a registry tells of: image, scan result, vulnerability, evidence.

Values only, in the service's own words. What users name is in `reference`, what was decided in
`report`.
"""

import enum
import re

import msgspec

from scangate.instant import Instant


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable value, equal to another with the same fields."""


class Severity(enum.Enum):
    """How bad a vulnerability is. UNDEFINED is unrated, and so has no place in the order."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEGLIGIBLE = "negligible"
    UNDEFINED = "undefined"


RANKED = (
    Severity.CRITICAL,
    Severity.HIGH,
    Severity.MEDIUM,
    Severity.LOW,
    Severity.NEGLIGIBLE,
)
"""The severities that can be compared, the worst first."""

_DISPLAY_ORDER = {severity: place for place, severity in enumerate(Severity)}


class Counts(Value, frozen=True):
    """The number of findings of each severity."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    negligible: int = 0
    undefined: int = 0

    def of(self, severity: Severity) -> int:
        """Return the number of findings of one severity."""
        count: int = getattr(self, severity.value)
        return count

    @property
    def total(self) -> int:
        """The number of findings of every severity."""
        return sum(self.of(severity) for severity in Severity)


DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Repository(Value, frozen=True):
    """A repository of a registry; `name` begins with the registry's ID, as its images' names do."""

    id: str
    name: str


class Image(Value, frozen=True):
    """An image of a registry: one digest of one repository.

    An index of several platforms has them as `platforms` and is judged by them; each of those
    says its `platform` (`linux/arm64`) and the `index_digest` by which it is deployed.
    `created_at` is None where it is not told.
    """

    id: str
    host: str
    name: str
    digest: str
    tags: tuple[str, ...] = ()
    platform: str = ""
    index_digest: str = ""
    platforms: "tuple[Image, ...]" = ()
    created_at: Instant | None = None

    @property
    def repository(self) -> str:
        """The canonical `host/registry-id/name`, as the service names it; empty if not told."""
        return f"{self.host}/{self.name}" if self.name else ""

    @property
    def pinned(self) -> str:
        """The reference by digest to deploy, which always means what was judged; empty if not told.

        A saved scan may name its image by ID alone.
        """
        digest = self.index_digest or self.digest
        return f"{self.repository}@{digest}" if self.repository and digest else ""


class ScanStatus(enum.Enum):
    """The state of a scan; UNKNOWN is a word that this version does not know."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    ERROR = "ERROR"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"

    @property
    def failed(self) -> bool:
        """Whether the scan ended without a result."""
        return self in (ScanStatus.ERROR, ScanStatus.CANCELLED)

    @property
    def in_progress(self) -> bool:
        """Whether a result may still come. A status nobody knows proves no end."""
        return self is not ScanStatus.READY and not self.failed


class ScanResult(Value, frozen=True):
    """One scan of one image. `counts` is None where the service told no numbers.

    `unknown_severities` are words that this version does not know; they are counted as critical.
    """

    id: str
    image_id: str
    status: ScanStatus
    status_word: str = ""
    scanned_at: Instant | None = None
    counts: Counts | None = None
    unknown_severities: tuple[str, ...] = ()


class Vulnerability(Value, frozen=True):
    """One row of a scan result: an advisory that affects one package of the image.

    `described` is False when the row names no package: then nothing is known but the severity.
    `severity_word` is the service's word where this version does not know it, else empty.
    """

    severity: Severity
    severity_word: str = ""
    id: str = ""
    package: str = ""
    version: str = ""
    fixed_version: str = ""
    type: str = ""
    origin: str = ""
    source: str = ""
    link: str = ""
    described: bool = True

    @property
    def fixable(self) -> bool | None:
        """Whether a fixed version exists; None when the row does not tell."""
        return bool(self.fixed_version) if self.described else None

    @property
    def key(self) -> tuple[str, str] | None:
        """What makes it the same finding in another scan; None where the row does not tell."""
        return (self.id, self.package) if self.described else None

    @property
    def sort_key(self) -> tuple[object, ...]:
        """The order of findings everywhere: the worst first, then by name."""
        return (
            _DISPLAY_ORDER[self.severity],
            self.id,
            self.package,
            self.version,
            self.fixed_version,
            self.type,
            self.origin,
            self.source,
            self.link,
            self.severity_word,
            self.described,
        )


class Evidence(Value, frozen=True):
    """What is known about an image. `vulnerabilities` is None when they were not listed.

    `gap` says what could not be had of it although it was asked for.
    """

    image: Image
    scan: ScanResult
    vulnerabilities: tuple[Vulnerability, ...] | None = None
    gap: str = ""


class PushScan(Value, frozen=True):
    """Whether the registry scans a push to the repository; if not, why, and the remedy."""

    covered: bool
    why: str = ""
    remedy: str = ""


class Place(Value, frozen=True):
    """Where something is written: a file, and a line and column counted from 1.

    `local` is whether `file` is a path of the user's, to which reports may point.
    """

    file: str
    line: int = 1
    column: int = 1
    local: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
