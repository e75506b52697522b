"""What is read in a report, and what goes into it from a document: rules, rows, lines."""

import re
from collections import Counter
from collections.abc import Iterable

from scangate.model import Value
from tests.properties.documents import mark, marks
from tests.properties.expected import Expected, Image, Told

Key = tuple[str, str]
"""What makes a line of a list: a severity, and the mark of an advisory."""

IMAGE = re.compile("image-[0-9]")
EXCESS = re.compile(r"([a-z-]+): ([0-9]+) found, ([0-9]+) allowed")
_LISTED = re.compile(r"(.+?) +(critical|high|medium|low|negligible|undefined) +(.+)")


class Reading(Value, frozen=True):
    """What is told. Of `some` a report may leave out what it has no room for."""

    exact: object
    some: frozenset[tuple[str, str, str]] = frozenset()


def name_in(text: str) -> str:
    """Return the name of the image that a text is about."""
    first, *_ = IMAGE.findall(text)
    return str(first)


def rules_of(image: Image) -> dict[str, tuple[str, int, int]]:
    """Return the verdict, the count and the limit of each rule."""
    return {rule.name: (rule.verdict, len(rule.rows), rule.max) for rule in image.rules}


def key_of(severity: str, advisory: str, package: str) -> Key:
    """Without an ID, an advisory is told by its package."""
    return severity, mark(advisory) or mark(package)


def row_of(told: Told) -> tuple[str, str, str]:
    """Return what makes a row of a list without lines."""
    return told.severity, mark(told.row.name), mark(told.row.package)


def lines_of(rows: Iterable[Told]) -> Counter[Key]:
    """A line for each advisory, whatever number of packages it hits."""
    return Counter({key_of(it.severity, it.row.name, it.row.package) for it in rows})


def counted(image: Image) -> list[Told]:
    """Return what a broken rule counts."""
    return [each for each in image.rows if each.broken]


def ignored(image: Image) -> list[Told]:
    """Return what the policy takes out of the count."""
    return [each for each in image.rows if each.bucket == "ignored"]


def places_of(expected: Expected) -> frozenset[tuple[str, str, str]]:
    """Return the packages of all lines that there could be."""
    return frozenset(
        (*key_of(it.severity, it.row.name, it.row.package), mark(it.row.package))
        for image in expected.images
        for it in image.rows
    )


class Lines:
    """The lines of a report that has one for each advisory, as they are read.

    `places` are the packages that are told of, each with its line.
    """

    def __init__(self) -> None:
        self.places: set[tuple[str, str, str]] = set()

    def take(self, severity: str, advisory: str, packages: str) -> Key:
        """Read one line, in whose list of packages there may be room for the first alone."""
        found = marks(packages)
        key = key_of(severity, advisory, found[0] if found else "")
        self.places.update((*key, package) for package in found)
        return key

    def grouped(self, rows: Iterable[tuple[str, str, str]]) -> Counter[Key]:
        """Read rows of packages, a severity and an ID; packages like those above are not told."""
        keys, packages = Counter[Key](), ""
        for told, severity, advisory in rows:
            packages = told or packages
            keys[self.take(severity, advisory, packages)] += 1
        return keys

    def listed(self, texts: Iterable[str]) -> Counter[Key]:
        """Read texts of an ID, a severity, packages, and more."""
        keys = Counter[Key]()
        for text in texts:
            ((advisory, severity, packages),) = _LISTED.findall(text)
            keys[self.take(severity, advisory, packages)] += 1
        return keys
