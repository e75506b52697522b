"""What each call answers, and what it refuses."""

from typing import Any

import pytest

from scangate.emulator import load_world

from .asking import KEY, REGISTRY, Answer, Service, one_image, service

TWO = "crp00000000000other1"
WORLD = f"""
registries:
  - {{id: {REGISTRY}, name: first, folder_id: folder1, aliases: [shop],
     scan_policy: {{id: pol, push: [a, b/c], push_disabled: true, disabled: true,
                   schedule: [{{prefixes: ["*"], period: 7d}}]}}}}
  - {{id: {TWO}, name: second, folder_id: folder2}}
images:
  - {{name: {REGISTRY}/app, id: one, tags: [b, a], created_at: -1h, digest: "sha256:bb",
     scans: [{{id: s1, finished: -2h}}, {{id: s2, finished: -1h, ends: ERROR}}]}}
  - {{name: {REGISTRY}/app, id: two, created_at: -2h, digest: "sha256:aa"}}
  - {{name: {REGISTRY}/lib/deep, id: three, created_at: -3h, digest: "sha256:cc",
     scans: [{{id: s3, finished: -3h,
              vulnerabilities: [{{severity: LOW, name: CVE-1, package: z}},
                                {{severity: HIGH, name: CVE-1, package: b, fixed_by: "2"}},
                                {{severity: HIGH, name: CVE-2, package: a}},
                                {{severity: NEW, name: CVE-3, package: a}}]}}]}}
  - {{name: {TWO}/app, id: four, digest: "sha256:dd"}}
"""


def asked() -> Service:
    return Service(load_world(WORLD))


def names(answer: Answer, field: str, key: str = "id") -> list[str]:
    return [item[key] for item in answer.json.get(field, [])]


def repository_id(path: str) -> str:
    answer = asked().ask("/repositories", registryId=REGISTRY).json["repositories"]
    return str(next(item["id"] for item in answer if item["name"] == f"{REGISTRY}/{path}"))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"repositoryName": f"{REGISTRY}/app"}, ["one", "two"]),
        ({"repositoryName": "shop/app"}, ["one", "two"]),
        ({"repositoryName": f"{REGISTRY}/lib"}, []),
        ({"registryId": REGISTRY}, ["one", "two", "three"]),
        ({"folderId": "folder2"}, ["four"]),
        ({"folderId": "folder3"}, []),
        ({"repositoryName": f"{TWO}/app", "registryId": REGISTRY, "folderId": "x"}, ["four"]),
        ({"registryId": TWO, "folderId": "folder1"}, ["four"]),
        ({"registryId": REGISTRY, "filter": f'name="{REGISTRY}/lib/deep"'}, ["three"]),
        ({"registryId": REGISTRY, "filter": f' name = "{REGISTRY}" '}, []),
        ({"registryId": REGISTRY, "filter": ""}, ["one", "two", "three"]),
        ({"registryId": REGISTRY, "orderBy": "digest"}, ["two", "one", "three"]),
        ({"registryId": REGISTRY, "orderBy": "created_at"}, ["three", "two", "one"]),
        ({"registryId": REGISTRY, "orderBy": "name, last_modified"}, ["two", "one", "three"]),
    ],
)
def test_image_list(query: dict[str, Any], ids: list[str]) -> None:
    assert names(asked().ask("/images", **query), "images") == ids


def test_image_get() -> None:
    image = asked().ask("/images/one").json
    assert image["name"] == f"{REGISTRY}/app"
    assert (image["digest"], image["tags"]) == ("sha256:bb", ["b", "a"])
    assert image["createdAt"] == "2026-11-22T09:00:00Z"
    assert isinstance(image["compressedSize"], str)
    assert len(image["layers"]) == 3


@pytest.mark.parametrize(
    ("path", "query", "field", "expected"),
    [
        ("/repositories", {"registryId": REGISTRY}, "repositories", ["app", "lib/deep"]),
        ("/repositories", {"folderId": "folder2"}, "repositories", [f"{TWO}/app"]),
        ("/registries", {"folderId": "folder1"}, "registries", ["first"]),
        ("/registries", {"folderId": "nowhere"}, "registries", []),
        ("/registries", {"folderId": "folder1", "filter": 'name="x"'}, "registries", []),
    ],
)
def test_other_lists(path: str, query: dict[str, Any], field: str, expected: Any) -> None:
    found = names(asked().ask(path, **query), field, "name")
    assert [name.removeprefix(f"{REGISTRY}/") for name in found] == expected


def test_registry_and_repository_get() -> None:
    assert asked().ask(f"/registries/{TWO}").json["folderId"] == "folder2"
    identity = repository_id("app")
    assert asked().ask(f"/repositories/{identity}").json == {
        "id": identity,
        "name": f"{REGISTRY}/app",
    }


@pytest.mark.parametrize("path", [f"/scanPolicies/{REGISTRY}:byRegistry", "/scanPolicies/pol"])
def test_scan_policy(path: str) -> None:
    policy = asked().ask(path).json
    assert (policy["id"], policy["registryId"], policy["disabled"]) == ("pol", REGISTRY, True)
    assert policy["rules"] == {
        "pushRule": {"repositoryPrefixes": ["a", "b/c"], "disabled": True},
        "scheduleRules": [{"repositoryPrefixes": ["*"], "rescanPeriod": "604800s"}],
    }


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"imageId": "one"}, ["s1", "s2"]),
        ({"imageId": "one", "repositoryId": ""}, ["s1", "s2"]),
        ({"imageId": "two"}, []),
        ({"imageId": "one", "filter": 'status="READY"'}, ["s1"]),
        ({"imageId": "one", "filter": 'status="RUNNING"'}, []),
        ({"imageId": "one", "orderBy": "status"}, ["s2", "s1"]),
        ({"repositoryId": repository_id("app")}, ["s1", "s2"]),
        ({"repositoryId": repository_id("lib/deep")}, ["s3"]),
    ],
)
def test_scan_list(query: dict[str, Any], ids: list[str]) -> None:
    assert names(asked().ask("/scans", **query), "scanResults") == ids


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({}, ["CVE-2 a", "CVE-1 b", "CVE-1 z", "CVE-3 a"]),
        ({"filter": 'severity="HIGH"'}, ["CVE-2 a", "CVE-1 b"]),
        ({"filter": 'name="CVE-1"'}, ["CVE-1 b", "CVE-1 z"]),
        ({"filter": 'name="CVE"'}, []),
        ({"orderBy": "severity"}, ["CVE-2 a", "CVE-1 b", "CVE-1 z", "CVE-3 a"]),
    ],
)
def test_vulnerabilities(query: dict[str, Any], rows: list[str]) -> None:
    answer = asked().ask("/scans/s3:listVulnerabilities", **query).json
    found = [row["package"] for row in answer.get("vulnerabilities", [])]
    assert [f"{package['name']} {package['package']}" for package in found] == rows


def test_scan_get() -> None:
    assert asked().ask("/scans/s3").json == {
        "id": "s3",
        "imageId": "three",
        "scannedAt": "2026-11-22T07:00:00Z",
        "status": "READY",
        # The word that no field exists for is counted, not lost
        "vulnerabilities": {"high": "2", "low": "1", "undefined": "1"},
    }


@pytest.mark.parametrize("path", ["/images/{}", "/images/{}:lastScanResult", "/scans/{}"])
def test_an_id_is_unquoted(path: str) -> None:
    assert asked().ask(path.format("no%2Fne")).json["message"].count("no/ne") == 1


def test_headers_and_request_ids() -> None:
    api = asked()
    first, second = api.ask("/images/none"), api.ask("/images/one")
    headers = first.reply.headers
    assert headers["Content-Type"] == "application/json"
    assert headers["Date"] == "Sun, 22 Nov 2026 10:00:00 GMT"
    assert headers["x-request-id"] != second.reply.headers["x-request-id"]
    assert headers["x-server-trace-id"] != headers["x-request-id"]
    assert first.json["details"][-1]["requestId"] == headers["x-request-id"]


def test_the_date_follows_the_time() -> None:
    late = asked().ask("/images/one", at="1m")
    assert late.reply.headers["Date"] == "Sun, 22 Nov 2026 10:01:00 GMT"


def test_the_same_key_starts_one_scan() -> None:
    api = asked()
    first, again = api.scan("one", key=KEY), api.scan("one", key=KEY, at="5s")
    assert first.json["id"] == again.json["id"]
    assert len(api.api.ledger.started) == 1


def test_without_a_key_each_request_starts_one() -> None:
    api = asked()
    assert api.scan("one").json["id"] != api.scan("one").json["id"]


def test_a_key_of_another_image_is_refused() -> None:
    api = asked()
    api.scan("one", key=KEY)
    answer = api.scan("two", key=KEY)
    assert (answer.status, "used for another" in answer.json["message"]) == (400, True)


def test_the_quota_of_parallel_scans() -> None:
    api = service(one_image("on_scan: {takes: 10s}"), parallel_scans=2)
    assert [api.scan("img").status for _ in range(3)] == [200, 200, 429]
    assert api.scan("img", at="10s").status == 200


def test_a_world_can_refuse_a_scan() -> None:
    refused = "on_scan: [{refused: FAILED_PRECONDITION, message: Too large}, {takes: 1s}]"
    api = service(one_image(refused))
    answer = api.scan("img", key=KEY)
    assert (answer.status, answer.json["code"], answer.json["message"]) == (400, 9, "Too large")
    assert api.scan("img", key=KEY).status == 200  # a refusal is not remembered
