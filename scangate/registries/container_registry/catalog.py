"""Everything that a registry holds: its repositories, its images, their scans by repository.

Calls: yandex/cloud/containerregistry/v1/{repository,image,scanner}_service.proto. Images are listed
by registry or by repository, scans by repository, up to 1,000 a page. Filters are not used, as for
one image.
"""

from collections.abc import Iterable, Iterator, Sequence

from scangate.clouds import Endpoints
from scangate.errors import BadResponse, EvidenceIncomplete, ImageNotFound
from scangate.instant import Instant
from scangate.model import Image, Repository, ScanResult, Vulnerability
from scangate.reference import ImageId
from scangate.registries.container_registry import ContainerRegistry, wire
from scangate.registries.container_registry.calls import Calls
from scangate.transport import NotFound, Transport


class Catalog:
    """One registry behind `audit.catalog.Catalog`."""

    lists_whole_registry = True

    def __init__(
        self, transport: Transport, endpoints: Endpoints, *, host: str, registry_id: str
    ) -> None:
        self._transport = transport
        self._calls = Calls(transport, endpoints)
        self._calls.registry_id = registry_id
        self._one = ContainerRegistry(transport, endpoints)
        self._host = host
        self._registry_id = registry_id

    def served_at(self) -> Instant | None:
        """Return the service's own time of its newest answer, if it told one."""
        return self._transport.served_at()

    def repositories(self) -> Sequence[Repository]:
        """Return every repository. Raises ImageNotFound when there is no such registry."""
        parent = {"registryId": self._registry_id}
        try:
            found = [
                wire.read_repository(message)
                for page in self._calls.pages("repositories", parent, wire.RepositoryPage)
                for message in page.repositories
            ]
        except NotFound as error:
            raise self._no_registry(error) from error
        for repository in found:
            if repository.name.partition("/")[0] != self._registry_id:
                raise BadResponse(
                    f"asked for repositories of {self._registry_id}, got {repository.name!r}"
                )
        return found

    def images(self) -> Iterator[Image]:
        """Yield every image of the registry. Raises ImageNotFound when there is no such one."""
        parent = {"registryId": self._registry_id}
        try:
            for page in self._calls.pages("images", parent, wire.ImagePage):
                yield from (wire.read_image(each, host=self._host) for each in page.images)
        except NotFound as error:
            raise self._no_registry(error) from error

    def images_of(self, repository: Repository) -> Iterator[Image]:
        """Yield every image of a repository. Raises EvidenceIncomplete when that is gone."""
        parent = {"repositoryName": repository.name}
        try:
            for page in self._calls.pages("images", parent, wire.ImagePage):
                yield from (wire.read_image(each, host=self._host) for each in page.images)
        except NotFound as error:
            raise _gone(repository, error) from error

    def image(self, image_id: str) -> Image | None:
        """Return the image with that ID, None when there is none (any more)."""
        return self._one.find(ImageId(text=image_id, host=self._host))

    def scans(self, repository: Repository, _images: Iterable[Image]) -> Iterator[ScanResult]:
        """Yield every scan result of a repository. Raises EvidenceIncomplete when that is gone."""
        parent = {"repositoryId": repository.id}
        try:
            for page in self._calls.pages("scans", parent, wire.ScanPage):
                yield from map(wire.read_scan, page.scan_results)
        except NotFound as error:
            raise _gone(repository, error) from error

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        """Yield every row of a result. Raises EvidenceIncomplete when it is gone."""
        return self._one.vulnerabilities(scan)

    def _no_registry(self, error: NotFound) -> ImageNotFound:
        return ImageNotFound(
            f"there is no registry {self._registry_id}: {error.message}",
            hint="name it by its ID, not by its name or an alias: yc container registry list",
        )


def _gone(repository: Repository, error: NotFound) -> EvidenceIncomplete:
    return EvidenceIncomplete(
        f"the repository {repository.name} was listed, and is not there now: {error.message}",
        hint="was it deleted meanwhile? Audit again",
    )
