"""Manners on gRPC, against a server of the official service definition."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from yandex.cloud.cloudregistry.v1 import scanner_pb2, scanner_service_pb2

from scangate.emulator import Code, Raw, Reply, StatusError
from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    PermissionDenied,
    ScangateError,
    ScanTimeout,
    Unauthenticated,
    Unavailable,
)
from scangate.registries.cloud_registry.calls import Calls
from scangate.registries.cloud_registry.channel import open_channel
from scangate.registries.cloud_registry.stubs import load
from scangate.transport import InvalidRequest, Limits
from tests.fakes import FakeClock
from tests.registries.cloud_registry.asking import A, client, instead, world
from tests.transport.serving import TOKEN, Asking, Tokens, slept

WORLD = world(f'id: img, digest: "{A}", scans: [{{id: s, finished: -1h}}]')


def refusal(code: Code, said: str = "it says so") -> StatusError:
    return StatusError(code, said)


def retried(code: Code) -> tuple[Code, type[ScangateError], int]:
    return code, Unavailable, 6


def final(code: Code, kind: type[ScangateError]) -> tuple[Code, type[ScangateError], int]:
    return code, kind, 1


STATUSES = [
    retried(Code.UNAVAILABLE),
    retried(Code.RESOURCE_EXHAUSTED),
    retried(Code.DEADLINE_EXCEEDED),
    retried(Code.INTERNAL),
    retried(Code.UNKNOWN),
    final(Code.ABORTED, Unavailable),
    final(Code.DATA_LOSS, Unavailable),
    final(Code.UNIMPLEMENTED, Unavailable),
    final(Code.PERMISSION_DENIED, PermissionDenied),
    final(Code.INVALID_ARGUMENT, InvalidRequest),
    final(Code.FAILED_PRECONDITION, InvalidRequest),
    final(Code.OUT_OF_RANGE, InvalidRequest),
    final(Code.ALREADY_EXISTS, BadResponse),
    final(Code.CANCELLED, BadResponse),
]


@pytest.mark.parametrize(
    ("code", "kind", "attempts"),
    STATUSES,
    ids=lambda value: value.name if isinstance(value, Code) else "",
)
def test_a_status(code: Code, kind: type[ScangateError], attempts: int) -> None:
    with client(WORLD, faults=instead("List", *[refusal(code)] * 9)) as it:
        image = it.image()
        with pytest.raises(kind, match=f"answered {code.name}: it says so") as caught:
            it.registry.scans(image)
    assert type(caught.value) is kind
    assert len(it.asked("/List")) == attempts
    assert (slept(it.asking) > 0) == (attempts > 1)


def test_every_code_has_a_row_here() -> None:
    assert set(Code) - {row[0] for row in STATUSES} == {Code.UNAUTHENTICATED, Code.NOT_FOUND}


def test_a_failure_passes_away() -> None:
    with client(WORLD, faults=instead("List", *[refusal(Code.UNAVAILABLE)] * 3)) as it:
        assert [scan.id for scan in it.registry.scans(it.image())] == ["s"]
    assert slept(it.asking) == 0.5 + 1 + 2  # full jitter, of which the dice give all


def test_an_overloaded_server_says_how_long() -> None:
    busy = Reply(status=429, headers={"Retry-After": "7"})
    with client(WORLD, faults=instead("List", busy)) as it:
        it.registry.scans(it.image())
    assert slept(it.asking) == 7


def test_a_connection_that_dies() -> None:
    with client(WORLD, faults=instead("List", Raw(), Raw())) as it:
        assert len(it.registry.scans(it.image())) == 1


def test_not_found_has_a_meaning_of_its_own() -> None:
    with client(WORLD, faults=instead("List", refusal(Code.NOT_FOUND))) as it:
        assert it.registry.scans(it.image()) == []
    gone = instead("ListVulnerabilities", refusal(Code.NOT_FOUND))
    with client(WORLD, faults=gone) as it:
        [scan] = it.registry.scans(it.image())
        with pytest.raises(EvidenceIncomplete, match="scan s are gone"):
            list(it.registry.vulnerabilities(scan))


@pytest.mark.parametrize(
    ("call", "named"),
    [("List", "cloud-registry.viewer"), ("Scan", "is not documented")],
)
def test_who_lacks_a_role_is_told_which(call: str, named: str) -> None:
    refused = refusal(Code.PERMISSION_DENIED, "Permission denied")
    with client(WORLD, faults=instead(call, refused)) as it:
        image = it.image()
        with pytest.raises(PermissionDenied) as caught:
            _ = it.registry.start_scan(image) if call == "Scan" else it.registry.scans(image)
    assert named in caught.value.hint
    assert "yc cloud-registry registry add-access-binding crp0000000000000test" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "refused", "asked"),
    [
        pytest.param(("a-token", "another-token"), 1, 2, id="renewed once"),
        pytest.param(("a-token", "another-token", "a-third"), 2, 2, id="not twice"),
        pytest.param(("a-token",), 1, 1, id="there is no other"),
    ],
)
def test_a_token_is_renewed_once(given: tuple[str, ...], refused: int, asked: int) -> None:
    asking = Asking(tokens=Tokens(given=given))
    faults = instead("List", *[refusal(Code.UNAUTHENTICATED)] * refused)
    with client(WORLD, faults=faults, asking=asking) as it:
        image = it.image()
        if refused < asked:
            it.registry.scans(image)
        else:
            with pytest.raises(Unauthenticated, match="answered UNAUTHENTICATED"):
                it.registry.scans(image)
    sent = [e.request.headers["authorization"] for e in it.emulator.requests if "/List" in e.path]
    assert sent == [f"Bearer {token}" for token in given[:asked]]


def test_ids_and_key() -> None:
    faults = instead("Scan", *[refusal(Code.UNAVAILABLE)] * 2)
    with client(WORLD, faults=faults) as it:
        it.registry.start_scan(it.image())
    headers = [e.request.headers for e in it.emulator.requests if e.path.endswith("/Scan")]
    assert len(headers) == 3
    assert len({each["idempotency-key"] for each in headers}) == 1
    assert len({each["x-client-request-id"] for each in headers}) == 3
    assert len({e.request.headers["x-client-trace-id"] for e in it.emulator.requests}) == 1
    assert len(it.emulator.scans_started) == 1


def test_the_page_size_is_always_said() -> None:
    with client(WORLD) as it:
        [scan] = it.registry.scans(it.image())
        list(it.registry.vulnerabilities(scan))
    bodies = {e.path.rpartition("/")[2]: e.request.body for e in it.emulator.requests}
    asked = scanner_service_pb2.ListScanResultsRequest.FromString(bodies["List"])
    rows = scanner_service_pb2.ListVulnerabilitiesRequest.FromString(bodies["ListVulnerabilities"])
    assert asked.page_size == rows.page_size == 1000


def test_only_a_scan_has_a_key() -> None:
    with client(WORLD) as it:
        [scan] = it.registry.scans(it.image())
        list(it.registry.vulnerabilities(scan))
    assert all("idempotency-key" not in e.request.headers for e in it.emulator.requests)


def test_an_error_names_the_request_and_no_secret() -> None:
    said = f"the token {TOKEN}\nis bad"
    faults = instead("List", refusal(Code.FAILED_PRECONDITION, said))
    with client(WORLD, faults=faults) as it, pytest.raises(InvalidRequest) as caught:
        it.registry.scans(it.image())
    sent = it.emulator.requests[-1].request.headers
    for name in ("client-request-id", "client-trace-id"):
        assert f"{name} {sent[f'x-{name}']}" in caught.value.message
    assert "(request-id " in caught.value.message
    assert "trace-id " in caught.value.message
    assert "the token *** is bad" in caught.value.message
    assert TOKEN not in "\n".join(it.asking.lines)


def test_the_deadline_of_the_image_is_over_every_call() -> None:
    faults = instead("List", *[refusal(Code.UNAVAILABLE)] * 9)
    with client(WORLD, faults=faults, asking=Asking(seconds=2.0)) as it:
        image = it.image()
        with pytest.raises(Unavailable):
            it.registry.scans(image)
        assert slept(it.asking) <= 2
        assert isinstance(it.asking.clock, FakeClock)
        it.asking.clock.elapsed = 2.0
        with pytest.raises(ScanTimeout):
            it.registry.scans(image)


def test_looking_once_is_one_attempt() -> None:
    faults = instead("List", *[refusal(Code.UNAVAILABLE)] * 9)
    once = Asking(seconds=0)
    with client(WORLD, faults=faults, asking=once) as it, pytest.raises(Unavailable):
        it.registry.scans(it.image())
    assert len(it.asked("/List")) == 1


# A server of bytes, for what a well-behaved one does not do


@contextmanager
def raw_server(answer: bytes, *, release: threading.Event | None = None) -> Iterator[str]:
    """Answer every call with these bytes, if `release` is given only after it."""

    def serve(_request: bytes, _context: Any) -> bytes:
        if release is not None:
            release.wait(5)
        return answer

    class Handler(grpc.GenericRpcHandler):  # type: ignore[misc,name-defined,unused-ignore]
        def service(self, _details: Any) -> Any:
            return grpc.unary_unary_rpc_method_handler(serve)

    server = grpc.server(ThreadPoolExecutor(2), handlers=[Handler()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        if release is not None:
            release.set()
        server.stop(None).wait()


def ask(url: str, asking: Asking) -> Any:
    stubs, transport = load(), asking.transport()
    stub = stubs.service.ScannerServiceStub(open_channel(stubs, url, transport.limits))
    request = scanner_service_pb2.GetScanResultRequest(scan_result_id="s")
    return Calls(stubs, transport, url=url).call(stub.Get, request, name="Get")


GOOD = scanner_pb2.ScanResult(id="s", artifact_id="x" * 5000).SerializeToString()


def test_a_good_answer() -> None:
    with raw_server(GOOD) as url:
        assert ask(url, Asking()).id == "s"


@pytest.mark.parametrize(
    ("answer", "limits"),
    [
        pytest.param(b"\xff\xff\xff", Limits(), id="no message"),
        pytest.param(b"\x0a\x02\xff\xfe", Limits(), id="no text"),
        pytest.param(GOOD, Limits(body=4000), id="larger than it may be"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_not_asked_for_again(
    answer: bytes, limits: Limits
) -> None:
    asking = Asking(limits=limits)
    with raw_server(answer) as url, pytest.raises(BadResponse):
        ask(url, asking)
    assert slept(asking) == 0


def test_a_server_that_does_not_answer() -> None:
    asking = Asking(limits=Limits(request=0.1, attempts=2))
    began = time.monotonic()
    silent = raw_server(GOOD, release=threading.Event())
    with silent as url, pytest.raises(Unavailable, match="DEADLINE_EXCEEDED"):
        ask(url, asking)
    assert time.monotonic() - began < 3


def test_nobody_listens() -> None:
    asking = Asking(limits=Limits(attempts=2))
    with raw_server(GOOD) as url:
        pass
    with pytest.raises(Unavailable, match="answered UNAVAILABLE"):
        ask(url, asking)
    assert slept(asking) == 0.5


def test_a_web_server_instead() -> None:
    """An emulator's REST part, asked by HTTP/2, when gRPC is not let in."""
    with client(WORLD) as it:
        it.emulator._grpc.let_in = lambda connection: False  # type: ignore[method-assign]
        with pytest.raises(Unavailable):
            ask(it.emulator.url, Asking(limits=Limits(attempts=1)))
