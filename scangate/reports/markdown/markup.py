"""Markdown that cannot be broken or abused by what is written into it.

A text that is not `Markup` counts as foreign. It is made one harmless line, and of that only plain
words and small numbers are written as they are. The rest goes into code spans, in which neither
GitHub nor GitLab looks for markup, mentions, references, links, emoji or commands (CommonMark 0.31,
6.1). A span cannot hold `|` in a table nor a backtick, so these two stand between spans, as
entities. No line of a page begins with a foreign text.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence

from scangate.reports.text import clean, clean_line, is_web_address

SHORT = 200
"""The most characters of a name, a version or a place."""

_LONG = 500
_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:/@_-]{0,119}")
_BARS = re.compile("( ?[|`]+ ?)")
_ENTITIES = {ord("|"): "&#124;", ord("`"): "&#96;"}
# Letters of Latin, Greek and Cyrillic. A long word of the first six letters can be a commit
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0386-\u03ce\u0400-\u0481\u048a-\u052f"
_WORD = re.compile(
    rf"\(?(?!(?i:[a-f]{{7,}})\b)[{_LETTERS}]{{1,40}}(?:[-'][{_LETTERS}]{{1,40}}){{0,3}}[).,;:!?]{{0,3}}"
    r"|[0-9]{1,6}|\(?[0-9]{1,3}(?:,[0-9]{3}){1,3}"
)
_AROUND = re.compile(r"\((?P<inner>.+?)(?P<end>\)[.,;:!?]?)|(?P<bare>.+?)(?P<stop>[.,;:!?]?)")
_SUMMARY = re.compile("[A-Za-z0-9 ,]+")
_ENDING = re.compile(r"^ *[`~/]", re.MULTILINE)


class Markup(str):
    """Markdown that is safe to write as it is. What is made of it by an f-string is not."""

    __slots__ = ()


NOTHING = Markup("")
SPACE = Markup(" ")
COMMA = Markup(", ")
_NEWLINE = Markup("\n")
_PARAGRAPH = Markup("\n\n")


def code(foreign: str, *, most: int = SHORT) -> Markup:
    """Show a name, a version or a place as it is, in a code span; nothing for an empty text."""
    if _HARMLESS.fullmatch(foreign) and len(foreign) <= most:  # nearly every name there is
        return Markup(f"`{foreign}`")
    return _spans(clean_line(foreign, most=most))


def prose(foreign: str, *, most: int = _LONG) -> Markup:
    """Write a sentence, with code spans only for what is no plain word in it."""
    if isinstance(foreign, Markup):
        return foreign
    return Markup(" ".join(_words(clean_line(foreign, most=most))))


def joined(parts: Iterable[str], *, by: Markup = SPACE) -> Markup:
    """Join what is not empty."""
    return Markup(by.join(filter(None, map(prose, parts))))


def paragraphs(parts: Iterable[str]) -> Markup:
    """Put what is not empty below one another, as blocks of their own."""
    return joined(parts, by=_PARAGRAPH)


def strong(own: str) -> Markup:
    """Stress words of scangate's own. Raises ValueError for anything but words."""
    if not _SUMMARY.fullmatch(own.rstrip(":")):
        raise ValueError(f"not plain words: {own!r}")
    return Markup(f"**{own}**")


def heading(rank: int, content: Markup) -> Markup:
    """Make a heading of one of the six ranks."""
    return Markup(f"{'#' * rank} {content}")


def bullets(items: Iterable[str]) -> Markup:
    """List texts; nothing if there are none."""
    written = filter(None, map(prose, items))
    return joined((Markup(f"- {item}") for item in written), by=_NEWLINE)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[str] = ()
) -> Markup:
    """Lay out rows under the heads of their columns; those of `numbers` are set to the right."""
    rules = ["---:" if column in numbers else "---" for column in columns]
    return Markup("\n".join(map(_row, [columns, [Markup(rule) for rule in rules], *rows])))


def details(summary: str, content: Markup) -> Markup:
    """Fold content away. Raises ValueError unless the summary is plain words of scangate's own."""
    if not _SUMMARY.fullmatch(summary):
        raise ValueError(f"not plain words: {summary!r}")
    return Markup(f"<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>")


def fenced(yaml: str) -> Markup:
    """Keep every character of a YAML text. Raises ValueError where that could do harm."""
    if clean(yaml) != yaml or _ENDING.search(yaml):
        raise ValueError("this text would have to be altered")
    return Markup(f"```yaml\n{yaml.rstrip()}\n```")


def link(words: Markup, url: str) -> Markup:
    """Link words to a page of the web. What leads anywhere else is no link."""
    if not is_web_address(url):
        return words
    return Markup(f"[{words}]({url.replace('&', '&amp;')})")


def size(text: str) -> int:
    """Return the bytes that a text takes, by which both consumers' limits are kept."""
    return len(text.encode())


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(prose, cells))} |"


@functools.lru_cache(maxsize=1024)
def _spans(line: str) -> Markup:
    pieces = _BARS.split(line)
    for place, piece in enumerate(pieces):
        pieces[place] = piece.translate(_ENTITIES) if place % 2 else f"`{piece}`" * bool(piece)
    return Markup("".join(pieces))


def _words(line: str) -> Iterator[str]:
    """Show neighbours in one span, but for what the sentence itself sets apart."""
    span: list[str] = []
    for word in line.split():
        plain = bool(_WORD.fullmatch(word))
        if span and (plain or word.startswith("(") or span[-1].endswith((",", ";", ":"))):
            yield _unusual(" ".join(span))
            span = []
        if plain:
            yield word
        else:
            span.append(word)
    if span:
        yield _unusual(" ".join(span))


def _unusual(words: str) -> str:
    """Leave the sentence's own punctuation outside of the span."""
    found = _AROUND.fullmatch(words)
    if found is None:
        return _spans(words)
    if found["inner"] is not None:
        return f"({_spans(found['inner'])}{found['end']}"
    return f"{_spans(found['bare'])}{found['stop']}"
