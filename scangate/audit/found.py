"""The images of a repository and their scans, whichever of the two told of an image first.

Pages may shift while they are read, so a list may tell of an image twice, and by then with other
tags, or not at all. Such an image is asked for by its ID, where a scan tells of it.
"""

from collections.abc import Mapping, Sequence

import msgspec

from scangate.audit.catalog import Catalog
from scangate.audit.choosing import Selection
from scangate.errors import BadResponse, EvidenceIncomplete, ScangateError
from scangate.model import Image, Repository, ScanResult

Images = Mapping[str, Image]
"""The images of one repository by their IDs."""


def add(images: dict[str, Image], image: Image) -> None:
    """Add an image, or what else is told of it. Raises BadResponse when it is told as two.

    It has all tags that it was told with, and the newest time; one that is not told may be newer.
    """
    known = images.setdefault(image.id, image)
    if known.digest != image.digest or known.name != image.name:
        raise BadResponse(f"image {image.id} is told as {known.pinned} and as {image.pinned}")
    times = (known.created_at, image.created_at)
    images[image.id] = msgspec.structs.replace(
        known,
        tags=tuple(dict.fromkeys((*known.tags, *image.tags))),
        created_at=None if None in times else max(filter(None, times)),
    )


def refuse_foreign(image: Image, repository: Repository) -> None:
    """Raise BadResponse for an image of another repository than was asked about."""
    if image.name != repository.name:
        raise BadResponse(f"asked for images of {repository.name}, got one of {image.name!r}")


class Found:
    """What a repository holds. `gone` images have scans, but are deleted.

    `strays` says what of the scans is of no image of the repository, or of one that the list
    should have told of.
    """

    def __init__(
        self, repository: Repository, listed: Images, selection: Selection, catalog: Catalog
    ) -> None:
        self.images = dict(listed)
        self.strays: list[ScangateError] = []
        self.gone = 0
        self._histories: dict[str, list[ScanResult]] = {}
        for result in catalog.scans(repository, selection.of(listed.values())):
            self._histories.setdefault(result.image_id, []).append(result)
        for image_id in [each for each in self._histories if each not in self.images]:
            try:
                self._meet(image_id, repository, catalog)
            except ScangateError as error:
                self.strays.append(error)
        if self.images and not listed:
            self.strays.append(_not_whole(repository))
        self._by_digest: dict[str, list[str]] = {}
        for image in self.images.values():
            self._by_digest.setdefault(image.digest, []).append(image.id)

    def history(self, image: Image) -> Sequence[ScanResult]:
        """Return the scans of an image. Raises EvidenceIncomplete when its digest names others."""
        several = self._by_digest[image.digest]
        if len(several) > 1:
            raise EvidenceIncomplete(f"{image.pinned} names several images: {', '.join(several)}")
        return self._histories.get(image.id, ())

    def _meet(self, image_id: str, repository: Repository, catalog: Catalog) -> None:
        if not image_id:
            scan = self._histories[image_id][0]
            raise BadResponse(f"scan {scan.id} of {repository.name} does not say of which image")
        image = catalog.image(image_id)
        if image is None:
            self.gone += 1
            return
        refuse_foreign(image, repository)
        add(self.images, image)


def _not_whole(repository: Repository) -> EvidenceIncomplete:
    return EvidenceIncomplete(
        f"no image of {repository.name} is listed, and there are scans of images that are there",
        hint="audit again: the list was not whole, or the images were pushed meanwhile",
    )
