"""From a target to the images that lie in it, and from a repository to what its scans say of them.

Nothing that was seen is left out: what cannot be judged is an outcome of its own. The images are
listed before the repositories and the scans, so that a scan can be of an image that came later, or
was overlooked while pages shifted; see `found`.
"""

from collections.abc import Callable, Iterable, Sequence

from scangate.audit.catalog import Catalog
from scangate.audit.choosing import Selection
from scangate.audit.digested import Judged
from scangate.audit.found import Found, Images, add, refuse_foreign
from scangate.audit.judging import Judge, Pending
from scangate.audit.target import AuditTarget
from scangate.errors import BadResponse, EvidenceIncomplete, ImageNotFound, ScangateError
from scangate.instant import Instant
from scangate.model import Image, Repository, Value


class Place(Value, frozen=True):
    """A repository to look at. `images` is None where they are yet to be listed."""

    repository: Repository
    images: Images | None = None


class Looked(Value, frozen=True):
    """What a repository holds. `gone` images have scans, but are deleted."""

    repository: str
    listed: int = 0
    chosen: int = 0
    gone: int = 0
    judged: tuple[Judged, ...] = ()
    pending: tuple[Pending, ...] = ()


class Survey:
    """One audit's way through a registry. Threads may share it."""

    def __init__(
        self,
        target: AuditTarget,
        judge: Judge,
        selection: Selection,
        *,
        now: Callable[[Catalog], Instant],
    ) -> None:
        self._target = target
        self._judge = judge
        self._selection = selection
        self._now = now

    def places(
        self, catalog: Catalog, *, watch: Callable[[int], None]
    ) -> tuple[Sequence[Place], Sequence[Looked]]:
        """Return what is to be looked at, and what need not be, for it is lost already.

        `watch` is told the number of images that are listed so far. Raises ScangateError when a
        list cannot be had whole, ImageNotFound when there is nothing in it.
        """
        listed: dict[str, dict[str, Image]] = {}
        whole = catalog.lists_whole_registry and not self._target.prefix
        if whole:
            listed = self._whole(catalog, watch)
        found = _by_name(filter(self._target.covers, catalog.repositories()))
        lost = [
            self._lost(name, images) for name, images in sorted(listed.items()) if name not in found
        ]
        if not found and not lost:
            raise ImageNotFound(
                f"no repository is {self._target.text} or lies in it",
                hint="check the registry's ID; a prefix is a whole path, such as team or team/app",
            )
        places = [
            Place(repository=found[name], images=listed.get(name, {}) if whole else None)
            for name in sorted(found)
        ]
        return places, lost

    def look(self, place: Place, catalog: Catalog) -> Looked:
        """Judge the images of a repository, as far as that is possible without their rows."""
        name = self._target.named(place.repository)
        try:
            images = self._images(place, catalog)
        except ScangateError as error:
            return Looked(repository=name, judged=(self._judge.nothing(name, error),))
        try:
            found = Found(place.repository, images, self._selection, catalog)
            chosen = self._selection.of(found.images.values())
            outcomes = self._judged(name, chosen, found, now=self._now(catalog)) if chosen else ()
        except ScangateError as error:
            return self._unjudged(name, images.values(), error)
        strays = (self._judge.nothing(name, error) for error in found.strays)
        return Looked(
            repository=name,
            listed=len(found.images),
            chosen=len(chosen),
            gone=found.gone,
            judged=(*(each for each in outcomes if isinstance(each, Judged)), *strays),
            pending=tuple(each for each in outcomes if isinstance(each, Pending)),
        )

    def settle(self, pending: Pending, catalog: Catalog) -> Judged:
        """Judge an image by its rows."""
        return self._judge.by_rows(pending, catalog.vulnerabilities, now=self._now(catalog))

    def lose(self, place: Place, error: ScangateError) -> Looked:
        """Return what is known of a repository that could not be looked at."""
        name = self._target.named(place.repository)
        if not place.images:
            return Looked(repository=name, judged=(self._judge.nothing(name, error),))
        return self._unjudged(name, place.images.values(), error)

    def _whole(self, catalog: Catalog, watch: Callable[[int], None]) -> dict[str, dict[str, Image]]:
        listed: dict[str, dict[str, Image]] = {}
        for number, image in enumerate(catalog.images(), start=1):
            if not self._target.holds(image):
                raise BadResponse(
                    f"asked for images of {self._target.registry_id}, got one of {image.name!r}"
                )
            add(listed.setdefault(image.name, {}), image)
            watch(number)
        return listed

    def _judged(
        self, repository: str, images: Iterable[Image], found: Found, *, now: Instant
    ) -> Sequence[Judged | Pending]:
        reading = self._judge.reading(repository)
        outcomes: list[Judged | Pending] = []
        for image in images:
            try:
                history = found.history(image)
            except EvidenceIncomplete as error:
                outcomes.append(self._judge.unjudged(image, error))
            else:
                outcomes.append(self._judge.by_counts(image, history, reading, now=now))
        return outcomes

    def _lost(self, name: str, images: Images) -> Looked:
        error = EvidenceIncomplete(
            f"the repository {name} has images, and is not listed",
            hint="was it deleted meanwhile? Audit again",
        )
        return self._unjudged(f"{self._target.host}/{name}", images.values(), error)

    def _images(self, place: Place, catalog: Catalog) -> Images:
        if place.images is not None:
            return place.images
        images: dict[str, Image] = {}
        for image in catalog.images_of(place.repository):
            refuse_foreign(image, place.repository)
            add(images, image)
        return images

    def _unjudged(self, name: str, images: Iterable[Image], error: ScangateError) -> Looked:
        listed = list(images)
        chosen = self._selection.of(listed)
        judged = tuple(self._judge.unjudged(image, error) for image in chosen)
        return Looked(
            repository=name,
            listed=len(listed),
            chosen=len(chosen),
            judged=judged or (self._judge.nothing(name, error),),
        )


def _by_name(repositories: Iterable[Repository]) -> dict[str, Repository]:
    """A page that shifts may tell of a repository twice."""
    found: dict[str, Repository] = {}
    for each in repositories:
        if found.setdefault(each.name, each) != each:
            raise BadResponse(f"two repositories are called {each.name}")
    return found
