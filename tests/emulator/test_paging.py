"""Pages: together they are the list, whatever their size; tokens are good for one listing."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .asking import REGISTRY, Service, service

MANY = f"""[
  {{name: {REGISTRY}/app, id: img, tags: [a], scans: [
     {{id: s1, vulnerabilities: [{{severity: LOW, name: CVE-1, package: p, repeat: 250}}]}},
     {{id: s2, vulnerabilities: [{{severity: LOW, name: CVE-1, package: p, repeat: 250}}]}}]}},
  {{name: {REGISTRY}/app}}, {{name: {REGISTRY}/app}}, {{name: {REGISTRY}/app}}]"""
ROWS = "/scans/s1:listVulnerabilities"


def walk(asked: Service, path: str, field: str, **query: Any) -> list[list[Any]]:
    """Every page of a list."""
    pages: list[list[Any]] = []
    token: dict[str, Any] = {}
    while True:
        answer = asked.ask(path, **query, **token).json
        pages.append(answer.get(field, []))
        if not answer.get("nextPageToken"):
            return pages
        token = {"pageToken": answer["nextPageToken"]}


@pytest.mark.parametrize(
    ("size", "pages"),
    [
        ({}, [100, 100, 50]),
        ({"pageSize": 0}, [100, 100, 50]),
        ({"pageSize": 249}, [249, 1]),
        ({"pageSize": 250}, [250]),
        ({"pageSize": 1000}, [250]),
        ({"pageSize": 125}, [125, 125]),
    ],
)
def test_sizes(size: dict[str, int], pages: list[int]) -> None:
    found = walk(service(MANY), ROWS, "vulnerabilities", **size)
    assert [len(page) for page in found] == pages


@given(size=st.integers(1, 1000))
@settings(max_examples=25, deadline=None)
def test_the_pages_together_are_the_list(size: int) -> None:
    asked = service(MANY)
    (whole,) = walk(asked, ROWS, "vulnerabilities", pageSize=1000)
    pages = walk(asked, ROWS, "vulnerabilities", pageSize=size)
    assert [row for page in pages for row in page] == whole


@pytest.mark.parametrize(
    ("path", "field", "query"),
    [
        ("/images", "images", {"registryId": REGISTRY}),
        ("/scans", "scanResults", {"imageId": "img"}),
        ("/repositories", "repositories", {"registryId": REGISTRY}),
    ],
)
def test_every_list_has_pages(path: str, field: str, query: dict[str, Any]) -> None:
    asked = service(MANY)
    single = walk(asked, path, field, pageSize=1, **query)
    assert all(len(page) == 1 for page in single)
    assert [p[0] for p in single] == asked.ask(path, **query).json[field]


def test_the_size_may_change_from_page_to_page() -> None:
    asked = service(MANY)
    token = asked.ask(ROWS, pageSize=10).json["nextPageToken"]
    rest = asked.ask(ROWS, pageSize=1000, pageToken=token).json
    assert len(rest["vulnerabilities"]) == 240
    assert "nextPageToken" not in rest


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/scans/s2:listVulnerabilities", {}),
        (ROWS, {"filter": 'severity="LOW"'}),
        (ROWS, {"orderBy": "severity"}),
        ("/images", {"registryId": REGISTRY}),
    ],
)
def test_a_token_of_another_listing_is_refused(path: str, query: dict[str, Any]) -> None:
    asked = service(MANY)
    token = asked.ask(ROWS).json["nextPageToken"]
    answer = asked.ask(path, pageToken=token, **query)
    assert (answer.status, answer.json["code"]) == (400, 3)


def test_a_token_of_another_run_is_refused() -> None:
    token = service(MANY).ask(ROWS).json["nextPageToken"]
    assert service(MANY).ask(ROWS, pageToken=token).status == 400


def test_a_token_tells_nothing() -> None:
    token = service(MANY).ask(ROWS).json["nextPageToken"]
    assert re.fullmatch(r"[0-9a-f]{48}", token)
    assert len(token) <= 100


def test_the_same_page_asked_again_is_the_same() -> None:
    asked = service(MANY)
    assert asked.ask(ROWS).json == asked.ask(ROWS).json
