"""Where policies lie: a folder, or the built-ins; and which of them `-p` means.

Revisions of git are in a module of their own, since few runs need one.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from scangate.cli import files
from scangate.cli.shelves.naming import (
    Entry,
    Search,
    collect,
    leaves,
    quote,
    split,
    split_glob,
)
from scangate.documents.check import nearest
from scangate.model import Value
from scangate.policy.shelf import Shelf, Unreadable

LOCAL = "scangate.yaml"
"""The policy that is used when none is named and it lies in the working folder."""

_GIT = "git:"
_HERE = Path(__file__).resolve().parent.parent.parent
_DEVICES = ("/dev/", "/proc/")


def open_shelf(named: str) -> tuple[Shelf, str]:
    """Return what `-p` means: `git:REF:PATH`, a path (with a / or .yaml, .yml), or a built-in.

    Raises Unreadable if there is no such revision or no such built-in.
    """
    if named.startswith(_GIT):
        return _open_revision(named)
    if "/" in named or named.endswith((".yaml", ".yml")):
        return Folder.of(named), named
    built_ins = BuiltIns.of_this_version()
    return built_ins, built_ins.beside("", named)


def _open_revision(named: str) -> tuple[Shelf, str]:
    """No name of a revision has a colon, so the first one ends it; the path may have some."""
    from scangate.cli.shelves.revision import Revision

    ref, colon, path = named.removeprefix(_GIT).partition(":")
    if not colon or not path:
        raise Unreadable(f"{quote(named)} names no file; it is written git:REF:PATH")
    if path.startswith(("./", "../")):
        # For git itself such a path begins in the working folder
        raise Unreadable(
            f"{quote(named)}: the path begins at the top of the repository, without ./"
        )
    revision = Revision.open(ref)
    return revision, revision.beside("", path)


class Folder(Value, frozen=True):
    """Policies on disk. A path is the first one as the user wrote it, or a real, absolute path.

    `first` may lie anywhere; what it names, and what that names, must really lie in `root` and
    outside of git's own folder: there a review sees it. Without a root it can name nothing.
    """

    first: str
    itself: Path
    root: Path | None
    here: Path

    @classmethod
    def of(cls, path: str) -> "Folder":
        """Return the shelf of a policy that the user names.

        The root is the repository (or worktree) that holds it, else the working folder if that
        holds it, else its own folder. Raises Unreadable if there is no working folder.
        """
        try:
            here = Path.cwd().resolve()
            itself, folder = _real(path), _real(str(Path(path).parent))
        except (OSError, ValueError) as error:
            raise Unreadable(f"{path} cannot be read: {error}") from error
        root = None if path.startswith(_DEVICES) else _root(folder, here)
        return cls(first=path, itself=itself, root=root, here=here)

    @property
    def local(self) -> bool:
        """Whether reports may point to it: not if it came through a pipe."""
        return self.root is not None

    def read(self, path: str, *, limit: int) -> bytes:
        """Return the text, or its first `limit` + 1 bytes. Raises Unreadable."""
        shown = self.show(path)
        try:
            if path != self.first:
                # Again, and strictly: what lies there may have changed, and loops end nowhere
                path = str(self._inside(_real(path, strict=True), named=shown))
            return files.read(path, limit=limit + 1)
        except OSError as error:
            raise Unreadable(f"{shown} cannot be read: {error.strerror}") from error

    def beside(self, path: str, named: str) -> str:
        """Return where `named` leads, links resolved. Raises Unreadable if it leaves the root."""
        return self._path(self._inside(_joined(path, split(named)), named=named))

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        """Return the regular files that match, sorted; a glob may match none.

        Links to files and folders are followed, but `**` does not go through one. Raises
        Unreadable, also when what matches lies outside of the root, or is too much.
        """
        fixed, wild = split_glob(pattern)
        start = self._inside(_joined(path, fixed), named=pattern)
        if not wild:
            return (self._path(_existing(start, named=pattern)),)
        found = Search(pattern, _entries).find(str(start), wild)
        real = (str(self._inside(_real(each), named=pattern)) for each in found)
        return tuple(self._path(Path(each)) for each in collect(pattern, real))

    def show(self, path: str) -> str:
        """Return the first path as it was written, others relative to the working folder."""
        if path == self.first or not Path(path).is_relative_to(self.here):
            return path
        return str(Path(path).relative_to(self.here))

    def _path(self, real: Path) -> str:
        """Each text has one path, so that who reads them can see a circle."""
        return self.first if real == self.itself else str(real)

    def _inside(self, real: Path, *, named: str) -> Path:
        if self.root is None:
            raise Unreadable(
                f"{self.first} is read from no folder, so it cannot name {quote(named)}"
            )
        if not real.is_relative_to(self.root):
            raise leaves(named)
        if _is_of_git(real.relative_to(self.root).parts):
            raise Unreadable(f"{quote(named)} leads into git's own folder, which nobody reviews")
        return real


def repository_of(folder: Path) -> Path | None:
    """Return the nearest folder, from this one up, that has a `.git`: a folder, or a file."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def _root(folder: Path, here: Path) -> Path:
    """To be inside of `/` says nothing: many a container works there."""
    inside = folder.is_relative_to(here) and here != Path(here.anchor)
    return repository_of(folder) or (here if inside else folder)


def _real(path: str, *, strict: bool = False) -> Path:
    """Resolve as the system does. A loop of links is an OSError if strict, unlike Path.resolve."""
    return Path(os.path.realpath(path, strict=strict))


def _joined(path: str, parts: Sequence[str]) -> Path:
    return _real(str(Path(path).parent.joinpath(*parts)))


def _existing(path: Path, *, named: str) -> Path:
    if not path.exists():
        raise Unreadable(f"{quote(named)} does not exist")
    if not path.is_file():
        raise Unreadable(f"{quote(named)} is no regular file")
    return path


def _is_of_git(parts: Iterable[str]) -> bool:
    """Whatever the file system thinks of capitals."""
    return any(part.casefold() == ".git" for part in parts)


def _entries(folder: str) -> Sequence[Entry]:
    try:
        with os.scandir(folder) as found:
            return [_entry(each) for each in found if not _is_of_git([each.name])]
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise Unreadable(f"{folder} cannot be read: {error.strerror}") from error


def _entry(found: "os.DirEntry[str]") -> Entry:
    path = Path(found.path)  # which, unlike the entry, takes a loop of links for no file
    return Entry(
        name=found.name,
        path=found.path,
        is_file=path.is_file(),
        is_folder=path.is_dir(),
        linked=found.is_symlink(),
    )


class BuiltIns(Value, frozen=True):
    """The policies that come with scangate. A path is a bare name."""

    folder: Path
    local: bool = False

    @classmethod
    def of_this_version(cls) -> "BuiltIns":
        """Return those of the wheel, or of the checkout."""
        inside = _HERE / "policies"
        return cls(folder=inside if inside.is_dir() else _HERE.parent / "policies")

    @property
    def names(self) -> list[str]:
        """The names, sorted. The tests of a policy lie beside it, and are none."""
        found = (each.name for each in self.folder.glob("*.yaml"))
        return sorted(n.removesuffix(".yaml") for n in found if not n.endswith(".test.yaml"))

    def read(self, path: str, *, limit: int) -> bytes:
        """Return the text, or its first `limit` + 1 bytes. Raises Unreadable."""
        file = self.folder / f"{self.beside('', path)}.yaml"
        try:
            return files.read(str(file), limit=limit + 1)
        except OSError as error:
            raise Unreadable(f"{self.show(path)} cannot be read: {error.strerror}") from error

    def beside(self, path: str, named: str) -> str:  # noqa: ARG002 - all names are of one folder
        """Return the name of another built-in. Raises Unreadable if there is none."""
        if named not in self.names:
            why = f"there is no built-in policy {quote(named)}"
            raise Unreadable(f"{why}; {nearest(named[:200], self.names)}")
        return named

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        """Raise Unreadable: a built-in brings no other files."""
        raise Unreadable(f"{self.show(path)} has no files beside it, so none are {quote(pattern)}")

    def show(self, path: str) -> str:
        """Return what reports call it: `built-in strict`."""
        return f"built-in {path}"
