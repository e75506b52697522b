"""An audit over Cloud Registry, whose tree is walked and whose scans are asked image by image."""

import dataclasses

import pytest

from scangate.emulator import Behaviour, load_world
from scangate.emulator.behaviour import Lists, Nodes, Paths
from scangate.emulator.world import PlatformManifest

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


def test_a_registry_that_is_not_there(auditor: Auditor) -> None:
    with auditor.emulator(WORLD) as emulator:
        told = auditor.audit(emulator, "cr.yandex/crp00000000000nobody", *OPTIONS)

    assert (told.code, told.endings) == (3, {"": "image-not-found"})
