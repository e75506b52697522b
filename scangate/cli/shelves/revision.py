"""Policies as they are in a git revision, where a pull request cannot change them.

A revision is resolved once, to a commit. Every object from there on is held against its own name,
which is the hash of what it holds: neither replacements nor an object store that somebody has
written to can change what is read.
"""

import os
import re
import stat
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from scangate.cli.shelves import repository_of
from scangate.cli.shelves.git import PATIENCE, Answer, Git, find_program, object_name
from scangate.cli.shelves.naming import (
    Entry,
    Search,
    collect,
    is_unseen,
    join,
    quote,
    split,
    split_glob,
)
from scangate.model import Value
from scangate.policy.shelf import Unreadable

_COMMIT = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})\n")
_TREE = re.compile(rb"tree ([0-9a-f]{40}|[0-9a-f]{64})\n")
_LARGEST_TREE = 1 << 24
_FOLDER, _LINK, _SUBMODULE = 0o040000, 0o120000, 0o160000
_NO_FILE = {
    _FOLDER: "is a folder",
    _LINK: "is a symbolic link, which is not followed in a revision",
    _SUBMODULE: "is a submodule, and lies in another repository",
}


class _Row(Value, frozen=True):
    """A line of a tree: what an entry is, and the name of its object."""

    mode: int
    object: str

    @property
    def kind(self) -> int:
        return stat.S_IFMT(self.mode)


class Revision:
    """The files of one commit. A path is relative to the top of the repository."""

    local = False

    def __init__(self, git: Git, *, ref: str, commit: str) -> None:
        self._git = git
        self._ref = ref
        self._commit = commit
        self._trees: dict[str, Mapping[str, _Row]] = {}

    @classmethod
    def open(cls, ref: str, *, patience: float = PATIENCE) -> "Revision":
        """Resolve a revision of the repository that holds the working folder.

        Raises Unreadable if it names no commit, or may name two: a tag can be called as a branch.
        """
        if not ref or ref.startswith("-") or is_unseen(ref):
            raise Unreadable(f"git:{quote(ref)} names no revision")
        git = Git(program=find_program(), folder=_top(ref), patience=patience)
        _refuse_submodule(git, ref)
        commit = f"{ref}^{{commit}}"
        answer = _ask(git, ref, "rev-parse", "--verify", "--end-of-options", commit, most=1000)
        if " is ambiguous" in answer.complaint:
            raise _unreadable(ref, "it names more than one; say refs/heads/… or refs/remotes/…")
        found = _COMMIT.fullmatch(answer.output)
        if answer.code != 0 or found is None:
            raise _unreadable(ref, _why_unknown(answer, git))
        return cls(git, ref=ref, commit=found[1].decode())

    @property
    def commit(self) -> str:
        """The full hash of the commit that everything is read from."""
        return self._commit

    def read(self, path: str, *, limit: int) -> bytes:
        """Return the text, or its first `limit` + 1 bytes. Raises Unreadable."""
        row = self._file(path, named=self.show(path))
        return self._object("blob", row.object, path=path, most=limit)

    def beside(self, path: str, named: str) -> str:
        """Return where `named` leads, by its text alone. Raises Unreadable if it leaves the top."""
        parts = join(path.split("/")[:-1], split(named), named=named)
        if not parts:
            raise Unreadable(f"{quote(named)} is a folder")
        return "/".join(parts)

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        """Return the files that match, sorted; a glob may match none. Raises Unreadable."""
        fixed, wild = split_glob(pattern)
        start = "/".join(join(path.split("/")[:-1], fixed, named=pattern))
        found = Search(pattern, self._entries).find(start, wild) if wild else (start,)
        paths = collect(pattern, found)
        for each in paths:
            self._file(each, named=quote(each))
        return paths

    def show(self, path: str) -> str:
        """Return it as it is named on the command line, the revision as the user spelled it."""
        return f"git:{self._ref}:{path}"

    def _file(self, path: str, *, named: str) -> _Row:
        row = self._row(path)
        if row is None:
            raise Unreadable(f"{named} does not exist in {self._ref}, which is {self._commit[:12]}")
        if not stat.S_ISREG(row.mode):
            raise Unreadable(f"{named} {_NO_FILE.get(row.kind, 'is no regular file')}")
        return row

    def _entries(self, folder: str) -> Sequence[Entry]:
        """A link counts as a file: what a glob matches and cannot be read must be told."""
        row = self._row(folder)
        if row is None or row.kind != _FOLDER:
            return ()
        rows = self._tree(row.object, folder)
        return [_entry(name, each, folder) for name, each in rows.items()]

    def _row(self, path: str) -> _Row | None:
        """Walk from the top: each object is named by the one before."""
        row = _Row(mode=_FOLDER, object=self._top_tree)
        walked = ""
        for part in filter(None, path.split("/")):
            if row.kind in (_LINK, _SUBMODULE):
                raise self._unreadable(path, f"{quote(walked)} {_NO_FILE[row.kind]}")
            found = self._tree(row.object, walked).get(part) if row.kind == _FOLDER else None
            if found is None:
                return None
            row, walked = found, f"{walked}/{part}".lstrip("/")
        return row

    @cached_property
    def _top_tree(self) -> str:
        data = self._object("commit", self._commit, path="", most=_LARGEST_TREE)
        found = _TREE.match(data)
        if found is None:
            raise self._unreadable("", "the commit is damaged")
        return found[1].decode()

    def _tree(self, name: str, path: str) -> Mapping[str, _Row]:
        if name not in self._trees:
            data = self._object("tree", name, path=path, most=_LARGEST_TREE)
            try:
                self._trees[name] = _parse_tree(data, len(self._commit) // 2)
            except ValueError as error:
                raise self._unreadable(path, f"the tree {name} is damaged") from error
        return self._trees[name]

    def _object(self, kind: str, name: str, *, path: str, most: int) -> bytes:
        """Only what is whole can be held against its name; nobody uses a text that is too long."""
        answer = _ask(self._git, self._ref, "cat-file", kind, name, most=most)
        if len(answer.output) > most and kind == "blob":
            return answer.output
        if len(answer.output) > most:
            raise self._unreadable(path, f"the {kind} {name} is too large")
        if answer.code != 0:
            why = f"git says: {answer.reason} (a partial clone lacks files: fetch without --filter)"
            raise self._unreadable(path, why)
        if object_name(kind, answer.output, like=name) != name:
            raise self._unreadable(path, f"the {kind} {name} is not what its name says: damaged")
        return answer.output

    def _unreadable(self, path: str, why: str) -> Unreadable:
        return Unreadable(f"{self.show(path)} cannot be read: {why}")


def _parse_tree(data: bytes, width: int) -> Mapping[str, _Row]:
    """Read git's own form: mode, space, name, NUL, the object's name in bytes."""
    rows: dict[str, _Row] = {}
    start = 0
    while start < len(data):
        space = data.index(b" ", start)
        end = data.index(b"\0", space)
        name = os.fsdecode(data[space + 1 : end])
        hashed = data[end + 1 : end + 1 + width]
        rows[name] = _Row(mode=int(data[start:space], 8), object=hashed.hex())
        start = end + 1 + width
    return rows


def _entry(name: str, row: _Row, folder: str) -> Entry:
    return Entry(
        name=name,
        path=f"{folder}/{name}".lstrip("/"),
        is_file=stat.S_ISREG(row.mode) or row.kind == _LINK,
        is_folder=row.kind == _FOLDER,
        linked=row.kind == _LINK,
    )


def _top(ref: str) -> Path:
    """Return the repository's top folder.

    git would also take a folder that looks like a bare repository; a pull request can bring one,
    but nothing that is called `.git`.
    """
    try:
        top = repository_of(Path.cwd().resolve())
    except OSError as error:
        raise _unreadable(ref, f"the working folder is gone: {error.strerror}") from error
    if top is None:
        raise _unreadable(ref, "the working folder lies in no git repository")
    return top


def _refuse_submodule(git: Git, ref: str) -> None:
    """A pull request can put a submodule, with revisions of its own, where a folder was."""
    if not (git.folder / ".git").is_file():  # of a worktree, or a submodule
        return
    answer = _ask(git, ref, "rev-parse", "--show-superproject-working-tree", most=10_000)
    if answer.code == 0 and answer.output.strip():
        raise _unreadable(ref, "this is a submodule; run it in the repository that contains it")


def _ask(git: Git, ref: str, *arguments: str, most: int) -> Answer:
    try:
        return git.ask(*arguments, most=most)
    except TimeoutError as error:
        raise _unreadable(ref, str(error)) from error
    except OSError as error:
        raise _unreadable(ref, f"git cannot be run: {error.strerror}") from error


def _why_unknown(answer: Answer, git: Git) -> str:
    if "dubious ownership" in answer.complaint or "unsafe repository" in answer.complaint:
        folder = git.folder
        return f"it is another user's; git config --global --add safe.directory {folder} allows it"
    if "Needed a single revision" in answer.complaint:
        return (
            "there is no such revision; a shallow clone has few: git fetch --depth 1 origin main"
            " brings origin/main"
        )
    return f"git says: {answer.reason}"


def _unreadable(ref: str, why: str) -> Unreadable:
    return Unreadable(f"git:{ref} cannot be read: {why}")
