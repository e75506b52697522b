"""A world as large as one likes, for benchmarks: made of values, for no YAML is read so fast.

Emulator(registry_world(repositories=200, images=50)).serve_forever()
"""

from collections.abc import Iterator

from scangate.emulator.moments import SECOND, Moment
from scangate.emulator.world import (
    Image,
    Outcome,
    Registry,
    Scan,
    ScanPolicy,
    Tag,
    Vulnerability,
    World,
    derive_digest,
    derive_id,
)

REGISTRY = "crp00000000generated"
"""The ID of the registry; its repositories are `team-0/app-0`, `team-1/app-1`, and so on."""

_DAY = 86400 * SECOND


def _outcome(**numbers: int) -> Outcome:
    """Every severity so many times, with fixes in a handful of packages."""
    severities = [severity for severity, number in numbers.items() for _ in range(number)]
    rows = tuple(
        Vulnerability(
            severity=severity.upper(),
            name=f"CVE-2026-{number:04}",
            package=f"library-{number % 4}",
            version="1.0",
            fixed_by="1.1",
            origin="os",
            type="debian",
        )
        for number, severity in enumerate(severities)
    )
    return Outcome(vulnerabilities=rows, counts=numbers)


_HARMLESS = _outcome(medium=12, low=40)
_VIOLATING = _outcome(critical=3, high=9)


def registry_world(*, repositories: int, images: int, violating: int = 50, scans: int = 2) -> World:
    """Return a registry of so many repositories of so many images, each scanned so many times.

    Every `violating`-th image has criticals and highs, with fixes; 0: none has.
    """
    numbered = enumerate(_names(repositories, images))
    return World(
        registries=(Registry(id=REGISTRY, scan_policy=ScanPolicy(id="policy", push=("*",))),),
        images=tuple(
            _image(name, number, violates=bool(violating) and number % violating == 0, scans=scans)
            for number, name in numbered
        ),
    )


def _names(repositories: int, images: int) -> Iterator[str]:
    for repository in range(repositories):
        yield from [f"{REGISTRY}/team-{repository % 20}/app-{repository}"] * images


def _image(name: str, number: int, *, violates: bool, scans: int) -> Image:
    outcome = _VIOLATING if violates else _HARMLESS
    age = Moment(-(number % 1000 + 2) * _DAY)
    return Image(
        id=derive_id("crp", f"image {number}"),
        name=name,
        digest=derive_digest(f"image {number}"),
        tags=(Tag(f"1.{number}"),),
        appears=age,
        created_at=age,
        compressed_size=50_000_000,
        layers=3,
        scans=tuple(_scan(number, place, outcome) for place in range(scans)),
    )


def _scan(number: int, place: int, outcome: Outcome) -> Scan:
    """The last one is of an hour ago, those before it a week apart."""
    began = Moment(-3600 * SECOND - place * 7 * _DAY)
    return Scan(id=derive_id("che", f"scan {number} {place}"), appears=began, outcome=outcome)
