"""Everything that a registry of Cloud Registry holds, found by walking its tree.

Scans are listed by artifact alone (yandex/cloud/cloudregistry/v1/scanner_service.proto), and the
tree by folder, so this takes a call per folder, two per repository, and one per image.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from scangate.clouds import Endpoints
from scangate.errors import BadResponse, EvidenceIncomplete, ImageNotFound
from scangate.instant import Instant
from scangate.model import DIGEST, Image, Repository, ScanResult, Vulnerability
from scangate.reference import ImageId
from scangate.registries.cloud_registry import CloudRegistry
from scangate.registries.cloud_registry.wire import Artifact, platforms_of
from scangate.registries.index import images_in
from scangate.transport import NotFound, Transport

_DEEPEST = 32


class Catalog:
    """One registry behind `audit.catalog.Catalog`. Raises UsageError when gRPC is not installed."""

    lists_whole_registry = False

    def __init__(
        self, transport: Transport, endpoints: Endpoints, *, host: str, registry_id: str
    ) -> None:
        self._one = CloudRegistry(transport, endpoints, registry_id=registry_id)
        self._host = host
        self._registry_id = registry_id

    def served_at(self) -> Instant | None:
        """Return the service's own time of its newest answer, if it told one."""
        return self._one.served_at()

    def repositories(self) -> Sequence[Repository]:
        """Return every folder or package that has artifacts in it.

        Raises ImageNotFound when there is no such registry.
        """
        try:
            return list(self._walk("", depth=0))
        except NotFound as error:
            raise ImageNotFound(
                f"there is no registry {self._registry_id}, or a part of it is gone: "
                f"{error.message}",
                hint="name it by its ID: yc cloud-registry registry list",
            ) from error

    def images(self) -> Iterator[Image]:
        """Raise BadResponse: nothing lists the images of a whole registry."""
        raise BadResponse("Cloud Registry lists no images of a whole registry")

    def images_of(self, repository: Repository) -> Iterator[Image]:
        """Yield every image of a repository, once for each of its names.

        An index is left to its platforms where they are all there as images. buildx tags an index,
        and not its platforms, so these are told again by each name of their index. Any other index
        is an image that was never scanned. So is an attestation that the tree has: an index could
        call anything one.
        """
        images: dict[str, list[Image]] = {}
        indexes: list[tuple[list[Image], frozenset[str]]] = []
        for artifacts in self._artifacts(repository).values():
            told = [self._image(artifact, repository) for artifact in artifacts]
            platforms = platforms_of(self._one.artifacts.complete(artifacts[0]))
            if platforms is None:
                images.setdefault(told[0].digest, []).extend(told)
                yield from told
            else:
                indexes.append((told, images_in(platforms)))
        for told, digests in indexes:
            if not digests or not images.keys() >= digests:
                yield from told
            platforms_there = (image for each in digests for image in images.get(each, ()))
            yield from (_named(image, index) for image in platforms_there for index in told)

    def image(self, image_id: str) -> Image | None:
        """Return the image with that ID, None when there is none (any more)."""
        return self._one.find(ImageId(text=image_id, host=self._host))

    def scans(self, _repository: Repository, images: Iterable[Image]) -> Iterator[ScanResult]:
        """Yield every scan result of these images, a call for each."""
        for image in images:
            for result in self._one.scans(image):
                if result.image_id != image.id:
                    named = result.image_id or "no image"
                    raise BadResponse(f"scan {result.id} is of {named}, not of {image.id}")
                yield result

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        """Yield every row of a result. Raises EvidenceIncomplete when it is gone."""
        return self._one.vulnerabilities(scan)

    def _walk(self, path: str, *, depth: int) -> Iterator[Repository]:
        if depth > _DEEPEST:
            raise BadResponse(f"the registry's folders lie more than {_DEEPEST} deep: {path[:80]}")
        found = list(self._one.artifacts.within(self._registry_id, path))
        if any(each.kind == "ARTIFACT" for each in found):
            yield Repository(id=path, name=f"{self._registry_id}/{path}")
        for each in found:
            if each.kind != "ARTIFACT":
                if not each.name or "/" in each.name:
                    raise BadResponse(f"artifact {each.id} has no name to look into")
                yield from self._walk(f"{path}/{each.name}".lstrip("/"), depth=depth + 1)

    def _artifacts(self, repository: Repository) -> dict[str, list[Artifact]]:
        """Return what lies in a repository by its ID: a digest and its tags are one artifact."""
        path = repository.name.partition("/")[2]
        try:
            told = [
                each
                for each in self._one.artifacts.within(self._registry_id, path)
                if each.kind == "ARTIFACT"
            ]
        except NotFound as error:
            raise _gone(repository, error.message) from error
        if not told:  # it is one because it had some, a call ago
            raise _gone(repository, "it has no artifacts")
        found: dict[str, list[Artifact]] = {}
        for artifact in told:
            if artifact.status not in ("DELETING", "DELETED"):
                found.setdefault(artifact.id, []).append(artifact)
        return found

    def _image(self, artifact: Artifact, repository: Repository) -> Image:
        if not artifact.id or not DIGEST.fullmatch(artifact.digest):
            raise BadResponse(f"artifact {artifact.id!r} has no ID or is no image with a digest")
        tagged = artifact.name and not DIGEST.fullmatch(artifact.name)
        return Image(
            id=artifact.id,
            host=self._host,
            name=repository.name,
            digest=artifact.digest,
            tags=(artifact.name,) if tagged else (),
            created_at=artifact.created,
        )


def _named(image: Image, index: Image) -> Image:
    """Return an image as its index names it."""
    return msgspec.structs.replace(image, tags=index.tags, created_at=index.created_at)


def _gone(repository: Repository, why: str) -> EvidenceIncomplete:
    return EvidenceIncomplete(
        f"the repository {repository.name} was listed, and is not there now: {why}",
        hint="was it deleted meanwhile? Audit again",
    )
