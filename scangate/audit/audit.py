"""An audit as a value: the report of every image, and what it comes to."""

from collections.abc import Iterator, Sequence

from scangate.audit.changes import Changes
from scangate.audit.choosing import Selection
from scangate.audit.digested import Judged
from scangate.audit.gathering import Looked
from scangate.audit.summary import Summary
from scangate.audit.target import AuditTarget
from scangate.errors import InternalError
from scangate.model import Value
from scangate.report import Report


class Extent(Value, frozen=True):
    """How much an audit saw: repositories, images in them, those of them that were to be judged.

    `gone` images have scans, and are deleted.
    """

    repositories: int = 0
    listed: int = 0
    chosen: int = 0
    gone: int = 0


class Audit(Value, frozen=True):
    """The single argument of an audit's formats. `judged` are the images of the report, in order.

    `selection` are the limits that images were chosen by, as the user wrote them.
    """

    target: AuditTarget
    selection: tuple[str, ...]
    extent: Extent
    judged: tuple[Judged, ...]
    report: Report
    summary: Summary
    changes: Changes | None = None


def extent_of(places: Sequence[Looked]) -> Extent:
    """Add up what was seen."""
    return Extent(
        repositories=len(places),
        listed=sum(place.listed for place in places),
        chosen=sum(place.chosen for place in places),
        gone=sum(place.gone for place in places),
    )


def refuse_left_out(extent: Extent, judged: Sequence[Judged]) -> None:
    """Raise InternalError unless every image that was to be judged has its outcome."""
    images = sum(each.outcome.image is not None for each in judged)
    if images != extent.chosen:
        raise InternalError(f"{extent.chosen} images were to be judged, and {images} are told of")


def describe(selection: Selection, *, since: str) -> Iterator[str]:
    """Say by which limits images are chosen; `since` is as the user wrote it."""
    for pattern in selection.tags:
        yield f"tag {pattern}"
    if selection.since is not None:
        yield f"created since {since}"
    if selection.newest is not None:
        yield f"the newest {selection.newest} of each repository"
