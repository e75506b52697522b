"""What each call refuses, with which code and which words."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scangate.emulator import Access, Code, StatusError
from scangate.emulator.query import Listing
from scangate.emulator.refusals import HTTP_STATUS

from .asking import REGISTRY, Service
from .test_endpoints import TWO, asked

REFUSED: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "no parent": ("/images", {}, 3, "one of repositoryName, registryId and folderId"),
    "pattern": ("/images", {"repositoryName": "Up/per"}, 3, "repositoryName: does not match"),
    "reference": ("/images", {"repositoryName": "a/b:tag"}, 3, "repositoryName: does not match"),
    "long registry": ("/images", {"registryId": "a" * 51}, 3, "registryId: the length must be"),
    "long folder": ("/images", {"folderId": "a" * 51}, 3, "folderId: the length must be"),
    "page size text": ("/images", {"registryId": "a", "pageSize": "x"}, 3, "pageSize: must be"),
    "page size 1001": ("/images", {"registryId": "a", "pageSize": 1001}, 3, "pageSize: must be"),
    "page size -1": ("/images", {"registryId": "a", "pageSize": -1}, 3, "pageSize: must be"),
    "page size 1.0": ("/images", {"registryId": "a", "pageSize": "1.0"}, 3, "pageSize: must be"),
    "long token": ("/images", {"registryId": "a", "pageToken": "t" * 101}, 3, "pageToken: the "),
    "foreign token": ("/images", {"registryId": "a", "pageToken": "100"}, 3, "page_token: is not"),
    "long filter": ("/images", {"registryId": "a", "filter": "f" * 1001}, 3, "filter: the leng"),
    "filter without quotes": ("/images", {"registryId": "a", "filter": "name=x"}, 3, "filter: exp"),
    "filter operator": ("/images", {"registryId": "a", "filter": 'name!="x"'}, 3, "filter: expec"),
    "two filters": (
        "/scans/s1:listVulnerabilities",
        {"filter": 'name="x" AND severity="LOW"'},
        3,
        "filter: expected",
    ),
    "filter by tag": ("/images", {"registryId": "a", "filter": 'tags="x"'}, 3, "filter: tags is"),
    "long value": (
        "/images",
        {"registryId": "a", "filter": f'name="{"x" * 257}"'},
        3,
        "is no value of name",
    ),
    "status": ("/scans", {"imageId": "one", "filter": 'status="ready"'}, 3, "'ready' is no value"),
    "severity": (
        "/scans/s1:listVulnerabilities",
        {"filter": 'severity="high"'},
        3,
        "'high' is no value of severity",
    ),
    "order": ("/images", {"registryId": "a", "orderBy": "tags"}, 3, "orderBy: 'tags' is not one"),
    "order direction": ("/images", {"registryId": "a", "orderBy": "name desc"}, 3, "orderBy: 'na"),
    "order by time": ("/scans", {"imageId": "one", "orderBy": "scanned_at"}, 3, "orderBy: 'sca"),
    "long order": ("/images", {"registryId": "a", "orderBy": "o" * 101}, 3, "orderBy: the leng"),
    "unknown parameter": ("/images", {"registryId": "a", "tag": "x"}, 3, "tag: unknown parameter"),
    "snake case": ("/images", {"registry_id": "a"}, 3, "registry_id: unknown parameter"),
    "neither": ("/scans", {}, 3, "exactly one of imageId and repositoryId"),
    "both": ("/scans", {"imageId": "one", "repositoryId": "r"}, 3, "exactly one of imageId"),
    "no folder": ("/registries", {}, 3, "folderId: is required"),
    "no registry": ("/repositories", {}, 3, "one of registryId and folderId"),
    "repository order": ("/repositories", {"registryId": "a", "orderBy": "name"}, 3, "no fields"),
    "long path id": (f"/images/{'a' * 51}", {}, 3, "imageId: the length must be at most 50"),
    "image": ("/images/none", {}, 5, "Image none not found"),
    "reference as id": (f"/images/{REGISTRY}%2Fapp", {}, 5, f"Image {REGISTRY}/app not found"),
    "last of no image": ("/images/none:lastScanResult", {}, 5, "Image none not found"),
    "scans of no image": ("/scans", {"imageId": "none"}, 5, "Image none not found"),
    "scans of no repository": ("/scans", {"repositoryId": "none"}, 5, "Repository none not found"),
    "scan": ("/scans/none", {}, 5, "ScanResult none not found"),
    "rows of no scan": ("/scans/none:listVulnerabilities", {}, 5, "ScanResult none not found"),
    "registry": ("/registries/none", {}, 5, "Registry none not found"),
    "registry by alias": ("/registries/shop", {}, 5, "Registry shop not found"),
    "repository": ("/repositories/none", {}, 5, "Repository none not found"),
    "policy": ("/scanPolicies/none", {}, 5, "ScanPolicy none not found"),
    "policy of no registry": ("/scanPolicies/none:byRegistry", {}, 5, "Registry none not found"),
    "no policy": (f"/scanPolicies/{TWO}:byRegistry", {}, 5, f"registry {TWO} not found"),
    "operation": ("/operations/none", {}, 5, "Operation none not found"),
    "no endpoint": ("/nothing", {}, 5, "Not Found"),
    "quoted verb": ("/images/one%3AlastScanResult", {}, 5, "Image one:lastScanResult not found"),
    "trailing slash": ("/images/", {}, 5, "Not Found"),
}


@pytest.mark.parametrize(("path", "query", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(path: str, query: dict[str, Any], code: int, message: str) -> None:
    answer = asked().ask(path, **query)
    assert answer.status == HTTP_STATUS[Code(code)]
    assert answer.json["code"] == code
    assert message in answer.json["message"]


def test_a_parameter_given_twice_is_refused() -> None:
    listing = Listing[object](parents=("registryId",), filters={})
    with pytest.raises(StatusError, match="registryId: given twice"):
        listing.parse("registryId=a&registryId=b")


BODIES = {
    "no body": (b"", "the body is not JSON"),
    "not json": (b"imageId=one", "the body is not JSON"),
    "not utf-8": (b'{"imageId": "\xff"}', "the body is not JSON"),
    "list": (b'["one"]', "the body must be an object"),
    "other field": (b'{"image_id": "one"}', "the body must be an object"),
    "missing": (b"{}", "imageId: is required"),
    "empty": (b'{"imageId": ""}', "imageId: is required"),
    "number": (b'{"imageId": 5}', "imageId: is required"),
    "long": (json.dumps({"imageId": "a" * 51}).encode(), "imageId: the length must be at most 50"),
}


@pytest.mark.parametrize(("body", "message"), BODIES.values(), ids=BODIES)
def test_scan_refuses_a_body(body: bytes, message: str) -> None:
    answer = asked().ask("/scans", method="POST", body=body)
    assert (answer.status, answer.json["code"]) == (400, 3)
    assert message in answer.json["message"]


def test_scan_refuses_a_key_that_is_no_uuid() -> None:
    answer = asked().scan("one", key="again")
    assert answer.json["message"] == "Idempotency-Key: must be a UUID"


def test_scan_of_no_image_is_not_found_with_a_localized_message() -> None:
    answer = asked().scan("cr.yandex/x/y")
    assert answer.status == 404
    localized, info = answer.json["details"]
    assert localized["@type"] == "type.googleapis.com/google.rpc.LocalizedMessage"
    assert info["@type"] == "type.googleapis.com/google.rpc.RequestInfo"


@pytest.mark.parametrize(("method", "path"), [("POST", "/images"), ("DELETE", "/images/one")])
def test_another_method(method: str, path: str) -> None:
    answer = asked().ask(path, method=method)
    assert (answer.status, answer.json["code"]) == (501, 12)


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [("good", 200, None), ("bad", 401, 16), ("", 401, 16), (" ", 401, 16), ("weak", 403, 7)],
)
def test_tokens(token: str, status: int, code: int) -> None:
    access = Access(accepted=frozenset({"good", "weak"}), forbidden=frozenset({"weak"}))
    api = Service(replace(asked().world, access=access), token=token)
    answer = api.ask("/images/one")
    assert (answer.status, answer.json.get("code")) == (status, code)


def test_any_token_by_default() -> None:
    assert Service(asked().world, token="anything").ask("/images/one").status == 200
