"""The policy files that make up one policy: the named one, what it extends, and so on."""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import UNSET

from scangate.documents import Document, DocumentError, Problem, read
from scangate.documents.nodes import MAX_BYTES, Path
from scangate.model import Place, Value
from scangate.policy.schema import PolicyFile
from scangate.policy.shelf import Shelf, Unreadable
from scangate.policy.thresholds import LIMIT_NAME
from scangate.policy.written import Written, written

_MAX_LAYERS = 10


class Layer(Value, frozen=True):
    """One policy file, and the shelf on which what it names is found."""

    file: PolicyFile
    tree: Written
    data: bytes
    path: str
    shelf: Shelf

    @property
    def name(self) -> str:
        """What reports and messages call it."""
        return self.shelf.show(self.path)

    def place(self, *path: str | int) -> Place:
        """Return where a value of it is written; where it is not, the next one around it."""
        tree = self.tree
        for part in path:
            inside = tree.inside(part)
            if inside is None:
                break
            tree = inside
        return tree.place

    def problem(self, what: str, *path: str | int) -> Problem:
        """Say what is wrong with a value of it."""
        return Problem(self.place(*path), path, what)


def read_layers(path: str, *, shelf: Shelf, builtins: Shelf) -> tuple[Layer, ...]:
    """Return the named policy and all that it extends, the named one first.

    Raises Unreadable when the named one cannot be read, DocumentError for every mistake of a file.
    """
    layers = [_layer(path, shelf, _content(path, shelf))]
    while (extends := layers[-1].file.extends) is not UNSET:
        child = layers[-1]
        try:
            layers.append(_parent(extends, child, builtins))
        except Unreadable as error:
            raise DocumentError([child.problem(str(error), "extends")]) from error
        if (layers[-1].shelf, layers[-1].path) in [(each.shelf, each.path) for each in layers[:-1]]:
            what = f"{layers[-1].name} extends itself in the end"
            raise DocumentError([child.problem(what, "extends")])
        if len(layers) > _MAX_LAYERS:
            what = f"more than {_MAX_LAYERS} policies extend one another"
            raise DocumentError([child.problem(what, "extends")])
    return tuple(layers)


def _parent(extends: str, child: Layer, builtins: Shelf) -> Layer:
    is_file = "/" in extends or extends.endswith((".yaml", ".yml"))
    shelf = child.shelf if is_file else builtins
    path = shelf.beside(child.path, extends) if is_file else extends
    return _layer(path, shelf, _content(path, shelf))


def _content(path: str, shelf: Shelf) -> bytes:
    return shelf.read(path, limit=MAX_BYTES)


def _layer(path: str, shelf: Shelf, data: bytes) -> Layer:
    document = _document(data, shelf.show(path))
    places = document.places
    if not shelf.local:
        places = {key: msgspec.structs.replace(place, local=False) for key, place in places.items()}
    return Layer(
        file=document.value,
        tree=written(document.plain, places),
        data=data,
        path=path,
        shelf=shelf,
    )


def _document(data: bytes, name: str) -> Document[PolicyFile]:
    """Read one file, and look at what its types cannot say."""
    document = read(data, kind=PolicyFile, file=name)
    problems = list(_problems(document))
    if problems:
        raise DocumentError(problems)
    return document


def _problems(document: Document[PolicyFile]) -> Iterator[Problem]:
    file, places = document.value, document.places
    yield from _name_problems([rule.name for rule in file.rules], ("rules",), document)
    for number, override in enumerate(file.overrides):
        path: Path = ("overrides", number)
        rules = () if override.rules is UNSET else override.rules
        yield from _name_problems([rule.name for rule in rules], (*path, "rules"), document)
        if all(
            getattr(override, name) is UNSET for name in ("mode", "scan", "thresholds", "rules")
        ):
            what = "an override that changes nothing; name mode, scan, thresholds or rules"
            yield Problem(places[path], path, what)


def _name_problems(
    names: Sequence[str], path: Path, document: Document[PolicyFile]
) -> Iterator[Problem]:
    times = Counter(names)
    for number, name in enumerate(names):
        place = document.places[(*path, number, "name")]
        if times[name] > 1:
            yield Problem(place, (*path, number, "name"), f"another rule is named {name!r}, too")
        elif LIMIT_NAME.fullmatch(name):
            what = f"{name!r} is the name of a limit; write it under thresholds"
            yield Problem(place, (*path, number, "name"), what)
