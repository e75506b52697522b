"""What of a world is there at one instant: a pure function of world, start, now and Scan calls.

No clock and no state: asked twice for the same instant, a view says the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from scangate.emulator.moments import Moment
from scangate.emulator.refusals import missing
from scangate.emulator.world import (
    CONTAINER_REGISTRY,
    COUNTS,
    SEVERITIES,
    Image,
    Registry,
    Scan,
    Tag,
    Vulnerability,
    World,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedScan:
    """A scan that a Scan call started, and the Operation that tells of it."""

    image_id: str
    scan: Scan
    operation_id: str
    started: int
    idempotency_key: str = ""
    api: str = CONTAINER_REGISTRY

    @property
    def ends_at(self) -> int | None:
        """When the scan is over; None: never."""
        takes = self.scan.outcome.takes
        return None if takes is None else self.scan.appears.nanoseconds + takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A scan result as it stands now; `told` is the time that a world wants to be told."""

    scan: Scan
    image: Image
    status: str
    began: int
    ended: int | None
    told: int | None

    @property
    def vulnerabilities(self) -> tuple[Vulnerability, ...]:
        """What the scan found; nothing before it ends."""
        return () if self.ended is None else self.scan.outcome.vulnerabilities

    @property
    def counts(self) -> Mapping[str, int] | None:
        """The statistics: as the world has them, else of a READY result the rows; else None."""
        outcome = self.scan.outcome
        if self.ended is None:
            return None
        if outcome.counts is not None or self.status != "READY":
            return outcome.counts
        return count_rows(outcome.vulnerabilities)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository exists as long as it has images."""

    id: str
    name: str
    registry_id: str


@dataclass(frozen=True, kw_only=True)  # no slots: the cached properties live in the instance
class View:
    """A world at the instant `now` of an emulator that started at `start`."""

    world: World
    start: int
    now: int
    started_scans: tuple[StartedScan, ...] = ()

    @cached_property
    def images(self) -> tuple[Image, ...]:
        """The images that are there, the oldest first, so that pages stay stable."""
        still = self.world.still  # of a large world, this is not sorted for every page of it
        return self._there(self.world.images) if still is None else still

    def images_of(self, name: str) -> tuple[Image, ...]:
        """Those of them that are of the repository with this name."""
        return self._there(self.world.by_name.get(name, ()))

    def image(self, identity: str) -> Image:
        """The image with this ID; StatusError NOT_FOUND without one."""
        image = self.world.by_id.get(identity)
        if image is None or not self._is_there(image.appears, image.disappears):
            raise missing("Image", identity)
        return image

    def tags(self, image: Image) -> tuple[str, ...]:
        """The tags that the image has: a tag belongs to the image that took it last."""
        names = dict.fromkeys(tag.name for tag in image.tags)
        holders = self._holders(image.name) if names else {}
        return tuple(name for name in names if holders.get(name) == image.id)

    def registry(self, name: str) -> Registry | None:
        """The registry with this ID, or with this alias if the world resolves aliases."""
        for registry in self.world.registries:
            aliased = self.world.behaviour.aliases_resolved and name in registry.aliases
            if registry.id == name or aliased:
                return registry
        return None

    @property
    def repositories(self) -> tuple[Repository, ...]:
        """The repositories of the images that are there, by name."""
        names = self.world.repository_names.items()
        found = [Repository(identity, name, name.partition("/")[0]) for identity, name in names]
        there = (each for each in found if self.images_of(each.name))
        return tuple(sorted(there, key=lambda each: each.name))

    def repository(self, identity: str) -> Repository:
        """The repository with this ID; StatusError NOT_FOUND without one."""
        name = self.world.repository_names.get(identity, "")
        if not self.images_of(name):
            raise missing("Repository", identity)
        return Repository(identity, name, name.partition("/")[0])

    def results(self, image: Image) -> tuple[Result, ...]:
        """The image's scan results that are there, the oldest first."""
        started = (s.scan for s in self.started_scans if s.image_id == image.id)
        scans = (*image.scans, *started)
        there = (s for s in scans if self._is_there(s.appears, s.disappears))
        results = (self._result(scan, image) for scan in there)
        return tuple(sorted(results, key=lambda result: result.began))

    @property
    def all_results(self) -> Iterable[Result]:
        """The results of all images that are there."""
        return (result for image in self.images for result in self.results(image))

    def result(self, identity: str) -> Result:
        """The scan result with this ID; StatusError NOT_FOUND without one."""
        started = (s.image_id for s in self.started_scans if s.scan.id == identity)
        image = self.world.by_scan.get(identity) or self.world.by_id.get(next(started, ""))
        if image is not None and self._is_there(image.appears, image.disappears):
            for result in self.results(image):
                if result.scan.id == identity:
                    return result
        raise missing("ScanResult", identity)

    def _result(self, scan: Scan, image: Image) -> Result:
        began, outcome = scan.appears.at(self.start), scan.outcome
        ended = None if outcome.takes is None else began + outcome.takes
        over = ended is not None and ended <= self.now
        return Result(
            scan=scan,
            image=image,
            status=outcome.ends if over else outcome.runs,
            began=began,
            ended=ended if over else None,
            told=scan.scanned_at.at(self.start) if scan.scanned_at is not None else None,
        )

    @cached_property
    def _held(self) -> dict[str, Mapping[str, str]]:
        """The holders of the repositories that were asked about so far."""
        return {}

    def _holders(self, repository: str) -> Mapping[str, str]:
        """The image ID that has each tag of a repository."""
        if repository not in self._held:
            taken = [
                (self._since(tag, image), tag.name, image.id)
                for image in self.images_of(repository)
                for tag in image.tags
                if self._since(tag, image) <= self.now
            ]
            # Sorted by time alone: of several at the same time the one written last has the tag
            taken.sort(key=lambda entry: entry[0])
            self._held[repository] = {tag: identity for _, tag, identity in taken}
        return self._held[repository]

    def _there(self, images: Iterable[Image]) -> tuple[Image, ...]:
        there = (image for image in images if self._is_there(image.appears, image.disappears))
        return tuple(sorted(there, key=lambda image: image.appears.at(self.start)))

    def _since(self, tag: Tag, image: Image) -> int:
        return (tag.since or image.appears).at(self.start)

    def _is_there(self, appears: Moment, disappears: Moment | None) -> bool:
        gone = disappears is not None and disappears.at(self.start) <= self.now
        return appears.at(self.start) <= self.now and not gone


def seen_by(world: World, api: str) -> World:
    """The world as one API knows it; "": as the registry itself does."""
    if not api:
        return world
    hidden = api == CONTAINER_REGISTRY and not world.behaviour.index_listed
    images = (i for i in world.images if api in i.apis and not (hidden and i.index))
    return replace(world, images=tuple(images))


def count_rows(rows: Iterable[Vulnerability]) -> Mapping[str, int]:
    """The statistics of these rows; a severity that they have no field for is `undefined`."""
    counts = dict.fromkeys(COUNTS, 0)
    for row in rows:
        counts[row.severity.lower() if row.severity in SEVERITIES else "undefined"] += 1
    return counts
