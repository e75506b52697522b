"""Which of two versions is the higher one, and what to upgrade to. Pure.

This is advice, good enough to name the higher of two fixed versions of one package whatever its
ecosystem. It is never used to judge: whether a finding counts does not depend on it.
"""

import functools
import re
from collections.abc import Iterable, Sequence

MAX_LENGTH = 200
"""How many characters of a version are compared. Real ones are far shorter."""

Rank = tuple[int, str, tuple[tuple[str, int, str], ...]]
Order = tuple[Rank, str]


def order(version: str) -> Order:
    """Return what versions are sorted by: a total order, equal for the same text alone.

    The rank is compared first, then the text, so that versions of one rank (`1.2`, `v1.2`) have
    a fixed order too. The rank is the one of Debian's packages (Debian Policy, section 5.6.12:
    https://www.debian.org/doc/debian-policy/ch-controlfields.html#version), made wider:

    - digits are compared as numbers, the epoch (`1:` or `1!`) before everything else;
    - `~` sorts before the end, the end before letters, letters before everything else. Policy
      takes the revision off first; here `-` sorts right after the end, which comes to the same,
      followed by `^` of rpm;
    - a word for a pre-release after a number (`-rc1`, `.dev1`, `b2`) counts as written with `~`,
      and so does the time of a Go pseudo-version;
    - `.post1` and the release of a distribution (`.el8`) begin a revision;
    - a leading `v`, upper case, and the words for a plain release do not matter.

    Known limits. `+` always counts (`+b1` and `+deb12u2` must), so that build metadata of
    semantic versioning ranks above none, but below any higher number. `1.0` is below `1.0.0`.
    `1.0b1` is the beta of Python, never the letter of a patch. Words that nobody listed here
    (`-jre`) rank above none. Versions with and without an epoch do not compare well, nor do
    those of rpm which set letters against digits. What is beyond MAX_LENGTH only orders texts.
    """
    return _rank(version[:MAX_LENGTH].lower()), version


def listed(fixed_version: str) -> list[str]:
    """Return the versions that a scanner's text names, in its order; empty if it names none.

    Trivy joins those of several branches by `, ` (createFixedVersions in
    pkg/detector/library/driver.go); ruby-advisory-db writes operators: `~> 5.2.4, >= 6.0.3`.
    """
    words = (word.lstrip("<>=~^!") for word in fixed_version.replace(",", " ").split())
    return [word for word in words if _DIGIT.search(word)]


def is_listed(fixed_version: str) -> bool:
    """Whether a scanner's text names a version at all: one without a digit is no version."""
    return _DIGIT.search(fixed_version) is not None


def target(rows: Iterable[tuple[str, str]]) -> str:
    """Return the lowest version of a package that clears all its rows, "" if none is named.

    A row is an installed version and the text of its fixed version. Of several listed versions
    a row asks for the lowest above the installed one, or the highest if none is above it.
    """
    rows = set(rows)
    fixes = {fixed: sorted(map(order, set(listed(fixed)))) for _, fixed in rows}
    first = [_first(installed, fixes[fixed]) for installed, fixed in rows if fixes[fixed]]
    return _climb(max(first), [each for each in fixes.values() if each]) if first else ""


CLIMBS = 8
"""How often a target is raised before the highest of all is named: real lists need one or two."""


def _climb(to: Order, needs: Sequence[Sequence[Order]]) -> str:
    for _ in range(CLIMBS):
        higher = max(_at_least(to, fixes) for fixes in needs)
        if higher <= to:
            return to[1]
        to = higher
    return max(fixes[-1] for fixes in needs)[1]


def _first(installed: str, fixes: Sequence[Order]) -> Order:
    if len(fixes) == 1:
        return fixes[0]
    rank = order(installed)[0]
    return next((fix for fix in fixes if fix[0] > rank), fixes[-1])


def _at_least(to: Order, fixes: Sequence[Order]) -> Order:
    """Return the version to go to for these fixes, when others ask for `to`.

    2.0.1 does not have what was fixed in 1.2.9 and 2.0.3: it is on the branch of the second. A
    version between two fixes counts as fixed only if it looks more like the lower one.
    """
    above = next((fix for fix in fixes if fix[0] > to[0]), None)
    below = next((fix for fix in reversed(fixes) if fix[0] <= to[0]), None)
    if above is None or (below and _alike(below, to) > _alike(above, to)):
        return to
    return above


def _alike(one: Order, other: Order) -> int:
    """How many leading parts two versions share."""
    pairs = list(zip(one[0][2], other[0][2], strict=False))
    return next((place for place, (a, b) in enumerate(pairs) if a != b), len(pairs))


_DIGIT = re.compile(r"[0-9]")
_EPOCH = re.compile(r"(?:([0-9]+)[:!])?(?:v(?=[0-9]))?(.*)", re.DOTALL)
_PSEUDO = re.compile(r"-(?:0\.)?(?=[0-9]{14}-[0-9a-f]{12}(?:\+|$))")
_PRERELEASE = re.compile(
    r"(?<=[0-9])[-._]?"
    r"(alpha|beta|canary|cr|dev|milestone|next|nightly|pre|preview|rc|snapshot"
    r"|[ab](?=[0-9])|(?<=[-._])m(?=[0-9]))(?![a-z])"
)
_REVISION = re.compile(r"\.(?=(?:post|el|fc|amzn|azl|cm|ph)[0-9]|module\+)")
_PLAIN = re.compile(r"(?:[-.](?:final|ga|release)|\+incompatible)$")
_PARTS = re.compile(r"(-?[^0-9-]*)0*([0-9]*)")  # a revision is a part of its own

_WORDS = {"a": "alpha", "b": "beta", "m": "milestone", "cr": "rc", "dev": "~dev"}
"""Other words for a pre-release; of one release, those of development come first (PEP 440)."""

_END = "\x01"
_WEIGHTS = str.maketrans(
    {chr(code): chr(code + 0x100) for code in range(0x80) if not chr(code).isalnum()}
    | {"~": "\x00", "-": "\x02", "^": "\x03"}
)
"""Characters that compare as those of a version do: letters stay, _END is between `~` and `-`."""


@functools.lru_cache(maxsize=4096)  # packages built from one source share their versions
def _rank(version: str) -> Rank:
    epoch, text = _EPOCH.findall(version)[0]
    # Without zeros in front, (length, digits) compare as numbers do, and cost less than int()
    epoch = epoch.lstrip("0")
    parts = [
        (word.translate(_WEIGHTS) + _END, len(digits), digits)
        for word, digits in _PARTS.findall(_plainly(text))
    ]
    return len(epoch), epoch, tuple(parts)


def _plainly(version: str) -> str:
    """Write with `~` and `-` what else would need rules of its own."""
    version = _PSEUDO.sub("~", _PLAIN.sub("", version))
    version = _PRERELEASE.sub(_with_tilde, version)
    return _REVISION.sub("-", version)


def _with_tilde(found: re.Match[str]) -> str:
    return "~" + _WORDS.get(found[1], found[1])
