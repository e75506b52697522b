"""A registry in memory, as an audit asks it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scangate.audit.audit import Audit, Extent
from scangate.audit.digested import Judged
from scangate.audit.judging import Judge, Pending
from scangate.audit.strictest import Reading
from scangate.audit.summary import sum_up
from scangate.audit.target import AuditTarget
from scangate.errors import EvidenceIncomplete
from scangate.instant import Instant
from scangate.model import Image, Repository, ScanResult, Vulnerability
from scangate.policy.effective import Ignore, Policy
from scangate.report import Report
from tests.fakes import NOW

TARGET = AuditTarget(host="cr.yandex", registry_id="crp0")
REPOSITORY = Repository(id="repository-1", name="crp0/app")


def image(number: int, *tags: str, created_at: Instant | None = None) -> Image:
    """Return the image of that number, a digit, of one repository."""
    return Image(
        id=f"image-{number}",
        host="cr.yandex",
        name=REPOSITORY.name,
        digest="sha256:" + f"{number}" * 64,
        tags=tags,
        created_at=created_at,
    )


class FakeCatalog:
    """One repository. A result without an entry in `rows` has no list, `unlisted` is overlooked."""

    def __init__(
        self,
        images: Sequence[Image],
        results: Sequence[ScanResult],
        rows: Mapping[str, Sequence[Vulnerability]],
        *,
        unlisted: Sequence[Image] = (),
        whole: bool = True,
    ) -> None:
        self.lists_whole_registry = whole
        self.asked: list[str] = []
        self._images, self._results, self._rows = images, results, rows
        self._unlisted = {each.id: each for each in unlisted}

    def repositories(self) -> Sequence[Repository]:
        return [REPOSITORY]

    def images(self) -> Iterator[Image]:
        return iter(self._images)

    def images_of(self, _repository: Repository) -> Iterator[Image]:
        return iter(self._images)

    def image(self, image_id: str) -> Image | None:
        return self._unlisted.get(image_id)

    def scans(self, _repository: Repository, _images: Sequence[Image], /) -> Iterator[ScanResult]:
        return iter(self._results)

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        self.asked.append(scan.id)
        if scan.id not in self._rows:
            raise EvidenceIncomplete(f"the list of scan {scan.id} is gone")
        return self._rows[scan.id]

    def served_at(self) -> Instant | None:
        return None


def judged(
    judge: Judge,
    image: Image,
    results: Sequence[ScanResult],
    rows: Mapping[str, Sequence[Vulnerability]],
) -> tuple[Judged, Sequence[str]]:
    """Judge one image at NOW, and say of which results the rows were listed."""
    catalog = FakeCatalog([image], results, rows)
    reading: Reading = judge.reading(image.repository)
    found = judge.by_counts(image, results, reading, now=NOW)
    if isinstance(found, Pending):
        found = judge.by_rows(found, catalog.vulnerabilities, now=NOW)
    return found, catalog.asked


def audit_of(
    policy: Policy, *images: Judged, ignores: Sequence[Ignore] = (), target: AuditTarget = TARGET
) -> Audit:
    """Sum up what was judged, as the command does."""
    known = sum(each.outcome.image is not None for each in images)
    report = Report(
        version="1.2.3",
        judged_at=NOW,
        mode="enforce",
        endpoint="container-registry.api.cloud.yandex.net",
        endpoint_known=True,
        api="container-registry",
        policy=policy.identity,
        images=tuple(each.outcome for each in images),
    )
    return Audit(
        target=target,
        selection=(),
        extent=Extent(repositories=1, listed=known, chosen=known),
        judged=images,
        report=report,
        summary=sum_up(images, ignores, today=NOW.date),
    )
