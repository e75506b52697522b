"""Holds plain values against msgspec types and collects every mistake, not only the first.

msgspec itself stops at the first mistake and cannot tell its line. A field's type may carry
`Meta(extra={"expects": …})`, the words in which a mistake is told, and `{"check": function}`,
which raises ValueError for a value that its pattern cannot refuse (the 40th of December). A
struct may have a mapping `refused`: why a key that people would expect is none.
"""

import difflib
import re
from collections.abc import Iterator, Mapping

import msgspec.inspect as types

from scangate.documents.nodes import Path, Problem, Tree

_NAMES = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    type(None): "nothing",
}


def check(tree: Tree, kind: type[object]) -> list[Problem]:
    """Return every mistake of the document, in the order of the text."""
    found = [*tree.problems, *_Checker(tree).check(tree.plain, types.type_info(kind), ())]
    return sorted(found, key=lambda problem: (problem.place.line, problem.place.column))


def nearest(word: str, known: list[str]) -> str:
    """Return a hint that names the known words, the nearest one first if there is one."""
    matches = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {matches[0]!r}?" if matches else f"known are {', '.join(known)}"


class _Checker:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def check(self, value: object, kind: types.Type, path: Path) -> Iterator[Problem]:
        if isinstance(kind, types.Metadata):
            yield from self._described(value, kind, path)
        elif isinstance(kind, types.UnionType):
            yield from self._union(value, kind, path)
        elif not _fits(value, kind):
            yield self._problem(path, f"expected {_expects(kind)}, found {_show(value)}")
        elif isinstance(value, dict) and isinstance(kind, types.StructType):
            yield from self._struct(value, kind, path)
        elif isinstance(value, dict) and isinstance(kind, types.DictType):
            for key, item in value.items():
                yield from self.check(item, kind.value_type, (*path, key))
        elif isinstance(value, list) and isinstance(kind, types.ListType | types.VarTupleType):
            for place, item in enumerate(value):
                yield from self.check(item, kind.item_type, (*path, place))

    def _described(self, value: object, kind: types.Metadata, path: Path) -> Iterator[Problem]:
        problems = list(self.check(value, kind.type, path))
        if not problems and "check" in (extra := kind.extra or {}):
            try:
                extra["check"](value)
            except ValueError as error:
                problems = [self._problem(path, str(error))]
        elif len(problems) == 1 and problems[0].path == path and "expects" in (kind.extra or {}):
            expects = (kind.extra or {})["expects"]
            problems = [self._problem(path, f"expected {expects}, found {_show(value)}")]
        yield from problems

    def _union(self, value: object, kind: types.UnionType, path: Path) -> Iterator[Problem]:
        """Tell the mistakes of the one alternative that has the value's shape, if there is one."""
        alternatives = [self._mistakes(value, member, path) for member in kind.types]
        if all(alternatives):
            inside = [found for found in alternatives if any(p.path != path for p in found)]
            if inside:
                yield from inside[0]
            else:
                yield self._problem(path, f"expected {_expects(kind)}, found {_show(value)}")

    def _mistakes(self, value: object, kind: types.Type, path: Path) -> list[Problem]:
        return list(self.check(value, kind, path))

    def _struct(
        self, value: dict[str, object], kind: types.StructType, path: Path
    ) -> Iterator[Problem]:
        fields = {field.encode_name: field for field in kind.fields}
        for key, item in value.items():
            if key in fields:
                yield from self.check(item, fields[key].type, (*path, key))
            else:
                refused: Mapping[str, str] = getattr(kind.cls, "refused", {})
                hint = refused.get(key) or nearest(key, list(fields))
                yield self._problem((*path, key), f"unknown key {key[:60]!r}; {hint}")
        for name, field in fields.items():
            if field.required and name not in value:
                yield self._problem(path, f"the key {name!r} is missing")

    def _problem(self, path: Path, what: str) -> Problem:
        return Problem(self.tree.places[path], path, what)


def _fits(value: object, kind: types.Type) -> bool:
    """Whether the value itself (not what it holds) has the type."""
    if isinstance(kind, types.LiteralType):
        return any(value == word and type(value) is type(word) for word in kind.values)
    if isinstance(kind, types.EnumType):
        return value in [member.value for member in kind.cls]
    if isinstance(kind, types.IntType):
        return type(value) is int and (kind.ge is None or value >= kind.ge)
    if isinstance(kind, types.StrType):
        return isinstance(value, str) and _string_fits(value, kind)
    if isinstance(kind, types.ListType | types.VarTupleType):
        return isinstance(value, list) and len(value) >= (kind.min_length or 0)
    plain = {types.BoolType: bool, types.StructType: dict, types.DictType: dict}
    return type(value) is plain[type(kind)]


def _string_fits(value: str, kind: types.StrType) -> bool:
    if len(value) < (kind.min_length or 0):
        return False
    # Python's `$` also matches before a closing line break, JSON Schema's does not
    return kind.pattern is None or bool(re.search(kind.pattern, value) and value[-1:] != "\n")


def _expects(kind: types.Type) -> str:
    """Say in words what a type accepts."""
    if isinstance(kind, types.Metadata):
        words = (kind.extra or {}).get("expects")
        return str(words) if words else _expects(kind.type)
    if isinstance(kind, types.UnionType):
        return " or ".join(_expects(member) for member in kind.types)
    if isinstance(kind, types.LiteralType):
        return " or ".join(map(str, kind.values))
    if isinstance(kind, types.EnumType):
        return " or ".join(member.value for member in kind.cls)
    if isinstance(kind, types.IntType):
        return f"a whole number of at least {kind.ge}" if kind.ge is not None else "a whole number"
    if isinstance(kind, types.StructType):
        return f"a mapping of {', '.join(field.encode_name for field in kind.fields)}"
    names = {types.StrType: "a text", types.BoolType: "true or false", types.DictType: "a mapping"}
    return names.get(type(kind), "a list")


def _show(value: object) -> str:
    """Show a value as it was found, cut to a line."""
    if isinstance(value, dict | list) or value is None:
        return _NAMES[type(value)]
    if isinstance(value, str):
        value = value[:60]  # before repr: an anchor can repeat a long text very often
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return f"{_NAMES[type(value)]}, {text[:60]}"
