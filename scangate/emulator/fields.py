"""Strict reading of YAML nodes: every value is asked for by its type, and knows its place.

What the keys of a world mean is in `reader`. The node tree is read, not the loaded objects:
it has the lines, it shows duplicate keys, and it keeps `1.10` a tag and a timestamp its
nanoseconds.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import yaml

T = TypeVar("T")
D = TypeVar("D")

_TAG = "tag:yaml.org,2002:"
_TEXTS = {f"{_TAG}{name}" for name in ("str", "int", "float", "timestamp")}


class WorldError(ValueError):
    """A world that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Value:
    """A YAML node and the path that leads to it."""

    node: yaml.Node
    path: str = ""

    def error(self, message: str) -> WorldError:
        """The error to raise about this value."""
        place = f"line {self.node.start_mark.line + 1}"
        return WorldError(
            f"{place}, {self.path}: {message}" if self.path else f"{place}: {message}"
        )

    def text(self) -> str:
        """A scalar as it is written; numbers and dates need no quotes, true and null do."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag not in _TEXTS:
            raise self.error(f"expected text, found {self._kind()}")
        return str(self.node.value)

    def flag(self) -> bool:
        """True or false."""
        if self.node.tag != f"{_TAG}bool" or self.node.value not in {"true", "false"}:
            raise self.error(f"expected true or false, found {self._kind()}")
        return bool(self.node.value == "true")

    def number(self) -> int:
        """A whole number of decimal digits."""
        scalar = isinstance(self.node, yaml.ScalarNode) and self.node.tag == f"{_TAG}int"
        if not scalar or re.fullmatch(r"-?(0|[1-9][0-9]*)", self.node.value) is None:
            raise self.error(f"expected a whole number, found {self._kind()}")
        return int(self.node.value)

    def count(self) -> int:
        """A whole number that is not negative."""
        if (number := self.number()) < 0:
            raise self.error(f"{number} is negative")
        return number

    def parsed(self, parse: Callable[[str], T]) -> T:
        """The text, read by a function that raises ValueError."""
        try:
            return parse(self.text())
        except WorldError:
            raise
        except ValueError as error:
            raise self.error(str(error)) from error

    def items(self) -> tuple["Value", ...]:
        """The items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"expected a list, found {self._kind()}")
        nodes = enumerate(self.node.value)
        return tuple(Value(node, f"{self.path}[{index}]") for index, node in nodes)

    def one_or_more(self) -> tuple["Value", ...]:
        """The items of a list, or the value itself if it is none."""
        return self.items() if isinstance(self.node, yaml.SequenceNode) else (self,)

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    @property
    def is_mapping(self) -> bool:
        """Whether the value has keys."""
        return isinstance(self.node, yaml.MappingNode)

    def fields(self, *known: str) -> "Fields":
        """The values of a mapping that may have these keys and no other."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error(f"expected a mapping, found {self._kind()}")
        found: dict[str, Value] = {}
        for key_node, node in self.node.value:
            key = Value(key_node, self.path).text()
            place = Value(key_node, f"{self.path}.{key}" if self.path else key)
            if key in found:
                raise place.error("this key is there twice")
            if key not in known:
                raise place.error(f"unknown key{_suggest(key, known)}")
            found[key] = Value(node, place.path)
        return Fields(self, found)

    def _kind(self) -> str:
        if isinstance(self.node, yaml.ScalarNode):
            return repr(self.node.value) if self.node.value else "nothing"
        return "a mapping" if self.is_mapping else "a list"


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of one mapping."""

    owner: Value
    values: Mapping[str, Value]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str, read: Callable[[Value], T], default: D) -> T | D:
        """The value of the key as `read` reads it, or the default without the key."""
        return read(self.values[key]) if key in self.values else default

    def need(self, key: str, read: Callable[[Value], T]) -> T:
        """The value of a key that has to be there."""
        if key not in self.values:
            raise self.owner.error(f"the key {key} is missing")
        return read(self.values[key])

    def refuse_together(self, *keys: str) -> None:
        """Raise if more than one of the keys is there."""
        given = [key for key in keys if key in self.values]
        if len(given) > 1:
            raise self.values[given[1]].error(f"does not go together with {given[0]}")


def parse_yaml(text: str) -> Value:
    """The root of a document; WorldError if it is not YAML, or empty."""
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise WorldError(f"not YAML: {error}") from error
    if node is None:
        raise WorldError("line 1: the document is empty")
    return Value(node)


def _suggest(key: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; is {near[0]} meant?" if near else f"; known here: {', '.join(known)}"
