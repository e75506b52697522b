"""Foreign text made harmless to show: for a terminal, a CI log, XML.

Names, versions and messages come from images and services. What is removed: what XML 1.0 forbids,
terminal sequences, and characters that cannot be seen or that turn the direction of writing. What
is broken up: the marks that CI systems take for commands, in a log or in a report. Nothing here
knows a format.
"""

import re
import textwrap

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, movement
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)"  # links
    r"|\x1b[ -/]*[0-~]"
)
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_UNSEEN = (
    "\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_DROPPED = re.compile(f"[\x00-\x08\x0b-\x1f\ud800-\udfff{_NONCHARACTERS}{_UNSEEN}]")
UNSEEN = re.compile(f"[{_UNSEEN}{_NONCHARACTERS}]")
"""Characters that are lawful in JSON but hide from or mislead who reads it."""

# Anywhere in a line, GitHub's runner takes `##[` for a command, Azure's agent `##vso[`, and both
# GitLab and Azure attach the file that `[[ATTACHMENT|path]]` names to a JUnit report
_INSIDE_MARK = re.compile(r"(?<=#)(?=#)|(?<=\[)(?=\[)")
# A host without a user before it, which could pass itself off as the host; of RFC 3986's characters
# those that mean nothing to any reader of Markdown, nor to a terminal
_WEB = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,252}(?::[0-9]{1,5})?"
    r"(?:[/?][A-Za-z0-9._~:/?&+,;=%-]{0,500})?(?:#[A-Za-z0-9._~:/?&+,;=%-]{0,200})?",
    re.IGNORECASE,
)
_LONGEST = 10_000
# As many characters can be removed as there are, but nobody needs a megabyte to be read for that
_READ = 20_000


def clean(text: str) -> str:
    """Make foreign text harmless. Its lines, ended by `\\n` alone, stay lines."""
    bare = _SEQUENCE.sub("", text)
    kept = _DROPPED.sub("", _BREAK.sub("\n", bare))
    return _INSIDE_MARK.sub(" ", kept)


def clean_line(text: str, *, most: int = _LONGEST) -> str:
    """Make foreign text one harmless line of at most so many characters."""
    read = shorten(text, _READ)
    return shorten(_inert(" ".join(clean(read).split())), most)


def clean_lines(text: str, *, most: int = _LONGEST) -> list[str]:
    """Make foreign text harmless lines, without the empty ones."""
    lines = clean(text[:_LONGEST]).split("\n")
    return [line for line in (clean_line(each, most=most) for each in lines) if line]


def is_web_address(text: str) -> bool:
    """Whether a text leads to a page of the web, and can be a link as it is."""
    return bool(_WEB.fullmatch(text))


def wrap(text: str, width: int) -> list[str]:
    """Make foreign text harmless lines that fit the width. No word is broken: people copy them."""
    return [
        _inert(piece)
        for line in clean_lines(text)
        for piece in textwrap.wrap(line, width - 1, break_on_hyphens=False, break_long_words=False)
    ]


def shorten(text: str, most: int) -> str:
    """Cut a text that is longer, and show that it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _inert(line: str) -> str:
    """Keep GitHub's runner, which skips blanks, from taking the line for a command."""
    return f": {line[1:]}" if line.startswith("::") else line
