"""Where the texts of a policy are read from, as the loader asks for them."""

from collections.abc import Sequence
from typing import Protocol

from scangate.model import Value


class Unreadable(Exception):
    """A text cannot be had; the message says why, and names the path as its author wrote it."""


class Shelf(Protocol):
    """A folder, a git revision or the built-ins. A path means something to its own shelf only."""

    @property
    def local(self) -> bool:
        """Whether what it shows are paths of the user's, to which reports may point."""

    def read(self, path: str, *, limit: int) -> bytes:
        """Return the text, or its first `limit` + 1 bytes. Raises Unreadable."""

    def beside(self, path: str, named: str) -> str:
        """Return the path of what the text at `path` calls `named`.

        Raises Unreadable for a path that leaves the shelf: what judges must not come from where
        nobody reviews it.
        """

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        """Return the paths beside `path` that match a glob, sorted. Raises Unreadable."""

    def show(self, path: str) -> str:
        """Return what reports and messages call it."""


class LooseText(Value, frozen=True):
    """A shelf with one text, which can name no others."""

    source: str
    data: bytes
    local: bool = True

    def read(self, path: str, *, limit: int) -> bytes:  # noqa: ARG002 - there is one text
        """Return the text, whatever the path."""
        return self.data[: limit + 1]

    def beside(self, path: str, named: str) -> str:
        """Raise Unreadable."""
        raise Unreadable(f"{path} stands alone, so it cannot name {named!r}")

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        """Raise Unreadable."""
        raise Unreadable(f"{path} stands alone, so it cannot name {pattern!r}")

    def show(self, path: str) -> str:
        """Return its name."""
        return path
