"""Digests are written into the manifest, or nothing is."""

import msgspec
import pytest

from scangate.errors import InternalError
from scangate.manifests import Manifest, pin, read
from tests.manifests.test_images import pod

IMAGE = "cr.yandex/crp0/a"
DIGEST = f"sha256:{'0a' * 32}"
OTHER = f"sha256:{'0b' * 32}"


def manifest(text: str) -> Manifest:
    return read(text.encode(), file="app.yaml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (IMAGE, f"{IMAGE}@{DIGEST}"),
        (f"{IMAGE}:1", f"{IMAGE}@{DIGEST}"),
        (f"{IMAGE}@{DIGEST}", f"{IMAGE}@{DIGEST}"),
        (f"{IMAGE}:1@{DIGEST}", f"{IMAGE}:1@{DIGEST}"),
    ],
    ids=["no tag", "a tag", "a digest", "both"],
)
def test_a_reference(before: str, after: str) -> None:
    assert pin(manifest(pod(before)), {before: DIGEST}) == pod(after)


def test_other_registries_stay_as_they_are() -> None:
    text = pod(f"{IMAGE}:1") + "  - image: nginx:1\n"

    assert pin(manifest(text), {f"{IMAGE}:1": DIGEST}) == text.replace(":1", f"@{DIGEST}", 1)


def test_a_digest_that_is_not_the_judged_one() -> None:
    with pytest.raises(InternalError, match="does not have the digests that were judged"):
        pin(manifest(pod(f"{IMAGE}@{DIGEST}")), {f"{IMAGE}@{DIGEST}": OTHER})


def test_a_digest_that_is_none() -> None:
    with pytest.raises(InternalError, match="cannot be read once it is pinned"):
        pin(manifest(pod(f"{IMAGE}:1")), {f"{IMAGE}:1": "sha256:0"})


@pytest.mark.parametrize(
    ("shift", "why"),
    [(-7, "cannot be read"), (40, "does not have the digests|cannot be read")],
    ids=["before it", "after it"],
)
def test_a_place_that_is_wrong(shift: int, why: str) -> None:
    right = manifest(pod(f"{IMAGE}:1") + f"# {'x' * 80}\n")
    wrong = msgspec.structs.replace(
        right.known[0], start=right.known[0].start + shift, end=right.known[0].end + shift
    )

    with pytest.raises(InternalError, match=why):
        pin(msgspec.structs.replace(right, known=(wrong,)), {f"{IMAGE}:1": DIGEST})


def test_a_change_beside_the_images() -> None:
    """A parser that told the places wrongly must not make another manifest of it."""
    right = manifest(f"a: x\n{pod(f'{IMAGE}:1')}")
    first = right.known[0]
    text = right.text.replace("a: x", "a: y")

    with pytest.raises(InternalError, match="would not be the same but for its images"):
        pin(msgspec.structs.replace(right, text=text, known=(first,)), {f"{IMAGE}:1": DIGEST})
