"""What is a VEX document, and what is refused instead of being read as less than it says."""

import json

import pytest

from scangate.errors import ExitCode
from scangate.vex import MAX_BYTES, VexError, read
from tests.vex.making import analysed, cyclonedx, openvex, said

DEEP = 100_000


@pytest.mark.parametrize(
    ("data", "number"),
    [
        pytest.param(openvex(said()), 1, id="OpenVEX"),
        pytest.param(openvex(), 0, id="OpenVEX that says nothing yet"),
        pytest.param(cyclonedx(analysed()), 1, id="CycloneDX"),
        pytest.param(cyclonedx(), 0, id="CycloneDX that says nothing yet"),
        pytest.param(b"\r\n " + openvex(said()) + b"\n", 1, id="white space around"),
    ],
)
def test_formats(data: bytes, number: int) -> None:
    assert len(read(data, file="vex.json")) == number


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "is not JSON", id="nothing"),
        pytest.param(b"statements: []", "is not JSON", id="YAML"),
        pytest.param(openvex(said())[:-1], "is not JSON", id="cut off"),
        pytest.param(openvex() + openvex(said()), "is not JSON", id="two documents"),
        pytest.param(b"\xef\xbb\xbf" + openvex(), "is not JSON", id="a byte order mark"),
        pytest.param(openvex().decode().encode("utf-16"), "is malformed", id="UTF-16"),
        pytest.param(b"[]", "holds no JSON object", id="a list"),
        pytest.param(b'"OpenVEX"', "holds no JSON object", id="a text"),
        pytest.param(b"{}", "is neither OpenVEX", id="an empty object"),
        pytest.param(
            b'{"@context": ["https://openvex.dev/ns"]}', "is neither", id="a context list"
        ),
        pytest.param(b'{"bomFormat": "cyclonedx"}', "is neither", id="another spelling"),
        pytest.param(b'{"spdxVersion": "SPDX-2.3"}', "is neither", id="an SPDX BOM"),
        pytest.param(openvex(bomFormat="CycloneDX"), "both OpenVEX and CycloneDX", id="both"),
        pytest.param(b'{"status": 1, "status": 1}', "key 'status' twice", id="a key twice"),
        pytest.param(b'{"a": [{"b": 1, "\\u0062": 2}]}', "key 'b' twice", id="a key in disguise"),
        pytest.param(b'{"version": NaN}', "is malformed: NaN", id="NaN"),
        pytest.param(b'{"version": -Infinity}', "is malformed: -Infinity", id="infinity"),
        pytest.param(b'{"author": "\\ud800"}', "is malformed", id="half a character"),
        pytest.param(b'{"author": "\xff"}', "is malformed", id="not UTF-8"),
        pytest.param(b'{"version": ' + b"1" * 5000 + b"}", "is malformed", id="an endless number"),
        pytest.param(b"[" * DEEP + b"]" * DEEP, "nested too deeply", id="deep lists"),
        pytest.param(b'{"a":' * DEEP + b"1" + b"}" * DEEP, "nested too deeply", id="deep objects"),
        pytest.param(
            b'{"bomFormat":"CycloneDX","components":'
            + b'[{"components":' * 400
            + b"[]"
            + b"}]" * 400
            + b"}",
            "nested too deeply|is malformed",
            id="deep components",
        ),
        pytest.param(openvex().ljust(MAX_BYTES + 1), "is larger than 16 MiB", id="too large"),
    ],
)
def test_anything_else_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(VexError, match=reason) as refused:
        read(data, file="vex.json")
    assert refused.value.message.startswith("vex.json ")
    assert len(refused.value.message) < 400
    assert refused.value.code is ExitCode.USAGE


def test_a_document_may_be_as_large_as_the_limit() -> None:
    assert len(read(openvex(said()).ljust(MAX_BYTES), file="vex.json")) == 1


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        ({"payloadType": "application/vnd.in-toto+json", "payload": "e30="}, "signature"),
        ({"predicateType": "https://openvex.dev/ns", "predicate": {}}, "predicate"),
        ({"document": {"category": "csaf_vex"}}, "CSAF"),
        ({"runs": []}, "SARIF"),
        ({}, ""),
    ],
    ids=["an envelope", "an attestation", "CSAF", "SARIF", "nothing known"],
)
def test_what_else_is_taken_for_vex_is_told(document: dict[str, object], hint: str) -> None:
    with pytest.raises(VexError) as refused:
        read(json.dumps(document).encode(), file="vex.json")
    assert hint in refused.value.hint
    assert bool(hint) == bool(refused.value.hint)
