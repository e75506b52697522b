"""Each switch changes what it says, and the default is the other way."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from yandex.cloud.cloudregistry.v1 import scanner_service_pb2
from yandex.cloud.operation import operation_pb2

from scangate.emulator import Behaviour
from scangate.emulator.behaviour import (
    Clean,
    FailedOperation,
    Integers,
    Lists,
    Nodes,
    NoLast,
    NoPolicy,
    Nothing,
    Paths,
    Utc,
)

from .asking import REGISTRY, Answer, Service, one_image, service, with_registry

ONE_HIGH = "scans: [{id: s, finished: -1h, vulnerabilities: [{severity: HIGH}]}]"
CLEAN = "scans: [{id: s, finished: -1h}]"
RUNNING = "scans: [{id: s, appears: -1m, takes: 1h}]"
FAILED = "scans: [{id: s, finished: -1h, ends: ERROR}]"
NANOS = "scans: [{id: s, finished: 2026-11-22T09:00:00.123456789Z}]"
ZEROS = dict.fromkeys(("critical", "high", "medium", "low", "negligible", "undefined"), "0")
ALIAS = f"registries: [{{id: {REGISTRY}, aliases: [shop]}}]\nimages: {one_image()}"


Question = Callable[[Service], object]


def get(path: str, field: str = "", **query: Any) -> Question:
    def read(asked: Service) -> object:
        answer = asked.ask(path, **query)
        return answer.json.get(field) if field else (answer.status, answer.json)

    return read


def status(path: str, **query: Any) -> Question:
    return lambda asked: asked.ask(path, **query).status


def failed_operation(at: str) -> Question:
    def read(asked: Service) -> object:
        identity = asked.scan("img").json["id"]
        return sorted(asked.ask(f"/operations/{identity}", at=at).json.keys() & OUTCOME)

    return read


def listed(asked: Service, name: str) -> list[Any]:
    images: list[Any] = asked.ask("/images", repositoryName=name).json.get("images", [])
    return images


def scan_index(asked: Service) -> Answer:
    world = asked.world
    listed = replace(world, behaviour=replace(world.behaviour, index_listed=True))
    return Service(listed).scan("index")


def artifacts(asked: Service) -> list[Any]:
    path = f"/cloud-registry/v1/registries/{REGISTRY}:listArtifacts"
    found: list[Any] = asked.ask(path, path="app").json["artifacts"]
    return found


def names(asked: Service) -> list[str]:
    return [each["name"] for each in artifacts(asked)]


def artifact(asked: Service) -> Any:
    path = f"/cloud-registry/v1/registries/{REGISTRY}/artifacts:getByPath"
    return asked.ask(path, path="app/1").json


def cloud_operation(asked: Service) -> bool:
    """Whether the operation of a scan tells its result."""
    request = scanner_service_pb2.ScanRequest(artifact_id=asked.world.images[0].artifact_id)
    path = "/yandex.cloud.cloudregistry.v1.ScannerService/Scan"
    reply = asked.ask(path, method="POST", body=request.SerializeToString()).reply
    identity = operation_pb2.Operation.FromString(reply.body).id
    return "response" in asked.ask(f"/operations/{identity}", at="10s").json


DIGEST = "sha256:" + "a" * 64
TAGGED = f'tags: ["1"], digest: "{DIGEST}"'
INDEX = f"""registries: [{{id: {REGISTRY}}}]
images: [{{name: {REGISTRY}/app/i, id: index, index: [{{platform: linux/amd64, digest: "x"}}]}}]
"""
OUTCOME = {"done", "error", "response"}
FAILING = "on_scan: {takes: 10s, ends: ERROR}"
APP = f"{REGISTRY}/app"
# switch, setting, image, question, answer without the switch, answer with it
SWITCHES: list[tuple[str, object, str, Question, object, object]] = [
    (
        "zero_counts_written",
        True,
        ONE_HIGH,
        get("/scans/s", "vulnerabilities"),
        {"high": "1"},
        ZEROS | {"high": "1"},
    ),
    ("clean_vulnerabilities", Clean.EMPTY, CLEAN, get("/scans/s", "vulnerabilities"), None, {}),
    ("clean_vulnerabilities", Clean.ZEROS, CLEAN, get("/scans/s", "vulnerabilities"), None, ZEROS),
    (
        "empty_fields_written",
        True,
        "",
        get("/images", registryId="none"),
        (200, {}),
        (200, {"images": []}),
    ),
    ("last_page_token_written", True, "", get("/scans", "nextPageToken", imageId="img"), None, ""),
    (
        "integers",
        Integers.NUMBERS,
        ONE_HIGH,
        get("/scans/s", "vulnerabilities"),
        {"high": "1"},
        {"high": 1},
    ),
    (
        "fraction_digits",
        0,
        NANOS,
        get("/scans/s", "scannedAt"),
        "2026-11-22T09:00:00.123456789Z",
        "2026-11-22T09:00:00Z",
    ),
    (
        "fraction_digits",
        3,
        CLEAN,
        get("/scans/s", "scannedAt"),
        "2026-11-22T09:00:00Z",
        "2026-11-22T09:00:00.000Z",
    ),
    (
        "fraction_digits",
        9,
        CLEAN,
        get("/scans/s", "scannedAt"),
        "2026-11-22T09:00:00Z",
        "2026-11-22T09:00:00.000000000Z",
    ),
    (
        "utc",
        Utc.OFFSET,
        CLEAN,
        get("/scans/s", "scannedAt"),
        "2026-11-22T09:00:00Z",
        "2026-11-22T09:00:00+00:00",
    ),
    ("never_scanned_list", Nothing.NOT_FOUND, "", status("/scans", imageId="img"), 200, 404),
    (
        "never_scanned_last",
        NoLast.EMPTY_OBJECT,
        RUNNING,
        status("/images/img:lastScanResult"),
        404,
        200,
    ),
    ("last_shows_failed", False, FAILED, status("/images/img:lastScanResult"), 200, 404),
    (
        "running_has_time",
        True,
        RUNNING,
        get("/scans/s", "scannedAt"),
        None,
        "2026-11-22T09:59:00Z",
    ),
    (
        "failed_has_time",
        False,
        FAILED,
        get("/scans/s", "scannedAt"),
        "2026-11-22T09:00:00Z",
        None,
    ),
    (
        "unfinished_list_refused",
        True,
        RUNNING,
        status("/scans/s:listVulnerabilities"),
        200,
        400,
    ),
    ("error_before_done", True, FAILING, failed_operation("4s"), [], []),
    ("error_before_done", True, FAILING, failed_operation("5s"), [], ["error"]),
    (
        "failed_operation",
        FailedOperation.RESPONSE,
        FAILING,
        failed_operation("10s"),
        ["done", "error"],
        ["done", "response"],
    ),
    ("parallel_scans", 0, "", lambda asked: asked.scan("img").status, 200, 429),
    (
        "unknown_repository",
        Nothing.NOT_FOUND,
        "",
        status("/images", repositoryName=f"{APP}x"),
        200,
        404,
    ),
    ("unknown_repository", Nothing.NOT_FOUND, "", status("/images", registryId="none"), 200, 404),
    ("unknown_repository", Nothing.NOT_FOUND, "", status("/images", repositoryName=APP), 200, 200),
    (
        "aliases_resolved",
        False,
        ALIAS,
        lambda asked: len(asked.ask("/images", repositoryName="shop/app").json.get("images", [])),
        1,
        0,
    ),
    (
        "no_scan_policy",
        NoPolicy.BAD_REQUEST,
        "",
        status(f"/scanPolicies/{REGISTRY}:byRegistry"),
        404,
        400,
    ),
    ("index_listed", True, INDEX, lambda asked: len(listed(asked, f"{APP}/i")), 0, 1),
    ("index_scanned", True, INDEX, lambda asked: scan_index(asked).status, 400, 200),
    ("artifact_nodes", Nodes.TAGS, TAGGED, names, ["1", DIGEST], ["1"]),
    ("artifact_nodes", Nodes.DIGESTS, TAGGED, names, ["1", DIGEST], [DIGEST]),
    ("artifact_path", Paths.WHOLE, TAGGED, lambda asked: artifact(asked)["path"], "app", "app/1"),
    (
        "listed_artifacts",
        Lists.DIGEST,
        TAGGED,
        lambda asked: list(artifacts(asked)[0]["content"]["docker"]),
        ["manifestDigest", "imageManifest"],
        ["manifestDigest"],
    ),
    ("scan_response", False, TAGGED, cloud_operation, True, False),
]


@pytest.mark.parametrize(
    ("switch", "setting", "image", "question", "without", "with_switch"),
    SWITCHES,
    ids=[f"{row[0]}={row[1]}-{number}" for number, row in enumerate(SWITCHES)],
)
def test_switch(
    switch: str,
    setting: object,
    image: str,
    question: Question,
    without: object,
    with_switch: object,
) -> None:
    text = image if image.startswith("registries") else with_registry(one_image(image))
    assert question(service(text)) == without
    assert question(service(text, **{switch: setting})) == with_switch


def test_every_switch_is_tested() -> None:
    assert {row[0] for row in SWITCHES} == {switch.name for switch in fields(Behaviour)}


def test_no_policy_says_so_in_words() -> None:
    asked = service(one_image(), no_scan_policy=NoPolicy.BAD_REQUEST)
    answer = asked.ask(f"/scanPolicies/{REGISTRY}:byRegistry").json
    assert (answer["code"], answer["message"]) == (3, "Scan policy not found for registry")


def test_what_the_world_tells_wins_over_a_switch() -> None:
    told = "scans: [{id: s, ends: ERROR, scanned_at: 2026-11-22T09:00:00Z}]"
    asked = service(one_image(told), failed_has_time=False)
    assert asked.ask("/scans/s").json["scannedAt"] == "2026-11-22T09:00:00Z"


def test_variants_are_the_default_and_each_single_change() -> None:
    variants = dict(Behaviour().variants())
    assert variants.pop("as-is") == Behaviour()
    for name, behaviour in variants.items():
        changed = [
            switch.name
            for switch in fields(Behaviour)
            if getattr(behaviour, switch.name) != getattr(Behaviour(), switch.name)
        ]
        assert changed == [name.partition("=")[0]]
    assert len(variants) == len({switch.name for switch in fields(Behaviour)}) - 1 + 4
