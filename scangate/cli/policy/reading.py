"""What the commands about policies have in common: options, and how a policy is looked at."""

import argparse
from collections.abc import Iterable, Sequence

from scangate.cli import console, policies
from scangate.cli.clock import SYSTEM
from scangate.cli.options import Parser, moment
from scangate.documents.nodes import DocumentError, Problem
from scangate.errors import PolicyError
from scangate.instant import Instant
from scangate.policy.effective import Feeds
from scangate.policy.shelf import Shelf
from scangate.reports.text import clean_line

TESTS = (".test.yaml", ".test.yml")
"""How the names of files with cases end."""


def add_policies(it: Parser, what: str) -> None:
    """Declare the policies, which may be named as for `check`, too."""
    it.add_argument("named", metavar="POLICY", nargs="*", help=what)
    it.option("-p", "--policy", metavar="POLICY", action="append", help="the same as POLICY")


def policies_of(values: argparse.Namespace) -> list[str]:
    """Return the policies that are named, in either way."""
    return [*values.named, *(values.policy or ())]


def add_feeds(it: Parser) -> None:
    """Declare the feeds that `check` may be given."""
    it.option("--kev", metavar="PATH", help="CISA's KEV catalog, as check --kev has it")
    it.option("--epss", metavar="PATH", help="EPSS scores, as check --epss has them")


def add_at(it: Parser) -> None:
    """Declare the day that counts as today."""
    it.option("--at", metavar="DATE", type=moment, help="as if it were that date (default: now)")


def add_quiet(it: Parser, what: str) -> None:
    """Declare `-q`."""
    it.option("-q", "--quiet", action="store_true", env=True, help=what)


def feeds_of(*, kev: str | None, epss: str | None) -> Feeds:
    """Read the feeds that were named. Raises UsageError."""
    return policies.read_feeds(kev=kev, epss=epss)


def now_of(at: Instant | None) -> Instant:
    """Return the time that counts as now."""
    return SYSTEM.now() if at is None else at


def line_of(text: str, note: str = "", *, depth: int = 0, width: int = 0) -> str:
    """Return a line without anything harmful; the note stands behind so many columns."""
    shown, told = clean_line(text), clean_line(note)
    return " " * depth + (f"{shown:<{max(width, 0)}}  {told}" if told else shown) + "\n"


def show_lines(lines: Iterable[str]) -> None:
    """Show lines of `line_of` on stdout."""
    console.show("".join(lines))


def count_of(number: int, noun: str) -> str:
    """Write how many there are: `1 case`, `2 cases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def problems_of(error: DocumentError | PolicyError) -> tuple[Problem, ...]:
    """Return what is wrong with a policy, with its places.

    The loader tells the same as lines of text, for those who want to go on.
    """
    cause = error if isinstance(error, DocumentError) else error.__cause__
    if not isinstance(cause, DocumentError):
        raise error
    return cause.problems


class Kept:
    """A shelf that reads each text once: what comes through a pipe is there only once."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._texts: dict[tuple[str, int], bytes] = {}

    @property
    def local(self) -> bool:
        """As the shelf."""
        return self._shelf.local

    def read(self, path: str, *, limit: int) -> bytes:
        """Return what the shelf told the first time. Raises Unreadable."""
        key = (path, limit)
        if key not in self._texts:
            self._texts[key] = self._shelf.read(path, limit=limit)
        return self._texts[key]

    def beside(self, path: str, named: str) -> str:
        """As the shelf."""
        return self._shelf.beside(path, named)

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        """As the shelf."""
        return self._shelf.matching(path, pattern)

    def show(self, path: str) -> str:
        """As the shelf."""
        return self._shelf.show(path)
