"""Which format a saved file is in. Told by its shape alone: a name says nothing of a content.

A file that fits no format, or two, is refused: to guess wrong could be to find nothing.
"""

import enum
from collections.abc import Callable, Mapping

from scangate.saved import grype, registry, trivy
from scangate.saved.content import Content, Listing
from scangate.saved.document import Document


class Shape(enum.Enum):
    """The formats, as messages call them."""

    SCAN = "a scan result"
    SCANS = "a list of scan results"
    ROWS = "a list of vulnerabilities"
    PAIR = "a scan result with its list"
    TRIVY = "a Trivy report"
    GRYPE = "a Grype report"


_READERS: Mapping[Shape, Callable[[Document], Content]] = {
    Shape.SCAN: registry.read_scan,
    Shape.SCANS: registry.read_scans,
    Shape.ROWS: registry.read_rows,
    Shape.PAIR: registry.read_pair,
    Shape.TRIVY: trivy.read,
    Shape.GRYPE: grype.read,
}

_FOREIGN = {
    "runs": "a SARIF report, which does not tell what was scanned and when",
    "bomFormat": "a CycloneDX document",
    "spdxVersion": "an SPDX document",
    "ClusterName": "a Trivy report on a cluster",
    "Target": "a Trivy report of before version 0.20",
    "images": "a report of scangate itself",
    "code": "an error that the service answered",
}
"""Keys that give away what a file is instead."""

_FORMATS = "a scan result of the registry, with or without its list, or a Trivy or Grype report"


def read_content(document: Document) -> Content:
    """Read a file in whichever format it is. Raises EvidenceIncomplete."""
    if document.value == []:
        return Listing(rows=())  # what yc prints for a clean image's list; alone it is refused
    shapes = _shapes(document.value)
    if len(shapes) != 1:
        raise document.refused(_why_not(document.value, shapes), hint=f"expected: {_FORMATS}")
    return _READERS[shapes.pop()](document)


def _why_not(value: object, shapes: set[Shape]) -> str:
    if shapes:
        return f"could be {' or '.join(sorted(shape.value for shape in shapes))}"
    sample = value[0] if isinstance(value, list) else value
    keys = sample if isinstance(sample, dict) else {}
    known = [what for key, what in _FOREIGN.items() if key in keys]
    if known:
        return f"is {known[0]}, which is not read"
    return "is in no format that is read" if value else "is an empty object, which proves nothing"


def _shapes(value: object) -> set[Shape]:
    if isinstance(value, list):
        shapes = set().union(*map(_item_shapes, value))
        return shapes if all(map(_item_shapes, value)) else set()
    return _object_shapes(value) if isinstance(value, dict) else set()


def _item_shapes(value: object) -> set[Shape]:
    if not isinstance(value, dict):
        return set()
    rows = {Shape.ROWS} if value.keys() & {"severity", "package"} else set()
    return rows | ({Shape.SCANS} if "status" in value else set())


def _object_shapes(value: Mapping[str, object]) -> set[Shape]:
    keys = value.keys()
    pair = keys & {"scanResult", "scan_result"}
    rows = isinstance(value.get("vulnerabilities"), list) and not pair
    signs = {
        Shape.SCAN: "status" in keys,
        Shape.SCANS: bool(keys & {"scanResults", "scan_results"}),
        Shape.ROWS: rows,
        Shape.PAIR: bool(pair),
        Shape.TRIVY: "SchemaVersion" in keys,
        Shape.GRYPE: "matches" in keys,
    }
    return {shape for shape, holds in signs.items() if holds}
