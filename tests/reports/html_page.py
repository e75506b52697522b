"""A page as html5lib reads it: strictly, and with nothing in it that has no place there.

The reader knows what the page may be made of (elements, attributes, one style and one script) and
fails on anything else, so foreign markup cannot hide in it.
"""

import base64
import hashlib
import itertools
import re
import urllib.parse
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator

import html5lib

from .readers import CONTROL, RUNNER_COMMAND

ELEMENTS = {
    *("html", "head", "meta", "style", "title", "body", "header", "nav", "main", "section"),
    *("footer", "h1", "h2", "h3", "h4", "p", "pre", "ul", "li", "dl", "div", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "svg", "rect"),
    *("a", "b", "strong", "em", "small", "span", "code", "script"),
    *("form", "label", "input", "select", "option", "button", "output"),
}
ATTRIBUTES = {
    *("lang", "charset", "name", "content", "http-equiv", "class", "id", "scope", "data-label"),
    *("href", "rel", "role", "aria-label", "aria-hidden", "hidden", "type", "value"),
    *("autocomplete", "spellcheck", "viewBox", "preserveAspectRatio", "width", "height"),
}
RANKS = ("h1", "h2", "h3", "h4")


class Page:
    """A page that was read, and is as a page has to be."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.root = parse(source)
        self._hold_against_its_kind()

    def _hold_against_its_kind(self) -> None:
        elements = list(self.root.iter())
        assert {local(each) for each in elements} <= ELEMENTS
        assert {name for each in elements for name in each.attrib} <= ATTRIBUTES
        assert self.root.get("lang") == "en"
        for name in ("title", "style", "script", "h1", "header", "nav", "main", "footer"):
            assert len(self.all(name)) == 1, name
        body = self.root[1]
        assert [local(each) for each in body] == ["header", "nav", "main", "footer", "script"]
        ids = Counter(each.get("id") for each in elements if each.get("id"))
        assert set(ids.values()) <= {1}
        self._check_policy()
        self._check_links()
        self._check_headings()
        self._check_texts()

    def _check_policy(self) -> None:
        metas = self.all("meta")
        (policy,) = (each for each in metas if each.get("http-equiv"))
        assert metas.index(policy) == 1, "only the character set stands before it"
        assert policy.get("http-equiv") == "Content-Security-Policy"
        assert policy.get("content") == (
            f"default-src 'none'; style-src '{digest(self.all('style')[0])}'; "
            f"script-src '{digest(self.all('script')[0])}'; base-uri 'none'; form-action 'none'"
        )
        assert not self.all("style")[0].attrib
        assert not self.all("script")[0].attrib
        style = self.all("style")[0].text or ""
        assert not re.search(r"url\(|@import|@font-face|expression|https?:", style)

    def _check_links(self) -> None:
        ids = {each.get("id") for each in self.root.iter()}
        for each in self.root.iter():
            assert (local(each) == "a") == ("href" in each.attrib)
        for link in self.all("a"):
            href = link.get("href", "")
            if href.startswith("#"):
                assert href[1:] in ids
                continue
            parts = urllib.parse.urlsplit(href)
            assert parts.scheme.lower() in ("http", "https")
            assert parts.hostname
            assert parts.username is None
            assert href.isascii()
            assert href.isprintable()
            assert link.get("rel") == "noreferrer noopener"

    def _check_headings(self) -> None:
        ranks = [RANKS.index(local(each)) for each in self.root.iter() if local(each) in RANKS]
        assert ranks[0] == 0
        assert all(rank <= before + 1 for before, rank in itertools.pairwise(ranks))
        assert all(words(each) for each in self.root.iter() if local(each) in RANKS)

    def _check_texts(self) -> None:
        self.source.encode()
        assert not CONTROL.search(self.source)
        assert not RUNNER_COMMAND.search(self.source)

    def all(self, name: str, within: ET.Element | None = None) -> list[ET.Element]:
        """Find all elements of that name, in the order of the page."""
        start = self.root if within is None else within
        return [each for each in start.iter() if local(each) == name]


def parse(source: str) -> ET.Element:
    """Read a page as strictly as html5lib can; raises ParseError."""
    builder = html5lib.getTreeBuilder("etree")
    parser = html5lib.HTMLParser(builder, strict=True, namespaceHTMLElements=False)
    root = parser.parse(source)
    assert isinstance(root, ET.Element)
    return root


def local(element: ET.Element) -> str:
    """The name of an element; a comment's is none of a page."""
    return str(element.tag).rpartition("}")[2]


def digest(element: ET.Element) -> str:
    """The text of an element as a Content-Security-Policy names it."""
    content = hashlib.sha256((element.text or "").encode()).digest()
    return f"sha256-{base64.b64encode(content).decode()}"


def words(element: ET.Element) -> str:
    """What a person reads of an element."""
    return spaced("".join(element.itertext()))


def spaced(text: str) -> str:
    """How a browser shows blanks."""
    return " ".join(text.split())


def table(within: ET.Element, name: str) -> list[list[str]] | None:
    """The rows of a table but for its head and foot, None where there is no such table."""
    found = element(within, "table", name)
    return None if found is None else [cells(row) for row in rows(found)]


def rows(found: ET.Element) -> list[ET.Element]:
    """The rows of the groups of a table. Each has a cell for each column, and a head."""
    heads = found.findall("thead/tr/th")
    assert words(found.findall("caption")[0])
    assert all(words(head) and head.get("scope") == "col" for head in heads)
    body = found.findall("tbody/tr")
    for row in (*body, *found.findall("tfoot/tr")):
        assert [local(cell) for cell in row] == ["th", *["td"] * (len(heads) - 1)]
        assert row[0].get("scope") == "row"
        labels = [cell.get("data-label") for cell in row[1:]]
        assert labels in ([words(head) for head in heads[1:]], [None] * len(labels))
    return body


def cells(row: ET.Element) -> list[str]:
    """What a person reads in the cells of a row."""
    return [words(cell) for cell in row]


def element(within: ET.Element, name: str, kind: str) -> ET.Element | None:
    """The one element of that name and class, None where there is none."""
    found = [
        each
        for each in within.iter()
        if local(each) == name and kind in (each.get("class") or "").split()
    ]
    assert len(found) <= 1
    return found[0] if found else None


def items(within: ET.Element, kind: str) -> list[str]:
    """The points of the list of that class; none where there is no such list."""
    found = element(within, "ul", kind)
    return [] if found is None else [words(point) for point in found]


def facts(within: ET.Element) -> dict[str, str]:
    """The facts of the list that names them."""
    (found,) = within.iter("dl")
    pairs = [(words(each[0]), words(each[1])) for each in found]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def blocks(section: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """The parts of a section under headings of the third rank."""
    for each in section.findall("section"):
        assert local(each[0]) == "h3"
        yield words(each[0]), each
