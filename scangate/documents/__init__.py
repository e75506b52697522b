"""Files that people write: strict YAML, typed, with every mistake told at its place.

`read` is the way in. What the files mean is told where their types are (the policy's in
`policy.schema`).
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec

from scangate.documents.check import check
from scangate.documents.nodes import DocumentError, Path, Problem, load
from scangate.model import Place

__all__ = ["Document", "DocumentError", "Problem", "read"]

T = TypeVar("T")


class Document(msgspec.Struct, Generic[T], frozen=True):
    """A typed value, the plain values that it was made of, and where each is written."""

    value: T
    plain: object
    places: Mapping[Path, Place]


def read(data: bytes, *, kind: type[T], file: str) -> Document[T]:
    """Read a YAML document strictly as `kind`, a msgspec type.

    Raises DocumentError with every mistake of the file.
    """
    tree = load(data, file=file)
    problems = check(tree, kind)
    if problems:
        raise DocumentError(problems)
    try:
        value = msgspec.convert(tree.plain, kind)
    except msgspec.ValidationError as error:
        raise DocumentError([Problem(tree.places[()], (), str(error))]) from error
    return Document(value, tree.plain, tree.places)
