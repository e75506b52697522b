"""Scan results, their vulnerabilities, and starting a scan."""

import json

import pytest

from scangate.emulator import Ending, Raw, Reply
from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    ImageNotFound,
    NotScannable,
    ScanFailed,
    ScangateError,
    Unavailable,
)
from scangate.model import ScanResult, ScanStatus, Severity
from scangate.registries.container_registry import ContainerRegistry
from tests.transport.serving import Asking, bad, sent, serving

from .asking import DIGEST, IMAGE, NAME, ROOT, all_at, client, query, requests, told

READY = ScanResult(id="s", image_id="img", status=ScanStatus.READY)


def result(identity: str, status: str = "READY") -> dict[str, str]:
    return {"id": identity, "imageId": "img", "status": status}


def test_all_scans_of_all_pages() -> None:
    answers = (
        told({"scanResults": [result("a"), result("b", "RUNNING")], "nextPageToken": "p2"}),
        told({"nextPageToken": "p3"}),
        told({"scanResults": [result("c", "ERROR")]}),
    )
    with client(*answers) as (registry, server):
        assert [scan.id for scan in registry.scans(IMAGE)] == ["a", "b", "c"]
    assert [query(request) for request in requests(server)] == [
        {"imageId": "img", "pageSize": "1000"},
        {"imageId": "img", "pageSize": "1000", "pageToken": "p2"},
        {"imageId": "img", "pageSize": "1000", "pageToken": "p3"},
    ]


@pytest.mark.parametrize(
    "answer",
    [told({}), told({"scanResults": []}), bad(404, "no scans"), bad(404)],
    ids=["empty object", "empty list", "404", "404 without a body"],
)
def test_no_scans(answer: Reply) -> None:
    with client(answer) as (registry, _):
        assert registry.scans(IMAGE) == []


def test_scans_that_vanish_between_pages_are_no_clean_bill() -> None:
    first = told({"scanResults": [result("a")], "nextPageToken": "p2"})
    with client(first, bad(404, "gone")) as (registry, _):
        assert registry.scans(IMAGE) == []


@pytest.mark.parametrize(
    "answers",
    [
        (told({"scanResults": [result("a")], "nextPageToken": "again"}),),
        (told({"scanResults": [{"id": 1}]}),),
        (told({"scanResults": [{**result("a"), "scannedAt": "yesterday"}]}),),
        (told({"scanResults": [{**result("a"), "vulnerabilities": {"high": -1}}]}),),
        (told({"scanResults": [result("a")], "nextPageToken": "p2"}), bad(400, "bad token")),
        (Reply(status=404, body=b"<html>"),),
    ],
    ids=["repeated token", "wrong type", "no time", "no count", "second page", "404 of a proxy"],
)
def test_scans_that_are_refused(answers: tuple[Reply, ...]) -> None:
    with client(*answers) as (registry, _), pytest.raises(BadResponse):
        registry.scans(IMAGE)


def test_all_rows_of_all_pages() -> None:
    answers = (
        told({"vulnerabilities": [{"severity": "HIGH"}], "nextPageToken": "p2"}),
        told({"vulnerabilities": [{}, {"severity": "WORSE"}]}),
    )
    with client(*answers) as (registry, server):
        rows = list(registry.vulnerabilities(READY))
    assert [row.severity for row in rows] == [Severity.HIGH, Severity.UNDEFINED, Severity.CRITICAL]
    assert {request.path for request in requests(server)} == {f"{ROOT}/scans/s:listVulnerabilities"}
    assert [query(request).get("pageToken") for request in requests(server)] == [None, "p2"]
    assert {query(request)["pageSize"] for request in requests(server)} == {"1000"}


def test_rows_of_a_result_that_is_gone() -> None:
    with client(bad(404, "gone")) as (registry, _), pytest.raises(EvidenceIncomplete, match="gone"):
        list(registry.vulnerabilities(READY))


def test_an_odd_scan_id_stays_in_its_place() -> None:
    odd = ScanResult(id="a/b?c#d:e", image_id="img", status=ScanStatus.READY)
    with client(told({})) as (registry, server):
        list(registry.vulnerabilities(odd))
        registry.started_scan(odd.id)
    assert [request.path for request in requests(server)] == [
        f"{ROOT}/scans/a%2Fb%3Fc%23d%3Ae:listVulnerabilities",
        f"{ROOT}/scans/a%2Fb%3Fc%23d%3Ae",
    ]


STARTED = told({"id": "op", "metadata": {"scanResultId": "s"}})


def test_a_scan_is_started() -> None:
    with client(STARTED) as (registry, server):
        assert registry.start_scan(IMAGE) == "s"
    [request] = requests(server)
    assert (request.method, request.path) == ("POST", f"{ROOT}/scans")
    assert json.loads(request.body) == {"imageId": "img"}
    assert len(request.headers["idempotency-key"]) == 36


def test_the_key_is_the_same_all_through_a_run_and_another_in_another() -> None:
    with serving(Raw(ending=Ending.RESET), STARTED) as server:
        transport, where = Asking().transport(), all_at(server.url)
        ContainerRegistry(transport, where).start_scan(IMAGE)
        ContainerRegistry(transport, where).start_scan(IMAGE)  # named twice, by tag and by digest
        ContainerRegistry(Asking().transport(), where).start_scan(IMAGE)
    first, again, twice, other = sent(server, "idempotency-key")
    assert first == again == twice != other


@pytest.mark.parametrize(
    "operation",
    [
        {"id": "op", "done": True, "response": result("s")},
        {"id": "op", "metadata": {}, "response": result("s")},
        {"id": "op", "metadata": {"scanResultId": "s", "new": 1}, "response": {"id": "x"}},
    ],
)
def test_where_a_started_scan_is_named(operation: object) -> None:
    with client(told(operation)) as (registry, _):
        assert registry.start_scan(IMAGE) == "s"


START_REFUSED: dict[str, tuple[Reply, type[ScangateError], str]] = {
    "no metadata": (told({"id": "op"}), BadResponse, "operation op does not name the scan"),
    "an error at once": (
        told({"id": "op", "error": {"code": 9, "message": "too large"}}),
        ScanFailed,
        "operation op.: too large",
    ),
    "an error before it is done": (
        told({"id": "op", "metadata": {"scanResultId": "s"}, "error": {"code": 13}}),
        ScanFailed,
        "code 13",
    ),
    "an empty error": (told({"id": "op", "error": {}}), ScanFailed, "code 0"),
    "no such image": (bad(404, "Image img not found"), ImageNotFound, "404: Image img not found"),
    "refused": (bad(400, "The image is too large"), NotScannable, "400: The image is too large"),
    "aborted": (bad(409, "aborted"), Unavailable, "409: aborted"),
    "the quota": (bad(429, "10 scans run"), Unavailable, "429: 10 scans run"),
    "not an operation": (told([]), BadResponse, "not what was asked for"),
    "a page of a proxy": (Reply(status=404, body=b"<html>"), BadResponse, "answered 404"),
}


@pytest.mark.parametrize(("answer", "error", "match"), START_REFUSED.values(), ids=START_REFUSED)
def test_a_scan_that_cannot_be_started(
    answer: Reply, error: type[ScangateError], match: str
) -> None:
    with client(answer) as (registry, server), pytest.raises(error, match=match) as caught:
        registry.start_scan(IMAGE)
    assert caught.type is error
    assert len(server.requests) == 1


def test_an_image_that_cannot_be_scanned_is_named() -> None:
    with client(bad(400, "no")) as (registry, _), pytest.raises(NotScannable) as caught:
        registry.start_scan(IMAGE)
    assert f"cr.yandex/{NAME}@{DIGEST} cannot be scanned" in caught.value.message


RUNNING = told(result("s", "RUNNING"))


@pytest.mark.parametrize("status", ["READY", "ERROR", "CANCELLED"])
def test_a_finished_scan_needs_no_operation(status: str) -> None:
    with client(STARTED, told(result("s", status))) as (registry, server):
        registry.start_scan(IMAGE)
        found = registry.started_scan("s")
    assert found is not None
    assert found.status is ScanStatus[status]
    assert len(server.requests) == 2


@pytest.mark.parametrize("seen", [RUNNING, bad(404, "not yet"), told(result("s", "NEW"))])
@pytest.mark.parametrize(
    "operation",
    [told({"id": "op"}), told({"id": "op", "done": True}), bad(404, "gone")],
    ids=["runs", "is done", "is gone"],
)
def test_while_a_scan_is_not_finished_its_operation_is_asked(seen: Reply, operation: Reply) -> None:
    with client(STARTED, seen, operation) as (registry, server):
        registry.start_scan(IMAGE)
        found = registry.started_scan("s")
    assert found is None or found.status.in_progress
    assert requests(server)[2].path == "/operations/op"


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("seen", [RUNNING, bad(404, "not yet")], ids=["running", "not seen"])
def test_an_operation_tells_a_failure_before_it_is_done(seen: Reply, done: bool) -> None:
    failed = told({"id": "op", "done": done, "error": {"code": 13, "message": "oops"}})
    with client(STARTED, seen, failed) as (registry, _):
        registry.start_scan(IMAGE)
        with pytest.raises(ScanFailed, match=r"could not be done .operation op.: oops"):
            registry.started_scan("s")


def test_a_403_for_the_operation_is_told() -> None:
    with client(STARTED, RUNNING, bad(403, "no")) as (registry, _):
        registry.start_scan(IMAGE)
        with pytest.raises(ScangateError, match="/operations/op answered 403"):
            registry.started_scan("s")


def test_the_latest_time_that_the_service_told() -> None:
    dates = ("Sun, 22 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2026 09:00:00 GMT", "nonsense")
    answers = [Reply(headers={"Date": date}, body=b"{}") for date in dates]
    with client(*answers) as (registry, _):
        assert registry.served_at() is None
        for _ in dates:
            registry.scans(IMAGE)
        assert str(registry.served_at()) == "2026-11-22T10:00:00Z"
