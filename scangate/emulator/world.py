"""The nouns of a world: what the registries hold, and when it becomes visible.

Frozen values; `reader` makes them from YAML, `view` tells what of them is there at a time.
Words and ID lengths are those of yandex/cloud/containerregistry/v1/*.proto.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scangate.emulator.behaviour import Behaviour
from scangate.emulator.identities import Identities
from scangate.emulator.moments import SECOND, Moment
from scangate.emulator.refusals import Code

STATUSES = ("STATUS_UNSPECIFIED", "RUNNING", "READY", "ERROR")
SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "NEGLIGIBLE", "UNDEFINED")
UNSPECIFIED_SEVERITY = "SEVERITY_UNSPECIFIED"
COUNTS = tuple(severity.lower() for severity in SEVERITIES)

LONG_AGO = Moment(-86400 * SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """One row of a scan: an advisory in a package. All package fields empty: no `package`."""

    severity: str = UNSPECIFIED_SEVERITY
    name: str = ""
    link: str = ""
    package: str = ""
    source: str = ""
    version: str = ""
    fixed_by: str = ""
    origin: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a scan goes. `takes` None: for ever. `counts` None: as many as the rows.

    The rows are in the order of the service, which was seen to be `listing_order`.
    """

    takes: int | None = 0
    runs: str = "RUNNING"
    ends: str = "READY"
    vulnerabilities: tuple[Vulnerability, ...] = ()
    counts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan of an image on the timeline. `scanned_at` and `image_id` override what is told."""

    id: str
    appears: Moment
    outcome: Outcome = field(default_factory=Outcome)
    disappears: Moment | None = None
    scanned_at: Moment | None = None
    tells_time: bool = True
    image_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnScan:
    """What a Scan request brings: a result after a delay, or a refusal."""

    delay: int = 0
    outcome: Outcome = field(default_factory=lambda: Outcome(takes=2 * SECOND))
    refused: Code | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and the moment from which the image has it; None: since the image appeared."""

    name: str
    since: Moment | None = None


CONTAINER_REGISTRY, CLOUD_REGISTRY = "container-registry", "cloud-registry"


@dataclass(frozen=True, slots=True)
class PlatformManifest:
    """One entry of an index; `platform` is os/architecture and perhaps a variant."""

    platform: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image; `name` is its repository's, which starts with the registry's ID.

    `apis` are those that know it, `artifact_id` is its ID in Cloud Registry. With an `index` it
    is the name of several images.
    """

    id: str
    name: str
    digest: str
    tags: tuple[Tag, ...] = ()
    appears: Moment = LONG_AGO
    disappears: Moment | None = None
    created_at: Moment = LONG_AGO
    compressed_size: int = 0
    layers: int = 0
    apis: frozenset[str] = frozenset({CONTAINER_REGISTRY, CLOUD_REGISTRY})
    index: tuple[PlatformManifest, ...] = ()
    scans: tuple[Scan, ...] = ()
    on_scan: tuple[OnScan, ...] = (OnScan(),)  # the last one repeats

    @property
    def registry_id(self) -> str:
        """The ID of the registry that holds the image."""
        return self.name.partition("/")[0]

    @property
    def artifact_id(self) -> str:
        """The ID of the same image in Cloud Registry."""
        return derive_id("cn1", f"artifact {self.id}")

    @property
    def repository_id(self) -> str:
        """The ID of the image's repository."""
        return derive_id(self.registry_id[:3], f"repository {self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRule:
    """Rescans of the repositories with these prefixes, each `period` nanoseconds."""

    prefixes: tuple[str, ...]
    period: int
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPolicy:
    """When a registry scans by itself. `push` None: there is no push rule."""

    id: str
    name: str = ""
    push: tuple[str, ...] | None = None
    push_disabled: bool = False
    schedule: tuple[ScheduledRule, ...] = ()
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A registry; `aliases` are other first segments of its images' names."""

    id: str
    name: str = ""
    folder_id: str = ""
    status: str = "ACTIVE"
    aliases: tuple[str, ...] = ()
    scan_policy: ScanPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which tokens are let in (None: every one) and which of them may do nothing.

    Tokens that the emulator issues are let in until they run out; `forbidden` may name their
    service account instead.
    """

    accepted: frozenset[str] | None = None
    forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)  # no slots: the cached properties live in the instance
class World:
    """All that an emulator knows before the first request."""

    registries: tuple[Registry, ...] = ()
    images: tuple[Image, ...] = ()
    behaviour: Behaviour = field(default_factory=Behaviour)
    access: Access = field(default_factory=Access)
    identities: Identities = field(default_factory=Identities)

    @cached_property
    def still(self) -> tuple[Image, ...] | None:
        """All images, the oldest first, if none of them comes or goes while it is served."""
        if any(
            i.disappears or i.appears.absolute or i.appears.nanoseconds > 0 for i in self.images
        ):
            return None
        return tuple(sorted(self.images, key=lambda image: image.appears.nanoseconds))

    @cached_property
    def by_id(self) -> Mapping[str, Image]:
        """The images by their IDs."""
        return {image.id: image for image in self.images}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Image, ...]]:
        """The images of each repository, by its name."""
        found: dict[str, list[Image]] = {}
        for image in self.images:
            found.setdefault(image.name, []).append(image)
        return {name: tuple(images) for name, images in found.items()}

    @cached_property
    def repository_names(self) -> Mapping[str, str]:
        """The name of each repository, by its ID."""
        return {images[0].repository_id: name for name, images in self.by_name.items()}

    @cached_property
    def by_scan(self) -> Mapping[str, Image]:
        """The image of each scan, by the scan's ID."""
        return {scan.id: image for image in self.images for scan in image.scans}

    @cached_property
    def by_artifact(self) -> Mapping[str, Image]:
        """The images by their IDs in Cloud Registry."""
        return {image.artifact_id: image for image in self.images}


def severity_rank(severity: str) -> int:
    """0 for the most severe; words that are no severity come last."""
    words = (*SEVERITIES, UNSPECIFIED_SEVERITY)
    return words.index(severity) if severity in words else len(words)


def listing_order(row: Vulnerability) -> tuple[int, str, str]:
    """The most severe first, then by package and advisory."""
    return severity_rank(row.severity), row.package, row.name


def derive_id(prefix: str, seed: str) -> str:
    """An ID of 20 characters that depends on nothing but the seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:12])
    letters = "0123456789abcdefghijklmnopqrstuv"
    return prefix + "".join(letters[number >> 5 * place & 31] for place in range(17))


def derive_digest(seed: str) -> str:
    """A sha256 digest that depends on nothing but the seed."""
    return "sha256:" + hashlib.sha256(seed.encode()).hexdigest()
