"""The text of a manifest to a tree of its nodes, each with its place and its characters.

A node that an alias names is in the tree more than once as the same object, so what anchors
expand to is never built. What two readers of YAML could take for different things is refused:
duplicate keys and anchors, tags but `!!str` and its like (`!!binary` hides a text), directives.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec
import yaml

from scangate.errors import InternalError
from scangate.manifests.text import Source, refuse
from scangate.model import Place

MAX_NODES = 300_000

_MAX_DEPTH = 200
_STANDARD = "tag:yaml.org,2002:"
_TAGS = (None, f"{_STANDARD}str", f"{_STANDARD}map", f"{_STANDARD}seq")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEMPLATE_HINT = "is it an unrendered template? helm template, or kubectl kustomize, renders it"


class _Placed(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What nodes have in common: an identity, and the character at which they begin."""

    source: Source
    start: int

    @property
    def place(self) -> Place:
        """The line and the column of `start`."""
        return self.source.place(self.start)


class Scalar(_Placed, frozen=True, eq=False, gc=False):
    """A text. `plain`: it is not quoted. `start` and `end` count the characters of the file."""

    text: str
    plain: bool
    end: int

    @property
    def is_null(self) -> bool:
        """Whether it is what YAML has for nothing."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


class ListNode(_Placed, frozen=True, eq=False):
    """A list."""

    items: "tuple[Node, ...]"


class Mapping(_Placed, frozen=True, eq=False):
    """A mapping, whose keys differ, as it is written: a merge key is an entry like others."""

    entries: "tuple[tuple[Scalar, Node], ...]"


Node = Scalar | ListNode | Mapping


def documents(source: Source) -> list[Mapping]:
    """Return the documents that hold anything. Raises UsageError when one is no mapping."""
    try:
        roots = list(_Composer(source).compose(yaml.parse(source.text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        place = source.place(_offset(error.problem_mark or error.context_mark))
        raise refuse(place, f"not YAML: {error.problem}", hint=_hint(source)) from error
    except yaml.YAMLError as error:
        what = f"not YAML: {str(error).splitlines()[0]}"
        raise refuse(Place(file=source.file), what) from error
    found = []
    for root in roots:
        if isinstance(root, Mapping):
            found.append(root)
        elif not (isinstance(root, Scalar) and root.is_null):
            what = "a document of a manifest is a mapping"
            raise refuse(root.place, what, hint=_hint(source))
    return found


def _hint(source: Source) -> str:
    return _TEMPLATE_HINT if "{{" in source.text else ""


class _Mark(Protocol):
    """Stands for PyYAML's two classes of that name."""

    index: int


def _offset(mark: _Mark | None) -> int:
    if mark is None:
        raise InternalError("the YAML parser does not tell the place of what it read")
    return mark.index


class _Open(msgspec.Struct):
    """A list or mapping whose end is yet to come."""

    event: yaml.CollectionStartEvent
    children: list[Node]


class _Composer:
    """Puts nodes together from the events of the parser, without recursion."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._nodes = 0
        self._anchors: dict[str, Node] = {}
        self._open: list[_Open] = []
        self._root: Node | None = None

    def compose(self, events: Iterator[yaml.Event]) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._descend(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                opened = self._open.pop()
                self._add(self._collection(opened), opened.event)
            elif isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event), event)
            elif isinstance(event, yaml.AliasEvent):
                self._put(self._named(event))
            elif isinstance(event, yaml.DocumentEndEvent) and self._root is not None:
                yield self._root

    def _begin(self, event: yaml.DocumentStartEvent) -> None:
        if event.version or event.tags:
            raise refuse(self._place(event), "a YAML directive, which not every reader follows")
        self._anchors.clear()
        self._root = None

    def _descend(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) == _MAX_DEPTH:
            raise refuse(self._place(event), f"nested more than {_MAX_DEPTH} levels deep")
        self._open.append(_Open(event, []))

    def _add(self, node: Node, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        """Put a node at its place, under its anchor too; a list cannot so contain itself."""
        if event.tag not in _TAGS:
            what = f"the tag {event.tag[:60]}, which not every reader understands"
            raise refuse(node.place, what)
        if event.anchor in self._anchors:
            raise refuse(node.place, f"the anchor &{event.anchor[:60]} is given twice")
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._put(node)

    def _put(self, node: Node) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise refuse(node.place, f"the manifest has more than {MAX_NODES} values; split it")
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node

    def _named(self, event: yaml.AliasEvent) -> Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            raise refuse(self._place(event), "an alias whose anchor does not end before it")
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        return Scalar(
            text=event.value,
            plain=not event.style and event.tag is None,
            start=_offset(event.start_mark),
            end=_offset(event.end_mark),
            source=self._source,
        )

    def _collection(self, opened: _Open) -> Node:
        start = _offset(opened.event.start_mark)
        if isinstance(opened.event, yaml.SequenceStartEvent):
            return ListNode(items=tuple(opened.children), start=start, source=self._source)
        entries = tuple(_pairs(opened.children))
        return Mapping(entries=entries, start=start, source=self._source)

    def _place(self, event: yaml.Event) -> Place:
        return self._source.place(_offset(event.start_mark))


def _pairs(children: Sequence[Node]) -> Iterator[tuple[Scalar, Node]]:
    seen: dict[str, Scalar] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise refuse(key.place, "a key must be a text", hint=_TEMPLATE_HINT)
        if key.text in seen:
            first = seen[key.text].place.line
            raise refuse(key.place, f"the key {key.text[:60]!r} is already given in line {first}")
        seen[key.text] = key
        yield key, value
