"""Foreign text made harmless for SARIF: for its plain texts, its Markdown and its URIs.

In a plain text SARIF knows two marks, embedded links and placeholders (SARIF 2.1.0, 3.11.5 and
3.11.6), which are broken up. In Markdown foreign text only stands in code spans, where no
renderer looks for markup, mentions or links.
"""

import functools
import re
from urllib.parse import quote

from scangate.reports.text import clean_line, shorten

_LONGEST = 200
_LONGEST_PATH = 1000
_HARMLESS = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.+~:/@_-]{0,119})?")
_ACTIVE = re.compile(r"(?<=\])(?=\()|(?<=\{)(?=\d+\})")
_TICKS = re.compile("`+")
# What RFC 3986 allows, without brackets: they are for IPv6 addresses alone
_CHARACTERS = r"[A-Za-z0-9._~:/?@!$&'()*+,;=%-]"
_LINK = re.compile(
    rf"https?://[A-Za-z0-9]{_CHARACTERS}{{0,1000}}(?:#{_CHARACTERS}{{0,500}})?", re.I
)
_DRIVE = re.compile("[A-Za-z]:/")


def plain(text: str, *, most: int = _LONGEST) -> str:
    """Make foreign text one harmless line; it can be empty. The least `most` is 120."""
    if _HARMLESS.fullmatch(text):  # nearly every name and version, and so most of the work
        return text
    return _cleaned(text, most)


@functools.lru_cache(maxsize=128)
def _cleaned(text: str, most: int) -> str:
    """The same few reasons and rule names come with thousands of findings."""
    return shorten(_ACTIVE.sub(" ", clean_line(text, most=most)), most)


def code(text: str) -> str:
    """Write text that is already plain as a code span of Markdown (CommonMark 0.31, 6.1)."""
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(len(run[0]) for run in _TICKS.finditer(text)) + 1)
    return f"{fence} {text} {fence}"


def web_link(text: str) -> str:
    """Return the link if it leads to the web and needs no escapes anywhere, else nothing."""
    return text if _LINK.fullmatch(text) else ""


@functools.lru_cache(maxsize=64)
def file_uri(file: str) -> str:
    """Return a file as a URI relative to the repository's root; empty where it is none of it.

    GitHub takes a relative path for one of the repository, which only a path without a way up
    can be. What is absolute is another path in each build, and would open the alerts anew.
    """
    path = file.replace("\\", "/")
    if path.startswith("/") or _DRIVE.match(path) or len(path) > _LONGEST_PATH:
        return ""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    # A name that could be shown only altered would be the name of another file
    altered = plain(path, most=_LONGEST_PATH) != path
    return "" if altered or ".." in parts else quote("/".join(parts), safe="/")


@functools.lru_cache(maxsize=64)
def image_uri(repository: str) -> str:
    """Return a relative URI that stands for an image: its repository, which is no file."""
    parts = [part for part in plain(repository).split("/") if part.strip(".")]
    return quote("/".join(parts), safe="/") or "image"
