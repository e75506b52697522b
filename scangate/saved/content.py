"""What one saved file can hold, whichever format it is in."""

from collections import Counter
from collections.abc import Iterable

from scangate.model import Counts, ScanResult, Value, Vulnerability


class History(Value, frozen=True):
    """Scan results of one image of the registry, with the list of the one that is judged.

    `rows` is None where the file has no list.
    """

    scans: tuple[ScanResult, ...]
    rows: tuple[Vulnerability, ...] | None = None


class Listing(Value, frozen=True):
    """A list of vulnerabilities, which does not say what it is the list of."""

    rows: tuple[Vulnerability, ...]


class Names(Value, frozen=True):
    """How a scanner's report names its image. All as the file has it.

    `asked` is what the scanner was told to scan, `digests` are repositories with a digest,
    `manifest` a bare digest and `id` that of the image's configuration. What is not told is empty.
    """

    asked: str = ""
    tags: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    manifest: str = ""
    id: str = ""


class ScannerReport(Value, frozen=True):
    """The whole report of a scanner on one image."""

    scan: ScanResult
    rows: tuple[Vulnerability, ...]
    names: Names
    notices: tuple[str, ...] = ()


Content = History | Listing | ScannerReport


def count(rows: Iterable[Vulnerability]) -> Counts:
    """Count rows by severity: scanners' reports carry no counts of their own."""
    return Counts(**Counter(row.severity.value for row in rows))
