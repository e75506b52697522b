"""How policies name other files: relative POSIX paths, and globs. The same on every shelf.

Whether a file exists is not known here, and neither is where a shelf ends on disk.
"""

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from scangate.model import Value
from scangate.policy.shelf import Unreadable

MOST_FILES = 1_000
"""How many files one glob may match."""

_MOST_FOLDERS = 5_000
_MOST_PARTS = 64
_DEEPEST = 128
_WILD = re.compile(r"[*?]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_REFUSED = (
    (re.compile(r"\A\s*\Z"), "names no file"),
    (_UNSEEN, "holds characters that cannot be seen"),
    (re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*://"), "is a URL, and policies are not fetched"),
    (re.compile(r"\A/"), "is absolute; name it relative to the policy's folder"),
    (re.compile(r"\A~"), "is no path; name it relative to the policy's folder, without ~"),
    (re.compile(r"\\"), "has a backslash; parts of a path are separated by /"),
)


class Entry(Value, frozen=True):
    """What lies in a folder. `linked` says that it is a symbolic link; the rest, what it is."""

    name: str
    path: str
    is_file: bool
    is_folder: bool
    linked: bool


Listing = Callable[[str], Iterable[Entry]]
"""The path of a folder → what lies in it: nothing if there is no such folder."""


def is_unseen(text: str) -> bool:
    """Whether it has control characters, line breaks, or bytes that are no UTF-8."""
    return _UNSEEN.search(text) is not None


def split(named: str) -> tuple[str, ...]:
    """Return the parts of a relative path; `..` stays. Raises Unreadable for any other name."""
    for wrong, why in _REFUSED:
        if wrong.search(named):
            raise Unreadable(f"{quote(named)} {why}")
    parts = tuple(part for part in named.split("/") if part not in {"", "."})
    if not parts:
        raise Unreadable(f"{quote(named)} names no file")
    if len(parts) > _MOST_PARTS:
        raise Unreadable(f"{quote(named)} has more than {_MOST_PARTS} parts")
    return parts


def join(folder: Sequence[str], parts: Sequence[str], *, named: str) -> tuple[str, ...]:
    """Resolve `..` as text, from the top of a shelf. Raises Unreadable if it leaves the top."""
    joined = list(folder)
    for part in parts:
        if part != "..":
            joined.append(part)
        elif joined:
            joined.pop()
        else:
            raise leaves(named)
    return tuple(joined)


def leaves(named: str) -> Unreadable:
    """Return the error for a name that leads out of the shelf."""
    return Unreadable(
        f"{quote(named)} leads out of the repository or folder that the policy belongs to"
    )


def quote(named: str) -> str:
    """Quote a name for a message, cut to a line."""
    return repr(named[:200])


def split_glob(pattern: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parts before the first wildcard, and those from there on (none: no glob).

    `*` and `?` stay within a part, `**` is a part of its own and stands for any number of folders;
    at the end, for every file below. Everything else is meant as it is written, `[` too.
    Raises Unreadable as `split` does.
    """
    parts = split(pattern)
    wild = next((i for i, part in enumerate(parts) if _WILD.search(part)), len(parts))
    for part in parts[wild:]:
        if part == "..":
            raise Unreadable(f"{quote(pattern)} has .. after a wildcard")
        if "**" in part and part != "**":
            raise Unreadable(f"{quote(pattern)}: ** stands between slashes, alone")
    return parts[:wild], parts[wild:]


class Search:
    """One glob on its way through the folders of a shelf, within bounds."""

    def __init__(self, pattern: str, listing: Listing) -> None:
        self._pattern = pattern
        self._listing = listing
        self._folders = 0

    def find(self, folder: str, parts: Sequence[str], *, depth: int = 0) -> Iterator[str]:
        """Yield the paths of the files that match, some perhaps twice. Raises Unreadable."""
        first, rest, depth = parts[0], parts[1:], depth + 1
        entries = self._entries(folder, depth)
        if first == "**":
            yield from self.find(folder, rest or ("*",), depth=depth)
            # A link may lead back up: only what is said in so many parts may go through one
            for entry in entries:
                if entry.is_folder and not entry.linked:
                    yield from self.find(entry.path, parts, depth=depth)
            return
        for entry in _named(first, entries):
            if rest and entry.is_folder:
                yield from self.find(entry.path, rest, depth=depth)
            elif not rest and entry.is_file:
                yield self._seen(entry)

    def _entries(self, folder: str, depth: int) -> Sequence[Entry]:
        self._folders += 1
        if self._folders > _MOST_FOLDERS or depth > _DEEPEST:
            raise Unreadable(f"{quote(self._pattern)} has too many folders to look into")
        return tuple(self._listing(folder))

    def _seen(self, entry: Entry) -> str:
        if is_unseen(entry.name):
            raise Unreadable(
                f"{quote(self._pattern)} matches {quote(entry.name)}, which is no name"
            )
        return entry.path


def _named(glob: str, entries: Iterable[Entry]) -> Iterator[Entry]:
    whole = re.compile(fnmatch.translate(glob.replace("[", "[[]")))
    return (entry for entry in entries if whole.fullmatch(entry.name))


def collect(pattern: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return each path once, sorted. Raises Unreadable if they are too many."""
    found: set[str] = set()
    for path in paths:
        found.add(path)
        if len(found) > MOST_FILES:
            raise Unreadable(f"{quote(pattern)} matches more than {MOST_FILES} files")
    return tuple(sorted(found))
