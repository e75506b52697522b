"""From a reference to an artifact, however the tree is named; an index to all of its platforms."""

import dataclasses
import json
from typing import Any

import pytest

from scangate.emulator import Arrival, Reply
from scangate.emulator.behaviour import Lists, Nodes, Paths
from scangate.errors import (
    BadResponse,
    ImageNotFound,
    NotScannable,
    PermissionDenied,
    ScangateError,
    Unavailable,
)
from scangate.reference import ImageId
from tests.registries.cloud_registry.asking import NAME, REGISTRY, A, B, C, client, reference, world

TAGGED = f'id: img, tags: ["1", "2"], digest: "{A}"'
TREES: list[dict[str, Any]] = [
    {"artifact_nodes": nodes, "artifact_path": path, "listed_artifacts": lists}
    for nodes in Nodes
    for path in Paths
    for lists in Lists
]
NAMED = [":1", ":2", f"@{A}", f":nothing@{A}"]


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: "-".join(tree.values()))
@pytest.mark.parametrize("named", NAMED)
def test_an_image_is_found_in_every_tree(tree: dict[str, Any], named: str) -> None:
    with client(world(TAGGED, f'id: b, digest: "{B}", tags: ["3"]', **tree)) as it:
        image = it.image(named)
    assert (image.digest, image.name, image.host) == (A, NAME, "cr.yandex")
    assert image.id == it.emulator._api.world.images[0].artifact_id
    assert not image.platforms


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: "-".join(tree.values()))
@pytest.mark.parametrize(
    "named", [f"@{C}", f":1@{C}", ":none"], ids=["digest", "the tag's old digest", "tag"]
)
def test_what_is_not_there_is_not_found(tree: dict[str, Any], named: str) -> None:
    with client(world(TAGGED, **tree)) as it:
        assert it.registry.find(reference(named)) is None or pytest.fail("found another image")


def test_an_unknown_repository() -> None:
    with client(world(TAGGED)) as it:
        assert it.registry.find(reference(f"@{A}", name=f"{REGISTRY}/other")) is None


def test_an_alias_is_answered_with_the_registry() -> None:
    with client(world(TAGGED)) as it:
        image = it.registry.find(reference(":1", name="shop/team/app"))
    assert image is not None
    assert image.name == NAME


def test_an_id() -> None:
    with client(world(TAGGED, artifact_path=Paths.WHOLE)) as it:
        identity = it.image().id
        image = it.registry.find(ImageId(text=identity, host="cr.yandex"))
        assert it.registry.find(ImageId(text="cn1none", host="cr.yandex")) is None
    assert image is not None
    assert (image.id, image.digest, image.name) == (identity, A, NAME)


def test_a_long_list_is_read_to_its_end() -> None:
    many = [f'id: "{n}", tags: ["t{n}"]' for n in range(1500)]
    with client(world(*many, TAGGED, artifact_nodes=Nodes.TAGS)) as it:
        assert it.image(f"@{A}").digest == A
    assert len(it.asked(":listArtifacts")) == 2


# What the service may answer, in place of what it does


def changed(**changes: Any) -> Any:
    """Faults that change the artifact that is answered."""

    def faults(arrival: Arrival) -> Reply | None:
        if "/artifacts" not in arrival.request.path:
            return None
        usual = arrival.usual()
        told = {**json.loads(usual.body), **changes}
        return dataclasses.replace(usual, body=json.dumps(told).encode())

    return faults


MANIFEST: dict[str, Any] = {"imageManifest": {}}


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"registryId": "crp000000000000other"}, "got one of crp000000000000other"),
        ({"registryId": ""}, "got one of no registry"),
        ({"id": ""}, "has no ID"),
        ({"content": {"docker": {"manifestDigest": A}}}, "an image or an index"),
        (
            {"content": {"docker": {"manifestDigest": A, **MANIFEST, "manifestList": {}}}},
            "an image or an index",
        ),
    ],
    ids=["another registry", "no registry", "no ID", "no manifest", "two manifests"],
)
def test_an_artifact_that_cannot_be_meant(changes: dict[str, Any], match: str) -> None:
    with (
        client(world(TAGGED), faults=changed(**changes)) as it,
        pytest.raises(BadResponse, match=match),
    ):
        it.registry.find(reference())


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "FOLDER"},
        {"kind": "PACKAGE"},
        {"kind": 7},
        {"kind": ""},
        {"status": "DELETED"},
        {"status": "DELETING"},
        {"content": {}},
        {"content": {"docker": {"manifestDigest": B, **MANIFEST}}},
    ],
    ids=repr,
)
def test_an_artifact_that_is_not_it_is_passed_over(changes: dict[str, Any]) -> None:
    with client(world(TAGGED, artifact_nodes=Nodes.TAGS), faults=changed(**changes)) as it:
        # The list, which is read next, has it
        assert it.image(f":1@{A}").digest == A
    with client(world(TAGGED), faults=changed(**changes)) as it:
        identity = ImageId(text=it.image().id, host="cr.yandex")
        if "status" not in changes and "content" not in changes:
            with pytest.raises(BadResponse):
                it.registry.find(identity)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, PermissionDenied), (503, Unavailable), (409, Unavailable)]
)
def test_a_refusal_is_not_an_absence(status: int, kind: type[ScangateError]) -> None:
    def faults(arrival: Arrival) -> Reply | None:
        return Reply(status=status) if "getByPath" in arrival.request.path else None

    with client(world(TAGGED), faults=faults) as it, pytest.raises(kind) as caught:
        it.registry.find(reference())
    assert ("cloud-registry.viewer" in caught.value.hint) == (status == 403)


# Indexes


def index(*platforms: str) -> str:
    entries = ", ".join(f'{{platform: {p}, digest: "{d}"}}' for p, d in map(str.split, platforms))
    return f'id: index, tags: ["all"], index: [{entries}]'


ARM = f'id: arm, digest: "{B}"'
BOTH = index(f"linux/amd64 {A}", f"linux/arm64/v8 {B}", f"unknown/unknown {C}")


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: "-".join(tree.values()))
def test_every_platform_of_an_index_is_an_image(tree: dict[str, Any]) -> None:
    arm = f'{ARM}, tags: ["arm"]'
    with client(world(TAGGED, arm, BOTH, **tree)) as it:
        image = it.image(":all")
    images = [(each.platform, each.digest) for each in image.platforms]
    assert images == [("linux/amd64", A), ("linux/arm64/v8", B)]
    assert {each.index_digest for each in image.platforms} == {image.digest}
    assert {each.pinned for each in image.platforms} == {image.pinned}
    assert {each.name for each in image.platforms} == {NAME}


def test_an_attestation_is_passed_over_by_name() -> None:
    with client(world(TAGGED, ARM, BOTH)) as it:
        it.image(":all")
    assert any(C in line and "attestation" in line for line in it.asking.lines)


def test_a_platform_that_is_not_there_is_not_dropped() -> None:
    with (
        client(world(TAGGED, BOTH)) as it,
        pytest.raises(ImageNotFound, match=f"linux/arm64/v8 of the index .* {B}"),
    ):
        it.registry.find(reference(":all"))


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ((f"unknown/unknown {C}",), "names no image"),
        (("linux/amd64 sha512:abc",), "no sha256 digest"),
    ],
)
def test_an_index_that_cannot_be_judged(entries: tuple[str, ...], match: str) -> None:
    with (
        client(world(TAGGED, index(*entries))) as it,
        pytest.raises(NotScannable, match=match),
    ):
        it.registry.find(reference(":all"))


def test_an_index_in_an_index() -> None:
    inner = index(f"linux/amd64 {A}")
    with client(world(TAGGED, inner)) as it:
        digest = it.image(":all").digest
    outer = index(f"linux/amd64 {digest}").replace("id: index", "id: outer").replace("all", "outer")
    with client(world(TAGGED, inner, outer)) as it, pytest.raises(NotScannable, match="another"):
        it.registry.find(reference(":outer"))


@pytest.mark.parametrize(
    "platform", ["unknown/linux", "linux/unknown", "unknown", "UNKNOWN/UNKNOWN"]
)
def test_what_only_looks_like_an_attestation_is_judged(platform: str) -> None:
    with client(world(TAGGED, index(f"{platform} {A}"))) as it:
        assert [each.digest for each in it.image(":all").platforms] == [A]
