"""What the sections of a policy file have in common."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from scangate.words import is_seen


class Section(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A mapping of a policy file: an unknown key is a mistake.

    `refused` says why a key that people would expect is none.
    """

    refused: ClassVar[Mapping[str, str]] = {}


Number = Annotated[int, Meta(ge=0)]


def refuse_blank(text: object) -> None:
    """Raise ValueError for a text in which there is nothing to see."""
    if isinstance(text, str) and not is_seen(text):
        raise ValueError("an empty text")


def text(description: str) -> Meta:
    """Describe a text that must say something."""
    extra = {"expects": "a text that is not empty", "check": refuse_blank}
    return Meta(min_length=1, description=description, extra=extra)


def globs(description: str) -> Meta:
    """Describe one glob or several."""
    expects = {"expects": "a glob such as lib*, or a list of globs, which is not empty"}
    return Meta(description=description, extra=expects)


Glob = Annotated[str, text("`*` stands for any characters, `/` included, `?` for one.")]
GlobList = Annotated[tuple[Glob, ...], Meta(min_length=1)]
