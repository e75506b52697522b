"""Whether a name of a package means the package of a finding."""

import re
from typing import TYPE_CHECKING

from scangate.model import Value, Vulnerability
from scangate.vex.names import is_purl, parse, qualifier

if TYPE_CHECKING:
    from packageurl import PackageURL

_ORIGINS = {
    **dict.fromkeys(("alpm", "apk", "deb", "rpm"), "os"),
    **dict.fromkeys(
        ("cargo", "composer", "gem", "golang", "hex", "maven", "npm", "nuget", "pub", "pypi"),
        "lang",
    ),
}
"""Where the packages of a purl type come from, in the scanner's words; of others it is not known.

A library and a package of the system can have one name and one vulnerability.
"""

_WITH_EPOCH = {"alpm", "deb", "rpm"}


class Package(Value, frozen=True):
    """The package that a name means. `version` is empty when every version is meant."""

    kind: str
    names: frozenset[str]
    version: str = ""

    def is_of(self, vulnerability: Vulnerability) -> bool:
        """Whether the finding is of this package, in this version."""
        return (
            _fold(self.kind, vulnerability.package) in self.names
            and self.version in ("", _version(self.kind, vulnerability.version))
            and vulnerability.origin in ("", _ORIGINS.get(self.kind, vulnerability.origin))
        )


def read(name: str) -> Package | None:
    """Read a purl, or else the name of a package as the scanner prints it.

    None for what cannot be the package of a finding: a purl that says too little, or an image.
    """
    if not is_purl(name):
        return Package(kind="", names=frozenset({name}))
    purl = parse(name)
    if purl is None or purl.type == "oci":
        return None
    return Package(
        kind=purl.type,
        names=frozenset(_fold(purl.type, spelling) for spelling in _spellings(purl)),
        version=_version(purl.type, purl.version, qualifier(purl, "epoch")) if purl.version else "",
    )


def _spellings(purl: "PackageURL") -> tuple[str, ...]:
    """Return the package as scanners print it.

    The namespace of a system's package is its distribution, which nobody prints. Trivy prints
    `group:artifact` of Maven; Grype prints the artifact, which is only sure with its version.
    """
    if _ORIGINS.get(purl.type) == "os" or not purl.namespace:
        return (purl.name,)
    if purl.type != "maven":
        return (f"{purl.namespace}/{purl.name}",)
    full = f"{purl.namespace}:{purl.name}"
    return (full, purl.name) if purl.version else (full,)


def _fold(kind: str, name: str) -> str:
    """Purls have their own rules for capitals, and Python's names for separators (PEP 503)."""
    if kind == "pypi":
        return re.sub(r"[-_.]+", "-", name).casefold()
    return name.casefold() if kind else name


def _version(kind: str, text: str, epoch: str = "") -> str:
    """Write a version so that two spellings of one are equal.

    An epoch is a qualifier of rpm's purls (purl-spec, type rpm), of Trivy's for deb, too, and a
    prefix where scanners print it; none is 0. Go's versions have a `v`, those of its standard
    library a `go` or nothing.
    """
    if kind == "golang":
        return re.sub(r"^(v|go)(?=[0-9])", "", text)
    if kind not in _WITH_EPOCH:
        return text
    before, colon, after = text.partition(":")
    told, rest = (before, after) if colon else (epoch, text)
    return f"{told.lstrip('0') or '0'}:{rest}"
