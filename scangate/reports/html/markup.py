"""HTML that cannot be broken by what is written into it.

Elements are made by `tag` alone, links by `link` alone. A text that is not `Markup` counts as
foreign: it is made harmless, cut and escaped. So escaping cannot be forgotten, and done twice it
is only ugly.
"""

import functools
import html
import re
from collections.abc import Iterable

from scangate.reports.text import clean, clean_line

SHORT = 200
"""The most characters of a name, a version or a place."""

_LONG = 2000
# As many characters can be removed as there are, but nobody needs a megabyte to be read for that
_READ = 20_000
_CUT = "… (cut)"
_HARMLESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .,+~:/@_()-]{0,118}[A-Za-z0-9.,+~:/@_()-])?")
_NAME = re.compile(r"[a-z][a-z0-9]*")
_PLACE = re.compile(r"[a-z][a-z0-9-]*")
_ATTRIBUTE = re.compile(r"[a-z][a-zA-Z-]*")
_ACTIVE = re.compile("on.*|style|src|srcdoc|srcset|action|formaction|background|data")
_VOID = frozenset(("input", "meta"))
# A host without a user before it, which could pass itself off as the host; RFC 3986's characters,
# but for the brackets of IPv6
_WEB = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,252}(?::[0-9]{1,5})?"
    r"(?:[/?][A-Za-z0-9._~:/?@!$&'()*+,;=%-]{0,1000})?(?:#[A-Za-z0-9._~:/?@!$&'()*+,;=%-]{0,500})?",
    re.IGNORECASE,
)


class Markup(str):
    """HTML that is safe to write as it is. What is made of it with `+` or an f-string is not."""

    __slots__ = ()


SPACE = Markup(" ")
NOTHING = Markup("")
NEWLINE = Markup("\n")
COMMA = Markup(", ")
HOLE = Markup("%s")
"""Where `filled` writes; for markup of the page's own only, in which no other `%` is."""


def text(foreign: str, *, most: int = _LONG) -> Markup:
    """Make a text one harmless line of at most so many characters, and say so if it was cut."""
    if isinstance(foreign, Markup):
        return foreign
    if _HARMLESS.fullmatch(foreign) and len(foreign) <= most:  # nearly every text there is
        return Markup(foreign)
    line = clean_line(foreign[:_READ])
    cut = len(foreign) > _READ or len(line) > most
    return Markup(html.escape(line[:most] + _CUT if cut else line))


def short(foreign: str) -> Markup:
    """Make a name, a version or a place harmless."""
    return text(foreign, most=SHORT)


def lines(verbatim: str) -> Markup:
    """Keep every character of a text. Raises ValueError unless it is harmless as it is."""
    if clean(verbatim) != verbatim:
        raise ValueError("this text would have to be altered")
    return Markup(html.escape(verbatim))


def joined(parts: Iterable[str], *, by: Markup = NOTHING) -> Markup:
    """Join parts into one."""
    return Markup(by.join(map(text, parts)))


def tag(name: str, /, *children: str, **attributes: str | int | bool) -> Markup:
    """Make an element.

    `class_` is written `class` and `aria_label` `aria-label`. An attribute that is False is left
    out, one that is True has no value. Raises ValueError for what could run or load something.
    """
    start = f"<{_element(name)}{''.join(map(_attribute, attributes.items()))}>"
    return Markup(start if name in _VOID else f"{start}{''.join(map(text, children))}</{name}>")


def filled(pattern: Markup, *parts: str) -> Markup:
    """Write parts into the holes of a pattern: what `tag` does for each, ten thousand times."""
    return Markup(pattern % tuple(map(text, parts)))


def link(words: str, url: str) -> Markup:
    """Link words to a page of the web. What leads anywhere else is shown, not linked."""
    if _WEB.fullmatch(url):
        href = html.escape(url)
        return Markup(f'<a href="{href}" rel="noreferrer noopener">{text(words)}</a>')
    return joined((words, tag("small", short(url))), by=SPACE) if url else text(words)


def jump(words: str, place: str) -> Markup:
    """Link words to a place of the page, by its `id`."""
    return Markup(f'<a href="#{_place(place)}">{text(words)}</a>')


def embedded(name: str, content: str) -> Markup:
    """Embed the style or the script of the page. Raises ValueError if it would end early."""
    if "</" in content or "<!--" in content:
        raise ValueError(f"this would end the {name} element")
    return Markup(f"<{name}>{content}</{name}>")


@functools.cache
def _element(name: str) -> str:
    if not _NAME.fullmatch(name) or name in ("script", "style", "a", "iframe", "object", "embed"):
        raise ValueError(f"not an element to be made here: {name}")
    return name


def _attribute(given: tuple[str, str | int | bool]) -> str:
    name, value = given
    if value is False:
        return ""
    return _named(name) if value is True else f'{_named(name)}="{text(str(value))}"'


def _place(name: str) -> str:
    if not _PLACE.fullmatch(name):
        raise ValueError(f"not an id: {name}")
    return name


@functools.cache
def _named(name: str) -> str:
    written = name.removesuffix("_").replace("_", "-")
    if not _ATTRIBUTE.fullmatch(written) or _ACTIVE.fullmatch(written) or written == "href":
        raise ValueError(f"not an attribute to be written here: {name}")
    return f" {written}"
