"""What the registries of the benchmarks hold."""

from scangate.emulator.moments import SECOND, Moment
from scangate.emulator.world import (
    Image,
    Outcome,
    Registry,
    Scan,
    Tag,
    Vulnerability,
    World,
    derive_digest,
    derive_id,
    listing_order,
)

REGISTRY = "crp000000000000bench"
REPOSITORY = f"{REGISTRY}/shop/web"
TAG = "1.8.2"
SCAN = derive_id("che", "the scan of the benchmarks")

_NEIGHBOURS = 30
_IN_REPOSITORY = 50
_VIOLATING = 100
_YESTERDAY = Moment(-86_400 * SECOND)
_SEVERITIES = ("HIGH", "MEDIUM", "MEDIUM", "LOW", "LOW", "NEGLIGIBLE")


def one_image(findings: int = 6) -> World:
    """A repository as they are: the image that is asked for, and older ones beside it."""
    rows = tuple(sorted(map(_row, range(findings)), key=listing_order))
    scan = Scan(id=SCAN, appears=_YESTERDAY, outcome=Outcome(vulnerabilities=rows))
    older = [_image(f"1.7.{number}") for number in range(_NEIGHBOURS)]
    return World(registries=(Registry(id=REGISTRY),), images=(*older, _image(TAG, scan)))


def many_images(number: int) -> World:
    """A registry with that many images, 50 in a repository; one in 100 has a critical finding."""
    images = tuple(map(_scanned, range(number)))
    return World(registries=(Registry(id=REGISTRY),), images=images)


def repositories_of(images: int) -> int:
    """Return how many repositories a registry with so many images has."""
    return -(-images // _IN_REPOSITORY)


def violating_of(images: int) -> int:
    """Return how many images of such a registry have a critical finding."""
    return -(-images // _VIOLATING)


def _scanned(number: int) -> Image:
    rows = _BAD if number % _VIOLATING == 0 else _GOOD
    scan = Scan(
        id=derive_id("che", f"scan {number}"),
        appears=_YESTERDAY,
        outcome=Outcome(vulnerabilities=rows),
    )
    name = f"{REGISTRY}/team-{number // _IN_REPOSITORY}/app"
    return _image(f"1.0.{number}", scan, name=name)


def _image(tag: str, *scans: Scan, name: str = REPOSITORY) -> Image:
    return Image(
        id=derive_id("crp", tag),
        name=name,
        digest=derive_digest(tag),
        tags=(Tag(tag),),
        scans=scans,
    )


def _row(number: int) -> Vulnerability:
    """A row with every field, as long as they are in a real listing."""
    advisory = f"CVE-2025-{1000 + number // 4}"
    return Vulnerability(
        severity=_SEVERITIES[number % len(_SEVERITIES)],
        name=advisory,
        link=f"https://avd.aquasec.com/nvd/{advisory.lower()}",
        package=f"package-{number % 400}",
        source="trivy",
        version=f"1.2.{number % 7}-{number}",
        fixed_by="1.2.9" if number % 3 else "",
        origin="os",
        type="debian",
    )


_GOOD = tuple(map(_row, range(6)))
_BAD = (Vulnerability(severity="CRITICAL", name="CVE-2025-1", package="openssl"), *_GOOD)
