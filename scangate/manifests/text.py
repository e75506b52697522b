"""The bytes of a manifest to text, and the refusal of what readers take in different ways."""

import re
from array import array
from bisect import bisect_right
from functools import cached_property

from scangate.errors import UsageError
from scangate.model import Place

MAX_BYTES = 10 << 20

RENDER = "render it first: helm template, kubectl kustomize, docker compose config"
"""What to do about a manifest that is yet to be filled in, or put together."""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\r(?!\n)")
# kubectl cuts the stream at lines before any YAML is read, so a text could end at such a line
_ODD_SEPARATOR = re.compile(r"^---(?!(?:[ \t]+#.*|[ \t]*)\r?$)", re.MULTILINE)


def refuse(place: Place, what: str, *, hint: str = "") -> UsageError:
    """Return the error for a mistake of a manifest."""
    return UsageError(f"{place}: {what}", hint=hint)


class Source:
    """The text of a file, and at which line and column its characters are."""

    def __init__(self, text: str, *, file: str) -> None:
        self.text = text
        self.file = file

    def place(self, offset: int) -> Place:
        """Return the place of a character."""
        line = bisect_right(self._lines, offset)
        return Place(file=self.file, line=line, column=offset - self._lines[line - 1] + 1)

    @cached_property
    def _lines(self) -> "array[int]":
        """Where each line begins."""
        return array("L", [0]) + array("L", (end.end() for end in re.finditer("\n", self.text)))


def decode(data: bytes, *, file: str) -> Source:
    """Return the text. Raises UsageError for what editors do not show or kubectl reads its way."""
    if len(data) > MAX_BYTES:
        raise refuse(Place(file=file), f"the manifest is larger than {MAX_BYTES} bytes")
    try:
        source = Source(data.decode("utf-8"), file=file)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(Place(file=file, line=line), "the text is not UTF-8") from error
    if unseen := _UNSEEN.search(source.text):
        what = f"the character U+{ord(unseen[0][0]):04X}, which cannot be seen"
        raise refuse(source.place(unseen.start()), what)
    if odd := _ODD_SEPARATOR.search(source.text):
        what = "more than a comment after `---`, which kubectl does not read as YAML does"
        raise refuse(source.place(odd.start()), what)
    return source
