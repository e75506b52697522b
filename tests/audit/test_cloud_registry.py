"""An audit over Cloud Registry, whose tree is walked and whose scans are asked image by image."""

import dataclasses

import pytest

from scangate.emulator import Arrival, Behaviour, Reply, load_world
from scangate.emulator.behaviour import Lists, Nodes, Paths
from scangate.emulator.world import PlatformManifest
from tests.faults.weather import JSON

from .running import Auditor

REGISTRY = "crp0000000000000test"
TARGET = f"cr.yandex/{REGISTRY}"
AMD, ARM, LOST = (f"sha256:{letter * 64}" for letter in "abc")
SCAN = "scans: [{finished: -1h, vulnerabilities: [{severity: LOW, name: CVE-1, package: p}]}]"
WORLD = load_world(f"""
registries: [{{id: {REGISTRY}}}]
images:
  - {{name: {REGISTRY}/app, tags: ["1", amd], digest: "{AMD}", {SCAN}}}
  - {{name: {REGISTRY}/app, tags: [arm], digest: "{ARM}", {SCAN}}}
  - name: {REGISTRY}/app
    tags: [both]
    index:
      - {{platform: linux/amd64, digest: "{AMD}"}}
      - {{platform: linux/arm64, digest: "{ARM}"}}
  - {{name: {REGISTRY}/team/deep/web, tags: [v1], {SCAN}}}
  - name: {REGISTRY}/team/api
    tags: [v1]
    scans: [{{finished: -1h, vulnerabilities: [{{severity: CRITICAL, name: CVE-2, package: p}}]}}]
""")
BROKEN = load_world(f"""
registries: [{{id: {REGISTRY}}}]
images:
  - {{name: {REGISTRY}/app, tags: ["1"], digest: "{AMD}", {SCAN}}}
  - name: {REGISTRY}/app
    tags: [both]
    index:
      - {{platform: linux/amd64, digest: "{AMD}"}}
      - {{platform: linux/arm64, digest: "{LOST}"}}
""")
OPTIONS = ("--api", "cloud-registry", "--fail-on", "critical")
TREES = [
    Behaviour(artifact_nodes=nodes, artifact_path=path, listed_artifacts=lists)
    for nodes in Nodes
    for path in Paths
    for lists in Lists
]


@pytest.mark.parametrize(
    "tree", TREES, ids=lambda it: f"{it.artifact_nodes}-{it.artifact_path}-{it.listed_artifacts}"
)
def test_every_image_of_every_tree(auditor: Auditor, tree: Behaviour) -> None:
    with auditor.emulator(dataclasses.replace(WORLD, behaviour=tree)) as emulator:
        told = auditor.audit(emulator, TARGET, *OPTIONS)

    assert told.code == 1
    assert [each["verdict"] for each in told.report["images"]] == ["pass", "pass", "fail", "pass"]
    assert told.endings.keys() == {"app", "team/api", "team/deep/web"}
    assert told.report["api"] == "cloud-registry"


def test_what_it_costs(auditor: Auditor) -> None:
    with auditor.emulator(WORLD) as emulator:
        auditor.audit(emulator, TARGET, *OPTIONS, "--counts-only")

    asked = [each.path.rpartition("/")[2].rpartition(":")[2] for each in emulator.requests]
    folders, repositories, images = len(["", "team", "deep"]), 3, 4
    assert asked.count("listArtifacts") == folders + 2 * repositories
    assert asked.count("List") == images
    assert len(asked) == folders + 2 * repositories + images


def test_a_prefix(auditor: Auditor) -> None:
    with auditor.emulator(WORLD) as emulator:
        told = auditor.audit(emulator, f"{TARGET}/team/deep", *OPTIONS)

    assert (told.code, told.endings) == (0, {"team/deep/web": "pass"})


INDEXES = [
    pytest.param([("linux/amd64", AMD)], 0, id="its platform is there"),
    pytest.param([("linux/amd64", AMD), ("unknown/unknown", LOST)], 0, id="and an attestation"),
    pytest.param([("linux/amd64", AMD), ("linux/arm64", LOST)], 3, id="one of them is not there"),
    pytest.param([("unknown/unknown", LOST)], 3, id="nothing but an attestation"),
    pytest.param([("unknown/unknown", AMD)], 3, id="what is there is called one"),
]


@pytest.mark.parametrize(("platforms", "code"), INDEXES)
def test_an_index_is_left_to_its_platforms_if_they_are_all_there(
    auditor: Auditor, platforms: list[tuple[str, str]], code: int
) -> None:
    entries = tuple(PlatformManifest(*each) for each in platforms)
    image, index = BROKEN.images
    world = dataclasses.replace(BROKEN, images=(image, dataclasses.replace(index, index=entries)))
    with auditor.emulator(world) as emulator:
        assert auditor.audit(emulator, TARGET, *OPTIONS).code == code


PUSHED = load_world(f"""
registries: [{{id: {REGISTRY}}}]
images:
  - {{name: {REGISTRY}/app, tags: [prod-old], created_at: -9d, {SCAN}}}
  - {{name: {REGISTRY}/app, created_at: -3d, digest: "{AMD}", {SCAN}}}
  - {{name: {REGISTRY}/app, created_at: -2d, digest: "{ARM}", {SCAN}}}
  - name: {REGISTRY}/app
    tags: [prod, latest]
    created_at: -1d
    index:
      - {{platform: linux/amd64, digest: "{AMD}"}}
      - {{platform: linux/arm64, digest: "{ARM}"}}
""")
"""What `docker buildx build --platform linux/amd64,linux/arm64 --tag … --push` leaves."""


@pytest.mark.parametrize(
    ("limits", "digests"),
    [
        (("--tag", "prod"), {AMD, ARM}),
        (("--tag", "latest"), {AMD, ARM}),
        (("--newest", "1"), {AMD, ARM}),
        (("--since", "36h"), {AMD, ARM}),
        (("--tag", "dev"), set()),
        (("--since", "1h"), set()),
    ],
)
def test_platforms_have_the_tags_and_the_time_of_their_index(
    auditor: Auditor, limits: tuple[str, ...], digests: set[str]
) -> None:
    with auditor.emulator(PUSHED) as emulator:
        told = auditor.audit(emulator, TARGET, *OPTIONS, *limits)

    assert {image["digest"] for image in told.report["images"]} == digests
    assert told.code == (0 if digests else 3)


def test_an_index_in_an_index_is_left_to_nobody(auditor: Auditor) -> None:
    """So it is for check: the scanner takes images."""
    inner = PUSHED.images[-1]
    entries = (PlatformManifest("linux/amd64", inner.digest),)
    outer = dataclasses.replace(inner, id="outer", digest=LOST, tags=(), index=entries)
    world = dataclasses.replace(PUSHED, images=(*PUSHED.images, outer))
    with auditor.emulator(world) as emulator:
        told = auditor.audit(emulator, TARGET, *OPTIONS)

    assert told.code == 3
    assert [each["digest"] for each in told.report["images"] if each["error"]] == [LOST]


def test_scans_are_asked_of_no_image_that_is_not_meant(auditor: Auditor) -> None:
    with auditor.emulator(PUSHED) as emulator:
        auditor.audit(emulator, TARGET, *OPTIONS, "--tag", "prod-old")

    assert [each.path.rpartition("/")[2] for each in emulator.requests].count("List") == 1


@pytest.mark.parametrize("body", [b"{}", b'{"items": []}', b'{"code": 7, "message": "denied"}'])
def test_a_repository_that_is_empty_of_a_sudden_has_no_verdict(
    auditor: Auditor, body: bytes
) -> None:
    seen: list[str] = []

    def faults(arrival: Arrival) -> Reply | None:
        seen.extend([arrival.request.query] if "path=app" in arrival.request.query else [])
        return Reply(headers=JSON, body=body) if len(seen) == 2 else None

    with auditor.emulator(PUSHED, faults) as emulator:
        told = auditor.audit(emulator, TARGET, *OPTIONS)

    assert told.code == (5 if b"code" in body else 3)
    assert [each["place"] for each in told.report["unknown"]] == [f"{TARGET}/app"]


def test_a_registry_that_is_not_there(auditor: Auditor) -> None:
    with auditor.emulator(WORLD) as emulator:
        told = auditor.audit(emulator, "cr.yandex/crp00000000000nobody", *OPTIONS)

    assert (told.code, told.endings) == (3, {"": "image-not-found"})
