"""Evidence from scans that are already in files: the registry's own, Trivy's and Grype's. Pure.

Which files there are is the shell's business, how each format is read is in its module; here is
what they prove together. Some of it is the user's word, which no file can prove: that the image ID
of a scan result is that of the reference given (a notice says so), that a report was not filtered
where the scanner does not tell, and that a scanner which was given an index saw every platform.
"""

from collections.abc import Callable, Sequence

from scangate.errors import EvidenceIncomplete, ImageNotFound, ScanFailed, ScanTimeout
from scangate.history import Failed, Judge, ScanSettings, Wait, choose
from scangate.model import Evidence, Image, ScanResult, Value, Vulnerability
from scangate.reference import ImageId, ImageReference, Target
from scangate.saved.content import Content, History, Listing, ScannerReport
from scangate.saved.document import MAX_BYTES, decode
from scangate.saved.names import doubts, identify
from scangate.saved.shape import read_content

__all__ = ["MAX_BYTES", "Saved", "read"]

_LIST_LIMIT = 1000
"""Where yc stops by default (its --limit), and the largest page of the service."""


class Saved(Value, frozen=True):
    """What files prove of one image: evidence for `policy.evaluate.evaluate_all`.

    `reference` is what reports call the image. What the files do not tell of it (`host`, `name`,
    `digest`) is empty.
    """

    reference: str
    evidence: tuple[Evidence, ...]
    notices: tuple[str, ...] = ()


def read(
    files: Sequence[tuple[str, bytes]],
    target: Target | None,
    *,
    settings: Callable[[str], ScanSettings],
) -> Saved:
    """Read the evidence of one image: one file, or a scan result and its list in any order.

    `settings` says which results may be judged of a repository; it may raise ScangateError.
    Each file is its name, which messages use, and its bytes. Without a target the file must name
    its image, with one it must name that one. Raises NoEvidence for everything that is not whole.
    """
    contents = [read_content(decode(file, data)) for file, data in files]
    names = " and ".join(file for file, _ in files)
    whole = _together(names, contents)
    if isinstance(whole, ScannerReport):
        return _of_report(names, whole, target)
    return _of_history(names, whole, target, settings=settings)


def _together(names: str, contents: Sequence[Content]) -> History | ScannerReport:
    """Put the parts together. A list proves nothing without the result that it is the list of."""
    match contents:
        case [History() | ScannerReport() as whole]:
            return whole
        case [History(rows=None) as history, Listing(rows=rows)] | [
            Listing(rows=rows),
            History(rows=None) as history,
        ]:
            return History(scans=history.scans, rows=rows)
        case [Listing()]:
            raise EvidenceIncomplete(
                f"{names} is a list of vulnerabilities without its scan result; it may be a part",
                hint="give both; yc container image get-last-scan-result --format json prints it",
            )
    raise EvidenceIncomplete(
        f"{names or 'no file'}: these do not make up one scan",
        hint="give one file, or a scan result and its list",
    )


def _of_report(file: str, report: ScannerReport, target: Target | None) -> Saved:
    reference, image = identify(file, report.names, target)
    evidence = Evidence(image=image, scan=report.scan, vulnerabilities=report.rows)
    notices = (*report.notices, *doubts(file, report.names))
    return Saved(reference=reference, evidence=(evidence,), notices=notices)


def _of_history(
    names: str, history: History, target: Target | None, *, settings: Callable[[str], ScanSettings]
) -> Saved:
    image = _image(names, history.scans[0].image_id, target)
    evidence = tuple(
        Evidence(image=image, scan=scan, vulnerabilities=history.rows, gap=_gap(scan, history.rows))
        for scan in _chosen(names, history, settings(image.repository))
    )
    return Saved(
        reference=target.text if target else image.id,
        evidence=evidence,
        notices=tuple(_vouched(names, image, target)),
    )


def _chosen(names: str, history: History, settings: ScanSettings) -> Sequence[ScanResult]:
    """Choose as the gate does, which cannot wait here."""
    choice = choose(history.scans, settings)
    if isinstance(choice, Judge):
        return choice.results
    if isinstance(choice, Wait):
        state = choice.running.status_word
        raise ScanTimeout(
            f"{names}: scan {choice.running.id} is not finished ({state})",
            hint="save the result again when the scan is READY",
        )
    if isinstance(choice, Failed):
        raise ScanFailed(
            f"{names}: scan {choice.result.id} ended as {choice.result.status_word}",
            hint="scan again, and save that result",
        )
    raise EvidenceIncomplete(f"{names} holds no scan result")


def _image(names: str, image_id: str, target: Target | None) -> Image:
    if isinstance(target, ImageReference):
        tags = (target.tag,) if target.tag else ()
        return Image(
            id=image_id, host=target.host, name=target.name, digest=target.digest or "", tags=tags
        )
    if isinstance(target, ImageId) and target.text != image_id:
        raise ImageNotFound(
            f"{names} is of image {image_id}, not of {target.text}",
            hint="save the scan result of the image that is to be judged",
        )
    return Image(id=image_id, host=target.host if target else "", name="", digest="")


def _vouched(names: str, image: Image, target: Target | None) -> Sequence[str]:
    if not isinstance(target, ImageReference):
        return ()
    return (f"{names} names image {image.id}; that it is {target.text} is not checked",)


def _gap(scan: ScanResult, rows: Sequence[Vulnerability] | None) -> str:
    """A list that ends where lists are cut off is whole only if the counts say so."""
    if rows is None or len(rows) != _LIST_LIMIT:
        return ""
    if scan.counts is not None and scan.counts.total == _LIST_LIMIT:
        return ""
    return (
        f"the list of scan {scan.id} has exactly {_LIST_LIMIT} rows, where yc and a page end, and "
        "its counts do not confirm that this is all; save it with a higher --limit"
    )
