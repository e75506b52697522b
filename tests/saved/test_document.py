"""Bytes that are one JSON value, and all the ways in which they are not."""

import pytest

from scangate.errors import EvidenceIncomplete, ExitCode
from scangate.saved import MAX_BYTES
from scangate.saved.document import decode


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b'{"a": [1, "b"]}', {"a": [1, "b"]}, id="an object"),
        pytest.param(b" \r\n[] \n", [], id="white space around"),
        pytest.param(b'["\\ud83d\\ude00"]', ["😀"], id="an escaped pair of halves"),
        pytest.param('["é"]'.encode(), ["é"], id="UTF-8"),
        pytest.param(b'[{"a": 1}, {"a": 1}]', [{"a": 1}, {"a": 1}], id="a key in two objects"),
    ],
)
def test_one_value_is_read(data: bytes, value: object) -> None:
    assert decode("scan.json", data).value == value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b" \n\t", "is empty", id="white space"),
        pytest.param(b"null", "holds no JSON object or list", id="null"),
        pytest.param(b'"text"', "holds no JSON object or list", id="a text"),
        pytest.param(b"12", "holds no JSON object or list", id="a number"),
        pytest.param(b"id: che1\nstatus: READY\n", "holds no JSON", id="YAML of one result"),
        pytest.param(b"- package:\n    name: CVE-1\n", "holds no JSON", id="YAML of a list"),
        pytest.param(b"done (1m1s)\n{}", "holds no JSON", id="progress before it"),
        pytest.param(b"\xef\xbb\xbf{}", "byte order mark", id="UTF-8 with a mark"),
        pytest.param("{}".encode("utf-16"), "is UTF-16", id="UTF-16, as PowerShell writes"),
        pytest.param(b"{}\n{}", "several JSON documents", id="objects one after another"),
        pytest.param(b"[1][2]", "several JSON documents", id="lists one after another"),
        pytest.param(b"{} x", "several JSON documents", id="something behind it"),
        pytest.param(b'{"a": 1', "is cut off or is not JSON", id="cut off in an object"),
        pytest.param(b'[{"a": "b', "is cut off or is not JSON", id="cut off in a text"),
        pytest.param(b"[1,]", "is cut off or is not JSON", id="a comma too many"),
        pytest.param(b"{'a': 1}", "is cut off or is not JSON", id="single quotes"),
        pytest.param(b"[NaN]", "is malformed", id="NaN"),
        pytest.param(b"[-Infinity]", "is malformed", id="infinity"),
        pytest.param(b"[-0]", "is malformed: -0", id="minus zero"),
        pytest.param(b"[1e999]", "is malformed", id="a number out of range"),
        pytest.param(b"[" + b"1" * 5000 + b"]", "is malformed", id="an endless number"),
        pytest.param(b'["\xff"]', "is malformed", id="not UTF-8"),
        pytest.param(b'["\\ud800"]', "is malformed", id="half a character"),
        pytest.param(b'["\xed\xa0\x80"]', "is malformed", id="half a character, raw"),
        pytest.param(b'{"a": 1, "a": 1}', "the key 'a' twice", id="a key twice"),
        pytest.param(
            b'[{"b": {"a": 1, "\\u0061": 2}}]', "the key 'a' twice", id="a key in disguise"
        ),
        pytest.param(b"[" * 100_000, "nested too deeply", id="nested deeply and cut off"),
        pytest.param(b"[" * 9**5 + b"]" * 9**5, "nested too deeply", id="nested deeply"),
        pytest.param(b'{"a":' * 9**5 + b"1" + b"}" * 9**5, "nested too deeply", id="deep objects"),
    ],
)
def test_anything_else_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(EvidenceIncomplete, match=reason) as refused:
        decode("scan.json", data)
    assert refused.value.message.startswith("scan.json ")
    assert refused.value.code is ExitCode.NO_EVIDENCE


def test_a_file_may_be_as_large_as_the_limit() -> None:
    assert decode("scan.json", b"[]".ljust(MAX_BYTES)).value == []


def test_a_larger_file_is_refused() -> None:
    with pytest.raises(EvidenceIncomplete, match="larger than 64 MiB"):
        decode("scan.json", b"[]".ljust(MAX_BYTES + 1))


def test_yaml_is_told_how_to_be_json() -> None:
    with pytest.raises(EvidenceIncomplete) as refused:
        decode("scan.yaml", b"id: che1")
    assert "YAML" in refused.value.hint
    assert "--format json" in refused.value.hint
