"""What an audit asks of a registry product, as `gate.Source` is what the gate asks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from scangate.instant import Instant
from scangate.model import Image, Repository, ScanResult, Vulnerability


class Catalog(Protocol):
    """One registry. Its lists are read to their end, or raise a ScangateError."""

    @property
    def lists_whole_registry(self) -> bool:
        """Whether `images` can be asked, which takes fewer calls than one repository by another."""

    def repositories(self) -> Sequence[Repository]:
        """Return every repository."""

    def images(self) -> Iterator[Image]:
        """Yield every image of the registry."""

    def images_of(self, repository: Repository) -> Iterator[Image]:
        """Yield every image of a repository, one with several names perhaps once for each."""

    def image(self, image_id: str) -> Image | None:
        """Return the image with that ID, None when there is none."""

    def scans(self, repository: Repository, images: Sequence[Image], /) -> Iterator[ScanResult]:
        """Yield every scan result of the repository's images, and perhaps those of others."""

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        """Return every row of a result. Raises EvidenceIncomplete when it is gone."""

    def served_at(self) -> Instant | None:
        """Return the service's own time of its newest answer, if it told one."""
