"""Generated scan documents: images and their rows in the service's words, and a policy for them.

Names of advisories and packages come with texts that do their worst. Each holds a mark, by which
it is known again in a report, however it was escaped, cut or broken up there.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from scangate.emulator import world
from scangate.emulator.moments import SECOND, Moment
from scangate.model import Severity, Value
from tests.reports.samples import HOSTILE

REGISTRY = "crp0000000000000test"
HOST = "cr.yandex"
_MARK = re.compile("adv[0-9]|pkg[0-9]")

_HOSTILE = HOSTILE.replace("\ud800", "")  # no JSON text in UTF-8 can hold half a character
# What stands before a mark is short: in a narrow table the end of a text is not seen
_BEFORE = (
    *("", "", "", "::error::", "@all ", "<b>", "| ", "`", "/close ", "-->", "#1 ", "=1+", "- "),
    *("\x1b[31m", "\u202e", "\r\n::x::", "]]>", "%0A", "${{", '"><'),
)
_AFTER = (
    *("", "", "", " @all", "|x|", "`|`", "</td>", "%{x}", "]]>", "\n/merge", "\x00", "-->"),
    *("<script>owned=1</script>", "<img src=x onerror=owned=1>", "](javascript:owned=1)"),
    _HOSTILE,
    "x" * 20_000,
)
_LINKS = ("", "https://avd.example/1", "javascript:owned=1", "//evil.example", _HOSTILE)
_WORDS = (*(severity.name for severity in Severity), "SEVERITY_UNSPECIFIED", "APOCALYPTIC")
_PLAIN = "adv0"
"""An advisory without anything around its mark, for which the policy may have an exception."""


class Row(Value, frozen=True):
    """A vulnerability as the service tells it, under the names of its fields."""

    severity: str
    name: str
    package: str
    version: str
    fixed_by: str
    type: str
    link: str

    @property
    def told(self) -> dict[str, object]:
        """Return its JSON."""
        facts = {
            "name": self.name,
            "package": self.package,
            "version": self.version,
            "fixedBy": self.fixed_by,
            "type": self.type,
            "link": self.link,
        }
        return {"severity": self.severity, "package": facts}


class Document(Value, frozen=True):
    """A policy, and by its name in the registry each image's rows, in the service's order."""

    policy: Mapping[str, Any]
    images: Mapping[str, tuple[Row, ...]]


def mark(text: str) -> str:
    """Return the mark that a text holds, empty if it holds none."""
    found = set(_MARK.findall(text))
    assert len(found) <= 1, text
    return found.pop() if found else ""


def marks(text: str) -> tuple[str, ...]:
    """Return all marks of a text."""
    return tuple(_MARK.findall(text))


def reference(name: str) -> str:
    """Name an image, by its digest."""
    return f"{HOST}/{REGISTRY}/{name}@{digest(name)}"


def digest(name: str) -> str:
    """Return the digest of an image."""
    return f"sha256:{name.encode().hex():0>64}"


# What is generated


@st.composite
def _names(draw: st.DrawFn, kind: str, number: int) -> list[str]:
    """Draw the names of a document, each of which always comes with the same texts around it."""
    around = st.tuples(st.sampled_from(_BEFORE), st.sampled_from(_AFTER))
    decorated = [draw(around) for _ in range(number)]
    return [f"{before}{kind}{place}{after}" for place, (before, after) in enumerate(decorated, 1)]


@st.composite
def documents(draw: st.DrawFn, *, images: int) -> Document:
    """Draw a document of so many images."""
    advisories = [_PLAIN, *draw(_names("adv", 3)), ""]
    packages = [*draw(_names("pkg", 3)), ""]
    rows = st.builds(
        Row,
        severity=st.sampled_from(_WORDS),
        name=st.sampled_from(advisories),
        package=st.sampled_from(packages),
        version=st.sampled_from(("1", "1:2.3-4+deb12u1", "")),
        fixed_by=st.sampled_from(("", "2", "3.0.13-1")),
        type=st.sampled_from(("debian", "npm", "")),
        link=st.sampled_from(_LINKS),
    )
    lists = st.lists(rows.filter(lambda row: bool(row.name or row.package)), max_size=7).map(tuple)
    return Document(
        policy=draw(_POLICIES),
        images={f"image-{place}": draw(lists) for place in range(1, images + 1)},
    )


_LIMITS = st.integers(0, 2)
_MATCHES: tuple[dict[str, object], ...] = (
    {"fixable": True},
    {"severity": ["medium", "low"]},
    {"severity": "undefined", "fixable": False},
    {"type": "npm"},
)
_RULES = st.builds(
    lambda match, most, action: [{"name": "own", "match": match, "max": most, "action": action}],
    st.sampled_from(_MATCHES),
    _LIMITS,
    st.sampled_from(("fail", "warn")),
)
_EXCEPTION = {"id": _PLAIN, "reason": "It is not reachable.", "expires": "never"}
_POLICIES = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "scan": st.just({"max_age": "any"}),
        # Named, for what is not named is counted as high
        "thresholds": st.fixed_dictionaries(
            {"undefined": _LIMITS},
            optional={"critical": _LIMITS, "high": _LIMITS, "medium": _LIMITS},
        ),
        "rules": st.one_of(st.just([]), _RULES),
        "ignore": st.sampled_from(([], [_EXCEPTION])),
    }
)


# How it is told to the gate


def saved(rows: Sequence[Row]) -> bytes:
    """Write the rows of an image as a saved scan with its list."""
    result = {
        "id": "chescan0000000000001",
        "imageId": "crpimage000000000001",
        "status": "READY",
        "scannedAt": "2026-11-22T09:00:00Z",
        "vulnerabilities": {
            word.lower(): str(number) for word, number in _counts(rows).items() if number
        },
    }
    told = {"scanResult": result, "vulnerabilities": [row.told for row in rows]}
    return json.dumps(told).encode()


def served(document: Document) -> world.World:
    """Return the registry that tells the same."""
    images = tuple(_image(name, rows) for name, rows in document.images.items())
    return world.World(registries=(world.Registry(id=REGISTRY),), images=images)


def _image(name: str, rows: Sequence[Row]) -> world.Image:
    vulnerabilities = tuple(
        world.Vulnerability(
            severity=row.severity,
            name=row.name,
            package=row.package,
            version=row.version,
            fixed_by=row.fixed_by,
            type=row.type,
            link=row.link,
        )
        for row in rows
    )
    counts = {word.lower(): number for word, number in _counts(rows).items()}
    scan = world.Scan(
        id=world.derive_id("che", name),
        appears=Moment(-60 * SECOND),
        outcome=world.Outcome(vulnerabilities=vulnerabilities, counts=counts),
    )
    return world.Image(
        id=world.derive_id("crp", name),
        name=f"{REGISTRY}/{name}",
        digest=digest(name),
        scans=(scan,),
    )


def _counts(rows: Sequence[Row]) -> Counter[str]:
    return Counter(severity_of(row).name for row in rows)


def severity_of(row: Row) -> Severity:
    """Return what a severity counts as: a word that nobody knows is the worst."""
    if row.severity == "SEVERITY_UNSPECIFIED":
        return Severity.UNDEFINED
    return Severity.__members__.get(row.severity, Severity.CRITICAL)
