"""Values of policy files that still know where they are written, and how a file extends another.

Mappings merge by key, rules by their name, other lists append; anything else is replaced. Only a
number under a limit by fix holds for the part that the limit does not name.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from scangate.documents.nodes import Path
from scangate.model import Place

_BY_NAME = "rules"
_PARTS = frozenset({"fixable", "unfixable"})


class Written(msgspec.Struct, frozen=True):
    """A value and its place; a mapping or a list is one of further ones."""

    value: object
    place: Place

    def inside(self, part: str | int) -> "Written | None":
        """Return an entry of a mapping or an item of a list, None where there is none."""
        if isinstance(self.value, dict):
            found: Written | None = self.value.get(part)
            return found
        items = self.value if isinstance(self.value, tuple) else ()
        return items[part] if isinstance(part, int) and 0 <= part < len(items) else None

    def at(self, *path: str | int) -> "Written":
        """Return the value at a path. Raises KeyError when there is none."""
        tree: Written | None = self
        for part in path:
            tree = tree.inside(part) if tree else None
        if tree is None:
            raise KeyError(path)
        return tree


def written(plain: object, places: Mapping[Path, Place], path: Path = ()) -> Written:
    """Join plain values and their places. The place of an entry is that of its key."""
    value: object = plain
    if isinstance(plain, dict):
        value = {key: written(each, places, (*path, key)) for key, each in plain.items()}
    elif isinstance(plain, list):
        items = enumerate(plain)
        value = tuple(written(each, places, (*path, number)) for number, each in items)
    return Written(value, places[path])


def plain_of(tree: Written) -> object:
    """Return the values without their places."""
    if isinstance(tree.value, dict):
        return {key: plain_of(each) for key, each in tree.value.items()}
    if isinstance(tree.value, tuple):
        return [plain_of(each) for each in tree.value]
    return tree.value


def places_of(tree: Written, path: Path = ()) -> dict[Path, Place]:
    """Return where each value is written, by its path."""
    places = {path: tree.place}
    for key, each in entries_of(tree):
        places |= places_of(each, (*path, key))
    return places


def entries_of(tree: Written) -> Iterable[tuple[str | int, Written]]:
    """Return what a mapping or a list holds, in the order of the text."""
    if isinstance(tree.value, dict):
        return tree.value.items()
    return enumerate(tree.value) if isinstance(tree.value, tuple) else ()


def merge(under: Written, over: Written, key: str = "") -> Written:
    """Return what holds when `over` extends or overrides `under`."""
    if isinstance(over.value, dict) and _PARTS.issuperset(over.value):
        under = _parted(under)
    if isinstance(under.value, dict) and isinstance(over.value, dict):
        entries = dict(under.value)
        for name, each in over.value.items():
            entries[name] = merge(entries[name], each, name) if name in entries else each
        return Written(entries, over.place)
    if isinstance(under.value, tuple) and isinstance(over.value, tuple):
        if key == _BY_NAME:
            return Written(_merge_by_name(under.value, over.value), over.place)
        return Written((*under.value, *over.value), over.place)
    return over


def _parted(limit: Written) -> Written:
    """Write a number as a limit of each part, so that naming one part does not lift the other."""
    if type(limit.value) is not int:
        return limit
    return Written(dict.fromkeys(sorted(_PARTS), limit), limit.place)


def only(tree: Written, keys: Sequence[str]) -> Written:
    """Return a mapping that has no other keys."""
    entries = {key: each for key in keys if (each := tree.inside(key)) is not None}
    return Written(entries, tree.place)


def _merge_by_name(under: Sequence[Written], over: Sequence[Written]) -> tuple[Written, ...]:
    merged = {_name(each): each for each in under}
    for each in over:
        name = _name(each)
        merged[name] = merge(merged[name], each) if name in merged else each
    return tuple(merged.values())


def _name(rule: Written) -> str:
    name = rule.inside("name")
    return str(name.value) if name is not None else ""
