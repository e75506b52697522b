"""The JSON of Container Registry: what is read, what is refused, and what is never good news."""

import contextlib
import json
import string
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scangate.errors import BadResponse
from scangate.instant import Instant
from scangate.model import Counts, ScanStatus, Severity
from scangate.registries import rest
from scangate.registries.cloud_registry.wire import ArtifactPage
from scangate.registries.container_registry import wire

KINDS: tuple[type[rest.Message], ...] = (
    *(wire.ImageMessage, wire.ImagePage, wire.ScanMessage, wire.ScanPage),
    *(wire.VulnerabilityMessage, wire.VulnerabilityPage, wire.ScanPolicyMessage),
    rest.OperationMessage,
)


def scan(text: str) -> Any:
    return wire.read_scan(rest.decode(text.encode(), wire.ScanMessage))


def counts(text: str) -> Counts | None:
    result: Counts | None = scan(f'{{"vulnerabilities": {text}}}').counts
    return result


GOOD_COUNTS = {
    "0": 0,
    "7": 7,
    "10": 10,
    "9223372036854775807": 2**63 - 1,
}
BAD_COUNTS = (
    *("+1", "-1", "-0", "1\\n", "01", "00", "1_0", "1,0", "0x1", "1.0", "1e2", "1E2", "", "٣"),
    *("１", "NaN", "Infinity", "true", "null", "9223372036854775808", "9" * 40, "9" * 5000),
)


@pytest.mark.parametrize(("number", "count"), GOOD_COUNTS.items(), ids=GOOD_COUNTS)
def test_a_count_is_a_string_or_a_number(number: str, count: int) -> None:
    assert counts(f'{{"critical": "{number}"}}') == Counts(critical=count)
    assert counts(f'{{"critical": {number}}}') == Counts(critical=count)
    assert counts(f'{{ "critical" :\n {number} }}') == Counts(critical=count)


@pytest.mark.parametrize("number", BAD_COUNTS, ids=lambda number: repr(number[:24]))
def test_what_is_no_count(number: str) -> None:
    for written in (f'"{number}"', number):
        with pytest.raises(BadResponse):
            counts(f'{{"critical": {written}, "high": "1"}}')


@pytest.mark.parametrize(
    "value", ["true", "null", "[]", "[1]", "{}", '{"a": 1}', "1.5", '" 1"', '"1 "']
)
def test_what_is_no_count_at_all(value: str) -> None:
    with pytest.raises(BadResponse):
        counts(f'{{"high": {value}}}')


@given(st.text(max_size=25) | st.text("0123456789+-_. eE", max_size=25) | st.integers().map(str))
def test_a_count_has_the_form_of_a_count(text: str) -> None:
    good = text == "0" or (
        text.isascii() and text.isdecimal() and text[0] != "0" and int(text) < 2**63
    )
    try:
        read = counts(json.dumps({"low": text}, ensure_ascii=False))
    except BadResponse:
        assert not good
    else:
        assert good
        assert read == Counts(low=int(text))


@pytest.mark.parametrize("text", ["{}", '{"id": "x"}', '{"vulnerabilities": null}'])
def test_without_numbers_there_are_no_counts(text: str) -> None:
    assert scan(text).counts is None


def test_an_empty_object_proves_nothing() -> None:
    assert counts("{}") is None


def test_absent_counts_are_zero() -> None:
    assert counts('{"high": "2"}') == Counts(high=2)


@pytest.mark.parametrize("word", ["CRITICAL", "Critical", "catastrophic", "", "total", "é"])
def test_an_unknown_severity_counts_as_critical(word: str) -> None:
    result = scan(json.dumps({"vulnerabilities": {"critical": "1", word: "2", "low": 3}}))
    assert result.counts == Counts(critical=3, low=3)
    assert result.unknown_severities == (word,)


def test_an_unknown_severity_without_findings_is_no_news() -> None:
    result = scan('{"vulnerabilities": {"catastrophic": "0", "low": "0"}}')
    assert (result.counts, result.unknown_severities) == (Counts(), ())


def test_zeros_of_severities_that_nobody_knows_prove_nothing() -> None:
    assert counts('{"zzz": "0", "CRITICAL": "0"}') is None
    assert counts('{"zzz": "0", "yyy": "1"}') == Counts(critical=1)


@pytest.mark.parametrize(
    "kind", [wire.ImagePage, wire.ScanPage, wire.VulnerabilityPage, ArtifactPage]
)
def test_a_page_token_in_another_spelling_is_not_the_end(kind: type[rest.ListMessage]) -> None:
    assert rest.decode(b'{"nextPageToken": "a"}', kind).next_page_token == "a"
    assert rest.decode(b'{"next_page_token": ""}', kind).next_page_token == ""
    for written in (b'{"next_page_token": "a"}', b'{"next_page_token": 1}'):
        with pytest.raises(BadResponse, match="next_page_token"):
            rest.decode(written, kind)


@pytest.mark.parametrize(
    ("part", "quoted"), [("a", "a"), ("a/../b", "a%2F..%2Fb"), ("...", "..."), ("?", "%3F")]
)
def test_an_id_is_one_segment_of_a_path(part: str, quoted: str) -> None:
    assert rest.quote(part) == quoted


@pytest.mark.parametrize("part", [".", ".."])
def test_an_id_that_leads_elsewhere_is_refused(part: str) -> None:
    with pytest.raises(BadResponse, match="is not an ID"):
        rest.quote(part)


STATUSES = {
    **{f'"{word}"': ScanStatus[word] for word in ("RUNNING", "READY", "ERROR")},
    **{f'"{word}"': ScanStatus[word] for word in ("QUEUED", "CANCELLED")},
    **dict.fromkeys(
        (
            *('"STATUS_UNSPECIFIED"', '"UNKNOWN"', '"ready"', '" READY"', '"READY "', '""'),
            *('"READY\\u0000"', '"ＲＥＡＤＹ"', '"FINISHED"', '"2"', "2", "0", "-1", str(2**70)),
        ),
        ScanStatus.UNKNOWN,
    ),
}


@pytest.mark.parametrize(("written", "status"), STATUSES.items(), ids=STATUSES)
def test_statuses(written: str, status: ScanStatus) -> None:
    result = scan(f'{{"status": {written}}}')
    assert result.status is status
    assert result.status_word == str(json.loads(written))
    assert result.status.in_progress is (status not in STATUSES_THAT_END)


STATUSES_THAT_END = (ScanStatus.READY, ScanStatus.ERROR, ScanStatus.CANCELLED)


def test_without_a_status_a_result_is_not_ready() -> None:
    assert scan("{}").status is ScanStatus.UNKNOWN


@pytest.mark.parametrize("value", ["true", "null", "2.0", "[]", "{}", '"\\ud800"'])
def test_what_is_no_status(value: str) -> None:
    with pytest.raises(BadResponse):
        scan(f'{{"status": {value}}}')


@pytest.mark.parametrize("digits", range(10))
def test_times_have_up_to_nine_digits(digits: int) -> None:
    fraction = "." + "123456789"[:digits] if digits else ""
    result = scan(f'{{"scannedAt": "2026-11-22T10:00:00{fraction}Z"}}')
    nanoseconds = int("123456789"[:digits].ljust(9, "0"))
    start = Instant.parse("2026-11-22T10:00:00Z").nanoseconds
    assert result.scanned_at == Instant(start + nanoseconds)
    assert scan(f'{{"scannedAt": "2026-11-22T12:00:00{fraction}+02:00"}}') == result


@pytest.mark.parametrize("value", ['""', "null"])
def test_no_time(value: str) -> None:
    assert scan(f'{{"scannedAt": {value}}}').scanned_at is None
    assert scan("{}").scanned_at is None


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-22", "10:00:00Z", "2026-11-22 10:00:00Z", "2026-11-22T10:00:00", "now", " "),
        *("2026-11-22T10:00:00.Z", "2026-11-22T10:00:00.1234567890Z", "2026-11-22T10:00:00,5Z"),
        *("2026-13-22T10:00:00Z", "2026-02-30T10:00:00Z", "2026-11-22T25:00:00Z"),
        *("2026-11-22T23:59:60Z", "0000-11-22T10:00:00Z", "99999-11-22T10:00:00Z"),
        *("2026-11-22T10:00:00+25:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
        *(
            "２０２６-11-22T10:00:00Z",
            "2026-11-22T10:00:00Z ",
            "1795341600",
            "2026-W47-7T10:00:00Z",
        ),
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadResponse):
        scan(json.dumps({"scannedAt": text}))


ROWS: list[tuple[str, Severity, str]] = [
    *((f'"{severity.name}"', severity, "") for severity in Severity),
    ('"SEVERITY_UNSPECIFIED"', Severity.UNDEFINED, ""),
    *(
        (written, Severity.CRITICAL, str(json.loads(written)))
        for written in ('"high"', '"IMPORTANT"', '""', '" LOW"', "5", "0", "99", str(2**70))
    ),
]


@pytest.mark.parametrize(("written", "severity", "word"), ROWS, ids=[row[0] for row in ROWS])
def test_severities_of_rows(written: str, severity: Severity, word: str) -> None:
    page = rest.decode(
        f'{{"vulnerabilities": [{{"severity": {written}}}]}}'.encode(), wire.VulnerabilityPage
    )
    [row] = map(wire.read_vulnerability, page.vulnerabilities)
    assert (row.severity, row.severity_word) == (severity, word)


@pytest.mark.parametrize(
    ("text", "described", "fixable"),
    [
        ("{}", False, None),
        ('{"package": null}', False, None),
        ('{"package": {}}', False, None),
        ('{"package": {"fixedBy": "1"}}', False, None),
        ('{"package": {"name": "CVE-1"}}', True, False),
        ('{"package": {"package": "zlib"}}', True, False),
        ('{"package": {"name": "CVE-1", "fixedBy": ""}}', True, False),
        ('{"package": {"name": "CVE-1", "fixedBy": " \\t"}}', True, False),
        ('{"package": {"name": "CVE-1", "fixedBy": " 2 "}}', True, True),
    ],
)
def test_a_row_is_kept_whatever_it_lacks(text: str, described: bool, fixable: bool | None) -> None:
    row = wire.read_vulnerability(rest.decode(text.encode(), wire.VulnerabilityMessage))
    assert (row.severity, row.described, row.fixable) == (Severity.UNDEFINED, described, fixable)


WRONG_TYPES = {
    wire.ImagePage: ['{"images": {}}', '{"images": [[]]}', '{"images": null}', '{"images": "x"}'],
    wire.ImageMessage: ['{"id": 1}', '{"tags": "1.0"}', '{"tags": [1]}', '{"digest": null}'],
    wire.ScanPage: ['{"scanResults": {}}', '{"scanResults": [null]}', '{"nextPageToken": 1}'],
    wire.ScanMessage: ['{"imageId": null}', '{"vulnerabilities": []}', '{"scannedAt": 1}'],
    wire.VulnerabilityPage: ['{"vulnerabilities": {}}', '{"vulnerabilities": [1]}'],
    wire.VulnerabilityMessage: ['{"package": []}', '{"package": {"fixedBy": 1}}'],
    wire.ScanPolicyMessage: [
        *('{"disabled": "false"}', '{"disabled": null}', '{"rules": []}', '{"rules": null}'),
        '{"rules": {"pushRule": {"repositoryPrefixes": "*"}}}',
    ],
    rest.OperationMessage: ['{"id": 5}', '{"error": "x"}', '{"metadata": []}', '{"response": 1}'],
}
DOCUMENTS = [
    *(b"", b" ", b"{", b"[]", b"null", b"1", b'"x"', b"true", b"{}{}", b"{},", b"{'id': 'x'}"),
    *(b"\xef\xbb\xbf{}", b"{}\x00", b'{"x": NaN}', b'{"x": -Infinity}', b'{"x": 01}', b'{"x": 1.}'),
    *(b'{"x": "\\ud800"}', b'{"\\ud800": 1}', b'{"x": "\xff"}', b'{"\xed\xa0\x80": 1}', b"\xff"),
    *(b'{"x": "\n"}', b'{"x": 1,}', b'{"x": 1, "x": 1}', b'{"x": {"a": 1, "a": 2}}', b"<html>"),
    *(b'{"x": ' + b"[" * 99_999 + b"]" * 99_999 + b"}", b'{"a":' * 99_999, b"[" * 99_999),
    *(b'{"id": ' + b"9" * 9999 + b"}", '{"id": "x"}'.encode("utf-16"), b'{"x": 1} // y'),
]


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in WRONG_TYPES.items() for text in texts]
)
def test_a_wrong_type_is_refused(kind: type[rest.Message], text: str) -> None:
    with pytest.raises(BadResponse, match=f"not what was asked for .{kind.__name__}.: "):
        rest.decode(text.encode(), kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("data", DOCUMENTS, ids=lambda data: repr(data[:24]))
def test_what_is_no_message_is_refused(kind: type[rest.Message], data: bytes) -> None:
    with pytest.raises(BadResponse) as caught:
        rest.decode(data, kind)
    assert len(caught.value.message) <= 300


def test_a_repeated_name_cannot_hide_the_first() -> None:
    with pytest.raises(BadResponse, match="twice"):
        counts('{"critical": "5", "critical": "0"}')
    with pytest.raises(BadResponse, match="twice"):
        scan('{"status": "RUNNING", "status": "READY"}')


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted(
    {
        *("images", "nextPageToken", "scanResults", "vulnerabilities", "id", "name", "digest"),
        *("tags", "imageId", "scannedAt", "status", "severity", "package", "fixedBy", "link"),
        *("rules", "pushRule", "repositoryPrefixes", "disabled", "metadata", "scanResultId"),
        *("response", "error", "code", "message", "critical", "high", "undefined", "version"),
    }
)
WORDS = st.sampled_from(["READY", "RUNNING", "HIGH", "0", "1", "sha256:" + "a" * 64, "", "*"])
# Documents that begin like a message, so that more than the first byte is looked at
LIKE = st.recursive(
    PLAIN | WORDS | st.integers(-1, 2**64),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=20,
)


def read(message: rest.Message) -> None:
    """What the client does with a message."""
    match message:
        case wire.ScanMessage():
            wire.read_scan(message)
        case wire.ScanPage():
            list(map(wire.read_scan, message.scan_results))
        case wire.VulnerabilityMessage():
            wire.read_vulnerability(message)
        case wire.VulnerabilityPage():
            list(map(wire.read_vulnerability, message.vulnerabilities))


def read_or_refuse(data: bytes) -> None:
    for kind in KINDS:
        with contextlib.suppress(BadResponse):
            read(rest.decode(data, kind))


@given(PLAIN | LIKE)
def test_any_document_is_a_message_or_refused(document: object) -> None:
    read_or_refuse(json.dumps(document, ensure_ascii=False).encode(errors="surrogatepass"))


@given(st.binary(max_size=200) | st.text(string.printable, max_size=200).map(str.encode))
@example(b'{"status":' + b"9" * 5000 + b"}")
@example(b'{"unknown":' + b"9" * 5000 + b"}")
@example(b'{"scanResults": [{"vulnerabilities": {"low": ' + b"9" * 5000 + b"}}]}")
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    read_or_refuse(data)


@given(LIKE, st.data())
def test_any_damage_is_a_message_or_refused(document: object, data: st.DataObject) -> None:
    whole = bytearray(json.dumps(document).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(whole))
    read_or_refuse(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


SCAN = {
    "id": "s",
    "imageId": "i",
    "scannedAt": "2026-11-22T10:00:00Z",
    "status": "READY",
    "vulnerabilities": {"high": "2"},
}


@given(st.dictionaries(st.text(), PLAIN, max_size=4))
def test_unknown_fields_change_nothing(unknown: dict[str, object]) -> None:
    whole = {**unknown, **SCAN}
    assert scan(json.dumps(whole)) == scan(json.dumps(SCAN))
    page = json.dumps({**unknown, "scanResults": [whole], "nextPageToken": "t"}).encode()
    assert rest.decode(page, wire.ScanPage) == rest.decode(
        json.dumps({"scanResults": [SCAN], "nextPageToken": "t"}).encode(), wire.ScanPage
    )


@given(st.data())
def test_cutting_a_message_short_is_refused(data: st.DataObject) -> None:
    whole = json.dumps({"scanResults": [SCAN], "nextPageToken": "t"}).encode()
    with pytest.raises(BadResponse):
        rest.decode(whole[: data.draw(st.integers(0, len(whole) - 1))], wire.ScanPage)
