"""Which result is the one of the scan that was started, as nothing names it at once."""

import json
from typing import Any

import pytest

from scangate.clouds import CLOUDS, endpoints
from scangate.emulator import Arrival, Code, Reply, StatusError
from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    ImageNotFound,
    NotScannable,
    ScanFailed,
    ScangateError,
)
from scangate.model import Image, ScanResult, ScanStatus
from scangate.registries import open_registry
from tests.registries.cloud_registry.asking import A, Client, client, instead, reference, world

OLD = "{id: old, finished: -1h}"
OTHER = "{id: other, appears: 0s, takes: 0s}"


def served(*scans: str, on_scan: str = "{takes: 0s}") -> Any:
    return world(f'id: img, digest: "{A}", scans: [{", ".join(scans)}], on_scan: {on_scan}')


def operation(**told: Any) -> Any:
    """Faults that answer for every operation."""

    def faults(arrival: Arrival) -> Reply | None:
        if not arrival.request.path.startswith("/operations/"):
            return None
        body = json.dumps({"id": "op", **told}).encode()
        return Reply(headers={"Content-Type": "application/json"}, body=body)

    return faults


def no_operation(arrival: Arrival) -> Reply | None:
    return Reply(status=404) if arrival.request.path.startswith("/operations/") else None


def started(it: Client) -> tuple[Image, ScanResult | None]:
    image = it.image()
    assert it.registry.start_scan(image) == ""
    return image, it.registry.started_scan("")


def test_the_operation_names_it() -> None:
    with client(served(OLD)) as it:
        image, result = started(it)
    assert result is not None
    assert result.id == it.emulator.scans_started[0].scan.id
    assert (result.status, result.image_id) == (ScanStatus.READY, image.id)


@pytest.mark.parametrize(
    "faults",
    [operation(done=True), operation(done=True, response={}), no_operation],
    ids=["no response", "an empty response", "no operation"],
)
def test_nothing_names_it_but_it_is_the_only_new_one(faults: Any) -> None:
    with client(served(OLD), faults=faults) as it:
        _, result = started(it)
    assert result is not None
    assert result.id == it.emulator.scans_started[0].scan.id
    assert result.status is ScanStatus.READY


def test_until_the_operation_is_done_it_is_running() -> None:
    with client(served(OLD), faults=operation()) as it:
        _, result = started(it)
    assert result is not None
    assert (result.status, result.status_word) == (ScanStatus.RUNNING, "RUNNING")


@pytest.mark.parametrize("faults", [operation(done=True), no_operation, operation()])
def test_while_nothing_is_new_nothing_is_seen(faults: Any) -> None:
    with client(served(OLD, on_scan="{delay: 1h}"), faults=faults) as it:
        assert started(it)[1] is None


@pytest.mark.parametrize("faults", [operation(done=True), no_operation])
def test_one_of_several_new_ones_is_not_guessed(faults: Any) -> None:
    hides_the_old = instead("List", Reply())
    with (
        client(served(OLD), faults=lambda it: hides_the_old(it) or faults(it)) as it,
        pytest.raises(EvidenceIncomplete, match=r"which of the new scans .*: che[a-z0-9]+, old"),
    ):
        started(it)


def test_of_several_new_ones_the_operation_names_it() -> None:
    with client(served(OLD), faults=instead("List", Reply())) as it:
        _, result = started(it)
    assert result is not None
    assert result.id == it.emulator.scans_started[0].scan.id


def test_an_image_that_is_named_twice_in_a_run_is_scanned_once() -> None:
    with client(served(OLD)) as it:
        transport = it.asking.transport()
        where = endpoints(CLOUDS["yandex"], base=it.emulator.url, registry=None)
        results = []
        for _ in range(2):
            registry = open_registry("cr.yandex", transport, where, api="cloud-registry")
            image = registry.find(reference())
            assert image is not None
            registry.start_scan(image)
            results.append(registry.started_scan(""))
    assert results[0] == results[1] is not None
    assert len(it.emulator.scans_started) == 1


def test_an_operation_that_names_an_older_result_is_not_believed() -> None:
    with (
        client(served(OLD), faults=operation(done=True, response={"id": "old"})) as it,
        pytest.raises(EvidenceIncomplete, match="was there before"),
    ):
        started(it)


@pytest.mark.parametrize(
    "told",
    [
        {"done": True, "error": {"code": 13, "message": "no disk"}},
        {"error": {"code": 13, "message": "no disk"}},
    ],
    ids=["done", "not done yet"],
)
def test_an_operation_that_fails(told: dict[str, Any]) -> None:
    with (
        client(served(OLD), faults=operation(**told)) as it,
        pytest.raises(ScanFailed, match="no disk"),
    ):
        started(it)


def test_another_result_than_asked_for() -> None:
    from yandex.cloud.cloudregistry.v1 import scanner_pb2

    other = Reply(body=scanner_pb2.ScanResult(id="x").SerializeToString())
    with (
        client(served(OLD), faults=instead("Get", other)) as it,
        pytest.raises(BadResponse, match="got scan x"),
    ):
        started(it)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code.NOT_FOUND, ImageNotFound),
        (Code.INVALID_ARGUMENT, NotScannable),
        (Code.FAILED_PRECONDITION, NotScannable),
    ],
)
def test_a_scan_that_is_refused(code: Code, kind: type[ScangateError]) -> None:
    with (
        client(served(OLD), faults=instead("Scan", StatusError(code, "no"))) as it,
        pytest.raises(kind, match="cannot be scanned"),
    ):
        started(it)


def test_a_result_that_is_not_listed_yet() -> None:
    late = instead("Get", StatusError(Code.NOT_FOUND, "no"))
    with client(served(OLD), faults=late) as it:
        assert started(it)[1] is None
        assert it.registry.started_scan("") is not None
