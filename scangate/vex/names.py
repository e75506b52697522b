"""The names that a document gives to products and packages: purls and others.

A purl is `pkg:type/namespace/name@version?qualifiers#subpath` (github.com/package-url/purl-spec).
"""

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from scangate.model import DIGEST

if TYPE_CHECKING:
    from packageurl import PackageURL


def is_purl(name: str) -> bool:
    """Whether the name is meant as a purl, well written or not."""
    return name.startswith("pkg:")


@functools.lru_cache(maxsize=1024)
def parse(name: str) -> "PackageURL | None":
    """Read a purl; None for one that is malformed, or is of a part or of a range of versions.

    A subpath is a part of a package and the qualifier `vers` a range (purl-spec): what is said of
    those cannot be compared with a finding.
    """
    from packageurl import PackageURL

    try:
        purl = PackageURL.from_string(name)
    except ValueError:
        return None
    return None if purl.subpath or qualifier(purl, "vers") else purl


def qualifier(purl: "PackageURL", key: str) -> str:
    """Return a qualifier; empty where there is none."""
    return str(purl.qualifiers.get(key, ""))


def is_image(name: str) -> bool:
    """Whether the name is the purl of a container image."""
    purl = parse(name) if is_purl(name) else None
    return purl is not None and purl.type == "oci"


def narrowest(names: Iterable[str]) -> tuple[str, ...]:
    """Return those names of one thing that say exactly which it is; all, if none does.

    Documents name one thing in several ways. Beside the purl of one build, the name of the
    repository would be that of every build, and more would be said than was meant.
    """
    told = tuple(dict.fromkeys(filter(None, names)))
    exact = tuple(filter(_is_exact, told)) if len(told) > 1 else ()
    return exact or told


def of_hash(algorithm: str, value: str) -> str:
    """Write a hash as a name: that of an image's manifest is its digest."""
    digest = f"sha256:{value.lower()}"
    if algorithm == "sha-256" and DIGEST.fullmatch(digest):
        return digest
    return f"{_HASH}{algorithm} {value}"


_HASH = "the hash "


def _is_exact(name: str) -> bool:
    if not is_purl(name):
        digest = name.rpartition("@")[2]
        return name.startswith(_HASH) or DIGEST.fullmatch(digest) is not None
    purl = parse(name)
    # A tag identifies no image here, but it shows that not every build is meant
    return purl is None or bool(purl.version or qualifier(purl, "tag"))
