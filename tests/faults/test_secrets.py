"""A server that sends the token back, in every encoding and everywhere, gets it into no output.

The control switches the removal off: then the same runs leak, so the search can find them.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scangate.emulator import Arrival, Faults, Raw, Reply

from .leaks import encodings, leaks
from .running import SECRET, Gate
from .weather import JSON, STEPS

ENCODINGS = dict(encodings(SECRET))
Echo = Callable[[Arrival, str], Reply | Raw]
IMAGE_LIST, SCAN_LIST, _, _, START, SCAN, OPERATION = STEPS
ROWS = replace(STEPS[2], image="bad")  # its counts are those of one row


def message(status: int) -> Echo:
    body = {"code": 3}
    return lambda _, text: Reply(
        status=status,
        headers=JSON,
        body=json.dumps({**body, "message": f"your token {text} is odd"}).encode(),
    )


def header(name: str, *, status: int = 400) -> Echo:
    return lambda _, text: Reply(status=status, headers={**JSON, name: text})


def edited(edit: Callable[[Any, str], None]) -> Echo:
    """The usual answer, with the text somewhere in it."""

    def echo(arrival: Arrival, text: str) -> Reply:
        usual = arrival.usual()
        document = json.loads(usual.body)
        edit(document, text)
        return replace(usual, body=json.dumps(document).encode())

    return echo


def first_scan(**fields: str) -> Echo:
    def edit(document: Any, text: str) -> None:
        for name, template in fields.items():
            document["scanResults"][0][name] = template.format(text)

    return edited(edit)


def row(**package: str) -> Echo:
    def edit(document: Any, text: str) -> None:
        filled = {name: template.format(text) for name, template in package.items()}
        document["vulnerabilities"] = [{"severity": "CRITICAL", "package": filled}]

    return edited(edit)


def unknown_severity(document: Any, text: str) -> None:
    document["scanResults"][0]["vulnerabilities"] = {text: "1"}


def odd_count(document: Any, text: str) -> None:
    document["scanResults"][0]["vulnerabilities"] = {"low": text}


def failed_operation(document: Any, text: str) -> None:
    document["error"] = {"code": 13, "message": f"your token {text} is odd"}


PLACES: dict[str, tuple[Any, Echo]] = {
    **{f"message of a {n}": (SCAN_LIST, message(n)) for n in (400, 401, 403, 409, 500)},
    "message of a 404": (START, message(404)),
    "message for the image list": (IMAGE_LIST, message(400)),
    "message for the scan start": (START, message(400)),
    "request ID": (SCAN_LIST, header("x-request-id")),
    "trace ID": (SCAN_LIST, header("x-server-trace-id", status=503)),
    "Location": (SCAN_LIST, header("Location", status=302)),
    "Date": (SCAN_LIST, header("Date")),
    "Retry-After": (SCAN_LIST, header("Retry-After", status=429)),
    "content type": (SCAN_LIST, header("Content-Type", status=200)),
    "cookie": (SCAN_LIST, header("Set-Cookie")),
    "page": (SCAN_LIST, lambda _, text: Reply(status=500, body=f"<p>{text}</p>".encode())),
    "status line": (SCAN_LIST, lambda _, text: Raw([f"HTTP/1.1 500 {text}\r\n\r\n".encode()])),
    "not a status line": (SCAN_LIST, lambda _, text: Raw([f"{text}\r\n".encode()])),
    "chunk size": (
        SCAN_LIST,
        lambda _, text: Raw(
            [f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{text}\r\n".encode()]
        ),
    ),
    "image name": (IMAGE_LIST, edited(lambda d, t: d["images"][0].update(name=t))),
    "image ID": (IMAGE_LIST, edited(lambda d, t: d["images"][0].update(id=t))),
    "image digest": (IMAGE_LIST, edited(lambda d, t: d["images"][0].update(id=t, digest=t))),
    "page token": (IMAGE_LIST, edited(lambda d, t: d.update(images=[], nextPageToken=t))),
    "wrong type": (IMAGE_LIST, edited(lambda d, t: d.update(images={t: t}))),
    "scan ID": (SCAN_LIST, first_scan(id="{}", status="ERROR")),
    "scan time": (SCAN_LIST, first_scan(scannedAt="{}")),
    "scan status": (SCAN_LIST, first_scan(status="{}")),
    "scan's image": (SCAN_LIST, first_scan(imageId="{}")),
    "count": (
        SCAN_LIST,
        edited(lambda d, t: d["scanResults"][0].update(vulnerabilities={"low": t})),
    ),
    "severity": (SCAN_LIST, edited(unknown_severity)),
    "advisory": (ROWS, row(name="{}", package="zlib")),
    "package and versions": (ROWS, row(name="CVE-1", package="{}", version="{}", fixedBy="{}")),
    "link": (ROWS, row(name="CVE-1", package="zlib", link="https://x/{}")),
    "row's severity": (ROWS, edited(lambda d, t: d.update(vulnerabilities=[{"severity": t}]))),
    "operation": (OPERATION, edited(failed_operation)),
    "operation ID": (START, edited(lambda d, t: d.update(id=t, error={}))),
    "started scan": (START, edited(lambda d, t: d["metadata"].update(scanResultId=t))),
    "found scan": (SCAN, edited(lambda d, t: d.update(id=t))),
}
NOT_TOLD = {
    *("Location", "Date", "Retry-After", "cookie"),
    *("page", "status line", "chunk size", "wrong type"),
}
"""What is never told in words, so that no removal is needed."""


def sending_back(step: Any, echo: Echo, encoding: str) -> Faults:
    def faults(arrival: Arrival) -> Reply | Raw | None:
        if not step.is_it(arrival.request):
            return None
        sent = arrival.request.headers["authorization"].removeprefix("Bearer ")
        return echo(arrival, dict(encodings(sent))[encoding])

    return faults


def everything_said(gate: Gate, place: str, encoding: str) -> str:
    step, echo = PLACES[place]
    with gate.emulator(sending_back(step, echo, encoding)) as emulator:
        outcome = gate.against(emulator, step.image, *step.options, "--timeout", "12s")
    assert outcome.code != 0
    assert outcome.files["report.json"]
    return outcome.everything


@pytest.mark.parametrize("encoding", ["plain", "base64, shifted by 1"])
@pytest.mark.parametrize("place", PLACES)
def test_the_token_is_nowhere(gate: Gate, place: str, encoding: str) -> None:
    assert not leaks(everything_said(gate, place, encoding), SECRET)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("place", ["message of a 400", "package and versions"])
def test_the_token_is_nowhere_in_any_encoding(gate: Gate, place: str, encoding: str) -> None:
    assert not leaks(everything_said(gate, place, encoding), SECRET)


@pytest.fixture
def unredacted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The removal of secrets, switched off wherever it is used."""
    for name, module in list(sys.modules.items()):
        if name.startswith("scangate.") and hasattr(module, "redact"):
            monkeypatch.setattr(module, "redact", lambda text: text)


@pytest.mark.usefixtures("unredacted")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_without_the_removal_each_encoding_would_be_found(gate: Gate, encoding: str) -> None:
    assert leaks(everything_said(gate, "message of a 400", encoding), SECRET)


@pytest.mark.usefixtures("unredacted")
@pytest.mark.parametrize("place", PLACES)
def test_without_the_removal_each_place_would_be_found(gate: Gate, place: str) -> None:
    found = leaks(everything_said(gate, place, "plain"), SECRET)
    assert bool(found) is (place not in NOT_TOLD)


def test_a_defect_does_not_leak_in_its_traceback(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scangate.registries import rest

    def fail(data: bytes, kind: type) -> None:
        raise RuntimeError(f"Authorization: Bearer {SECRET}")

    monkeypatch.setattr(rest, "decode", fail)
    with gate.emulator() as emulator:
        outcome = gate.against(emulator, "clean")
    assert outcome.code == 6
    assert "Traceback" in outcome.err
    assert "RuntimeError: Authorization: Bearer ***" in outcome.err
    assert not leaks(outcome.everything, SECRET)


@pytest.mark.parametrize("name", ["YC_IAM_TOKEN", "YC_TOKEN"])
@pytest.mark.parametrize("token", [f"{SECRET} and more", f"{SECRET}\udcff", f"{SECRET}\u00e9"])
def test_a_token_that_is_none_is_refused_and_not_told(gate: Gate, name: str, token: str) -> None:
    gate.environment = {name: token}
    with gate.emulator() as emulator:
        outcome = gate.against(emulator, "clean")
    assert outcome.code == 4
    assert not leaks(outcome.everything, SECRET)
    assert emulator.requests == ()


def test_the_search_finds_what_is_left_of_a_secret_that_was_cut() -> None:
    assert "plain" in leaks(f"x{SECRET[20:40]}x", SECRET)
    assert not leaks(f"x{SECRET[20:30]}x", SECRET)
