"""How manifests name images: what is a reference, to which registry, and where one is in a text.

The grammar is that of container runtimes (github.com/distribution/reference): a first part
without a dot, colon or capital letter is no host, and what has no host is of docker.io.
"""

import re
from collections.abc import Sequence

from scangate.clouds import IMAGE_HOSTS
from scangate.errors import UsageError
from scangate.model import Value
from scangate.reference import ImageReference

LONGEST = 1000
"""How many characters a reference has at the most."""

_HOSTS = "|".join(map(re.escape, sorted(IMAGE_HOSTS)))
_KNOWN_HOST = rf"(?:{_HOSTS})\.?(?::[0-9]*)?"
# It ends where texts set a name apart; whatever else follows belongs to it, and is no reference
_MENTION = re.compile(
    rf"""{_KNOWN_HOST}/(?:[^\s"'`,;<>)\]|&\\]|\\(?!\\{{0,8}}["'nrt]))*+""", re.IGNORECASE | re.ASCII
)
_RUNS_INTO = re.compile(r"[\w.-]\Z|(?:^|[^/])/\Z")
# A shell puts together what only quotes set apart: `a:1""5`, `a:1"$X"`
_RUNS_ON = re.compile(r"""["'`\\]++(?<!\\)[\w.$@{-]""")
_HOST = re.compile(_KNOWN_HOST, re.IGNORECASE)
_HOST_ALONE = re.compile(rf"\s*(?:[a-z][a-z0-9+.-]*://)?{_KNOWN_HOST}/?\s*", re.IGNORECASE)
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_FOREIGN = re.compile(
    rf"""(?P<name>(?:(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9][a-zA-Z0-9.-]*)(?::[0-9]+)?/)?
    {_PART}(?:/{_PART})*)(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{{0,127}})?
    (?P<digest>@[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]{{32,}})?""",
    re.VERBOSE,
)
_BEFORE_ALONE = re.compile(r"(?:[\w.-]+=|[a-z][a-z0-9+.-]*://)?", re.IGNORECASE)
_WEB = re.compile(r"https?://\Z", re.IGNORECASE)
_MARKED = re.compile(r"[^\s/:@]*+[/:@]\S*+")
_ELSEWHERE = re.compile(r"(?:https?|file)://|data:|\.{0,2}/", re.IGNORECASE)


class ForeignName(Value, frozen=True):
    """An image of another registry. `name` is the whole one, as `docker.io/library/nginx`."""

    name: str
    has_digest: bool


def mentions(text: str) -> list[re.Match[str]]:
    """Return what a text has that begins as a reference to a known registry does."""
    return list(_MENTION.finditer(text)) if "/" in text else []  # most texts have none


def without_versions(text: str) -> str:
    """Return a text with the tags and digests taken from what `mentions` finds in it."""
    return _MENTION.sub(lambda found: found[0].partition("@")[0].partition(":")[0], text)


def is_part_of_more(text: str, mention: re.Match[str]) -> bool:
    """Whether a longer name may have it (`mirror/cr.yandex/a/b`, `a.cr.yandex/b/c`, `…:1""5`)."""
    before = text[max(0, mention.start() - 2) : mention.start()]
    return bool(_RUNS_INTO.search(before) or _RUNS_ON.match(text, mention.end()))


def is_address(text: str, mention: re.Match[str]) -> bool:
    """Whether it is the address of a page or an API of the registry, and names no version."""
    before = text[max(0, mention.start() - len("https://")) : mention.start()]
    return _WEB.search(before) is not None and ":" not in mention[0]


def is_alone(text: str, found: Sequence[re.Match[str]]) -> bool:
    """Whether a text is one mention, at most with a scheme or `key=` before it."""
    (first, *more) = found
    begins = _BEFORE_ALONE.fullmatch(text, 0, first.start()) is not None
    return begins and not more and first.end() == len(text)


def is_registry_alone(text: str) -> bool:
    """Whether a text is a known registry or its address, and nothing else, as a part of a name."""
    return _HOST_ALONE.fullmatch(text) is not None


def of_known_registry(text: str) -> bool:
    """Whether a reference is to a known registry, however its host is spelled."""
    return _HOST.fullmatch(text.partition("/")[0]) is not None


def is_marked(text: str) -> bool:
    """Whether a text has what sets most references apart from words, and no blank."""
    return _MARKED.fullmatch(text) is not None


def is_web_or_path(text: str) -> bool:
    """Whether what is no reference is an address, as of a picture, or a path."""
    return _ELSEWHERE.match(text) is not None


def parse_known(text: str) -> ImageReference:
    """Read a reference to a known registry. Raises UsageError, also for an odd host or port."""
    reference = ImageReference.parse(text)
    if reference.host not in IMAGE_HOSTS:
        raise UsageError(f"the registry {reference.host} must be written without a port")
    return reference


def parse_foreign(text: str) -> ForeignName | None:
    """Read a reference to another registry; None for what the grammar of runtimes refuses."""
    match = _FOREIGN.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        return None
    host, slash, path = match["name"].partition("/")
    if not slash or not (set(host) & {".", ":"} or host == "localhost" or host != host.lower()):
        host, path = "docker.io", match["name"]
    host = "docker.io" if host.lower() == "index.docker.io" else host.lower()
    if host == "docker.io" and "/" not in path:
        path = f"library/{path}"
    return ForeignName(name=f"{host}/{path}", has_digest=match["digest"] is not None)
