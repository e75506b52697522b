"""What is not new."""

import pytest

from scangate.model import Image, Severity, Vulnerability
from scangate.policy.baseline import Baseline
from tests.fakes import IMAGE

OTHER = Image(id="image-2", host="cr.yandex", name="crp0/other", digest="sha256:" + "b" * 64)
UNKNOWN = Image(id="image-3", host="", name="", digest="")


def row(advisory: str = "CVE-1", package: str = "zlib", **more: bool | str) -> Vulnerability:
    return Vulnerability(severity=Severity.HIGH, id=advisory, package=package, **more)  # type: ignore[arg-type]  # a row's texts, and whether it is described


@pytest.mark.parametrize(
    ("vulnerability", "had"),
    [
        (row(), True),
        (row(version="9", fixed_version="10"), True),
        (row(package="zlib-dev"), False),
        (row("CVE-2"), False),
        (row("cve-1"), False),
        (row(described=False), False),
        (row(""), False),
        (row(package=""), False),
    ],
    ids=[
        "the same",
        "of another version",
        "of another package",
        "another advisory",
        "spelt otherwise",
        "not described",
        "without an advisory",
        "without a package",
    ],
)
def test_what_was_there_before(vulnerability: Vulnerability, had: bool) -> None:
    nameless = [row(""), row(package=""), row(described=False)]
    assert Baseline.of([row(), *nameless]).has(vulnerability, IMAGE) is had


def test_a_baseline_of_one_image_is_for_every_image() -> None:
    baseline = Baseline.of([row()])
    assert all(baseline.has(row(), image) for image in (IMAGE, OTHER, UNKNOWN))


def test_a_baseline_of_repositories_is_for_each_alone() -> None:
    keys = frozenset({("CVE-1", "zlib")})
    baseline = Baseline(repositories={IMAGE.repository: keys, OTHER.repository: frozenset()})
    assert baseline.has(row(), IMAGE)
    assert not baseline.has(row(), OTHER)
    assert not baseline.has(row(), UNKNOWN)


def test_an_empty_baseline_knows_nothing() -> None:
    assert not Baseline.of([]).has(row(), IMAGE)
    assert not Baseline().has(row(), IMAGE)
