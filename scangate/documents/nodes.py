"""YAML text to plain values with their places, refusing whatever can be read in two ways.

The scalars are YAML 1.2's: `no`, `on` and `2026-01-01` are texts. What YAML 1.1 reads otherwise
without anybody noticing (a leading zero, a duplicate key, a merge key) is a mistake here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec
import yaml

from scangate.model import Place

Path = tuple[str | int, ...]
MAX_BYTES = 1 << 20
_MAX_DEPTH = 40
_MAX_VALUES = 200_000
_LONGEST_NUMBER = 100
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\r(?!\n)")
_COMPARISON = re.compile(r":\s*>=")
_PLAIN_KEY = re.compile(r"[\w.<-]{1,60}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class Problem(msgspec.Struct, frozen=True):
    """One mistake: where it is, the path of the value concerned, and what is wrong with it."""

    place: Place
    path: Path
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {write_path(self.path)}: {self.what}"


class DocumentError(Exception):
    """The file cannot be used; `problems` holds every mistake that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class Tree(msgspec.Struct, frozen=True):
    """The document as plain Python values, and where each was written.

    The place of a mapping's entry is that of its key; `problems` are the mistakes of the text.
    """

    plain: object
    places: Mapping[Path, Place]
    problems: tuple[Problem, ...]


def write_path(path: Path) -> str:
    """Write a path as people do: `rules[0].match`; the document itself is `(document)`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{show_key(part)}" for part in path)
    return text.removeprefix(".") or "(document)"


def show_key(key: str) -> str:
    """Write a key as it is if it is a word, else quoted and cut: it comes from outside."""
    return key if _PLAIN_KEY.fullmatch(key) else repr(key[:60])


def load(data: bytes, *, file: str) -> Tree:
    """Read one YAML document. Raises DocumentError when the text is not YAML at all."""
    text = _decode(data, file)
    try:
        node = _compose(text, file)
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark, file)
        hint = _quoting_hint(text, place)
        raise _refuse(place, f"not YAML: {error.problem}{hint}") from error
    except yaml.YAMLError as error:
        raise _refuse(Place(file=file), f"not YAML: {str(error).splitlines()[0]}") from error
    reader = _Reader(file)
    plain = reader.read(node, ())
    return Tree(plain, reader.places, tuple(reader.problems))


def _quoting_hint(text: str, place: Place) -> str:
    """A comparison is the one thing of a policy that YAML takes for something else."""
    line = text.split("\n")[place.line - 1 : place.line]
    return '; a comparison is quoted: ">=high"' if _COMPARISON.search("".join(line)) else ""


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise _refuse(Place(file=file), f"the file is larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refuse(Place(file=file, line=line), "the text is not UTF-8") from error
    if text.startswith("\ufeff"):
        raise _refuse(Place(file=file), "a byte order mark; save the file as UTF-8 without it")
    _refuse_unseen(text, file)
    return text


def _refuse_unseen(text: str, file: str) -> None:
    """Refuse what editors do not show; YAML 1.1 even ends a line, and so a comment, at some."""
    unseen = _UNSEEN.search(text)
    if unseen:
        before = text[: unseen.start()]
        place = Place(
            file=file, line=before.count("\n") + 1, column=len(before) - before.rfind("\n")
        )
        raise _refuse(place, f"the character U+{ord(unseen[0]):04X}, which cannot be seen")


class _Mark(Protocol):
    """Stands for PyYAML's two classes of that name."""

    line: int
    column: int


def _place(mark: _Mark | None, file: str) -> Place:
    return (
        Place(file=file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=file)
    )


def _refuse(place: Place, what: str) -> DocumentError:
    return DocumentError([Problem(place, (), what)])


def _compose(text: str, file: str) -> yaml.Node:
    _refuse_depth(text, file)
    node = yaml.compose(text, Loader=_LOADER)
    if node is None:
        raise _refuse(Place(file=file), "the file is empty")
    return node


def _refuse_depth(text: str, file: str) -> None:
    """Look at the events first: libyaml's composer would overrun the stack on deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                place = _place(event.start_mark, file)
                raise _refuse(place, f"nested more than {_MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Reader:
    """Walks the nodes once, keeping places and collecting problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self._values = 0

    def read(self, node: yaml.Node, path: Path) -> object:
        self._values += 1
        if self._values > _MAX_VALUES or len(path) > _MAX_DEPTH:
            raise _refuse(self._place(node), "its anchors expand to too many values")
        self.places.setdefault(path, self._place(node))
        if isinstance(node, yaml.MappingNode):
            return {key: self.read(value, (*path, key)) for key, value in self._entries(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, place)) for place, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        seen: dict[str, Place] = {}
        for key_node, value in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(place, path, "a key must be a word"))
                continue
            key = key_node.value
            if key in seen:
                first = seen[key]
                what = f"the key {key!r} is already given in line {first.line}"
                self.problems.append(Problem(place, (*path, key), what))
                continue
            seen[key] = place
            self.places[(*path, key)] = place
            yield key, value

    def _scalar(self, node: yaml.Node, path: Path) -> object:
        text: str = node.value
        if not isinstance(node, yaml.ScalarNode) or node.style or len(text) > _LONGEST_NUMBER:
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _INTEGER.fullmatch(text):
            return self._integer(text, node, path)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _integer(self, text: str, node: yaml.Node, path: Path) -> object:
        digits = text.lstrip("+-")
        if len(digits) > 1 and digits.startswith("0"):
            what = f"{text}: a leading zero means octal to some readers; write it without"
            self.problems.append(Problem(self._place(node), path, what))
            return 0
        if len(digits) > 15:
            self.problems.append(Problem(self._place(node), path, "the number is too large"))
            return 0
        return int(text)

    def _place(self, node: yaml.Node) -> Place:
        return _place(node.start_mark, self.file)
