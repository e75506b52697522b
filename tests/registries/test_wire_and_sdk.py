"""The decoders, held to the official messages: what protobuf writes is what is read here.

Messages are generated with the generated modules of the official SDK, unknown enum numbers and
absent fields included, written by google.protobuf.json_format and read by `wire`.
"""

from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st
from yandex.cloud.containerregistry.v1 import (
    image_pb2,
    image_service_pb2,
    scan_policy_pb2,
    scanner_pb2,
    scanner_service_pb2,
)
from yandex.cloud.operation import operation_pb2

from scangate.errors import BadResponse
from scangate.instant import Instant
from scangate.model import Counts, ScanStatus, Severity
from scangate.registries import rest
from scangate.registries.container_registry import wire

TEXT = st.text(max_size=12)
INT64 = st.integers(0, 2**63 - 1)
SEVERITIES = ("critical", "high", "medium", "low", "negligible", "undefined")
ENUM = st.integers(0, 8)
DEFAULTS = st.booleans()
"""Whether fields with their default value are written; the service's gateway does not say."""


def built(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Messages of that kind, with any of the fields left out."""
    return st.fixed_dictionaries({}, optional=fields).map(lambda given: kind(**given))


TIMES = st.builds(
    Timestamp, seconds=st.integers(-(2**30), 2**34), nanos=st.integers(0, 999_999_999)
)
STATS = built(scanner_pb2.VulnerabilityStats, **dict.fromkeys(SEVERITIES, INT64))
SCANS = built(
    scanner_pb2.ScanResult,
    id=TEXT,
    image_id=TEXT,
    scanned_at=TIMES,
    status=ENUM,
    vulnerabilities=STATS,
)
PACKAGES = built(
    scanner_pb2.PackageVulnerability,
    **dict.fromkeys(
        ("name", "link", "package", "source", "version", "fixed_by", "origin", "type"), TEXT
    ),
)
ROWS = built(scanner_pb2.Vulnerability, severity=ENUM, package=PACKAGES)
IMAGES = built(
    image_pb2.Image,
    id=TEXT,
    name=TEXT,
    digest=TEXT,
    compressed_size=INT64,
    tags=st.lists(TEXT, max_size=3),
    created_at=TIMES,
)


def written(message: Message, *, defaults: bool) -> bytes:
    text: str = json_format.MessageToJson(message, always_print_fields_with_no_presence=defaults)
    return text.encode()


def same_scan(official: Any, ours: wire.ScanMessage) -> None:
    result = wire.read_scan(ours)
    names = scanner_pb2.ScanResult.Status
    known = {number: name for name, number in names.items()}
    assert (result.id, result.image_id) == (official.id, official.image_id)
    assert result.status.name == {0: "UNKNOWN"}.get(
        official.status, known.get(official.status, "UNKNOWN")
    )
    if official.HasField("scanned_at"):
        moment = official.scanned_at
        assert result.scanned_at == Instant(moment.seconds * 10**9 + moment.nanos)
    else:
        assert result.scanned_at is None
    if result.counts is None:
        assert official.vulnerabilities == scanner_pb2.VulnerabilityStats()
    else:
        numbers = {name: getattr(official.vulnerabilities, name) for name in SEVERITIES}
        assert result.counts == Counts(**numbers)


def same_row(official: Any, ours: wire.VulnerabilityMessage) -> None:
    row = wire.read_vulnerability(ours)
    package = official.package
    known = {0: Severity.UNDEFINED, **dict(enumerate(Severity, start=1))}
    assert row.severity is known.get(official.severity, Severity.CRITICAL)
    assert bool(row.severity_word) is (official.severity not in known)
    assert (row.id, row.package, row.version) == (package.name, package.package, package.version)
    assert row.fixed_version == package.fixed_by.strip()
    assert (row.type, row.origin, row.source) == (package.type, package.origin, package.source)
    assert row.link == package.link


@given(SCANS, DEFAULTS)
def test_a_scan_result(official: Any, defaults: bool) -> None:
    same_scan(official, rest.decode(written(official, defaults=defaults), wire.ScanMessage))


@given(st.lists(SCANS, max_size=3), TEXT, DEFAULTS)
def test_a_page_of_scan_results(scans: list[Any], token: str, defaults: bool) -> None:
    official = scanner_service_pb2.ListScanResultsResponse(
        scan_results=scans, next_page_token=token
    )
    page = rest.decode(written(official, defaults=defaults), wire.ScanPage)
    assert page.next_page_token == token
    assert len(page.scan_results) == len(scans)
    for each, ours in zip(scans, page.scan_results, strict=True):
        same_scan(each, ours)


@given(st.lists(ROWS, max_size=4), TEXT, DEFAULTS)
def test_a_page_of_vulnerabilities(rows: list[Any], token: str, defaults: bool) -> None:
    official = scanner_service_pb2.ListVulnerabilitiesResponse(
        vulnerabilities=rows, next_page_token=token
    )
    page = rest.decode(written(official, defaults=defaults), wire.VulnerabilityPage)
    assert page.next_page_token == token
    assert len(page.vulnerabilities) == len(rows)
    for each, ours in zip(rows, page.vulnerabilities, strict=True):
        same_row(each, ours)


@given(st.lists(IMAGES, max_size=3), TEXT, DEFAULTS)
def test_a_page_of_images(images: list[Any], token: str, defaults: bool) -> None:
    official = image_service_pb2.ListImagesResponse(images=images, next_page_token=token)
    page = rest.decode(written(official, defaults=defaults), wire.ImagePage)
    assert page.next_page_token == token
    assert [(m.id, m.name, m.digest, list(m.tags)) for m in page.images] == [
        (m.id, m.name, m.digest, list(m.tags)) for m in images
    ]


RULES = built(
    scan_policy_pb2.ScanRules,
    push_rule=built(
        scan_policy_pb2.PushRule,
        repository_prefixes=st.lists(TEXT, max_size=3),
        disabled=st.booleans(),
    ),
)


@given(built(scan_policy_pb2.ScanPolicy, disabled=st.booleans(), rules=RULES), DEFAULTS)
def test_a_scan_policy(official: Any, defaults: bool) -> None:
    policy = rest.decode(written(official, defaults=defaults), wire.ScanPolicyMessage)
    assert policy.disabled is official.disabled
    rule = policy.rules.push_rule
    assert (rule is not None) is official.rules.HasField("push_rule")
    if rule is not None:
        assert list(rule.repository_prefixes) == official.rules.push_rule.repository_prefixes
        assert rule.disabled is official.rules.push_rule.disabled


def packed(message: Message) -> AnyMessage:
    whole = AnyMessage()
    whole.Pack(message)
    return whole


METADATA = built(scanner_service_pb2.ScanMetadata, scan_result_id=TEXT)


@given(TEXT, METADATA | st.none(), SCANS | st.none(), st.integers(0, 16), TEXT, DEFAULTS)
def test_an_operation(
    identity: str, metadata: Any, response: Any, code: int, message: str, defaults: bool
) -> None:
    official = operation_pb2.Operation(id=identity)
    if metadata is not None:
        official.metadata.CopyFrom(packed(metadata))
    if response is not None:
        official.response.CopyFrom(packed(response))
    elif code:
        official.error.code, official.error.message = code, message
    operation = rest.decode(written(official, defaults=defaults), rest.OperationMessage)
    assert operation.id == identity
    assert operation.metadata.scan_result_id == (metadata.scan_result_id if metadata else "")
    told = operation.response.id if operation.response else ""
    assert told == (response.id if response else "")
    assert (operation.error is not None) is official.HasField("error")
    if operation.error is not None:
        assert (operation.error.code, operation.error.message) == (code, message)


@pytest.mark.parametrize("number", ["+1", "1.5", "true", "1e99", '"x"', "[]"])
def test_what_the_official_reader_refuses_is_refused(number: str) -> None:
    text = f'{{"vulnerabilities": {{"high": {number}}}}}'
    with pytest.raises(json_format.ParseError):
        json_format.Parse(text, scanner_pb2.ScanResult())
    with pytest.raises(BadResponse):
        wire.read_scan(rest.decode(text.encode(), wire.ScanMessage))


def test_every_field_that_is_read_is_one_of_the_official_message() -> None:
    """A misspelt name would read as absent, and absent is zero."""
    pairs: dict[Any, type[rest.Message]] = {
        image_pb2.Image: wire.ImageMessage,
        image_service_pb2.ListImagesResponse: wire.ImagePage,
        scanner_pb2.ScanResult: wire.ScanMessage,
        scanner_service_pb2.ListScanResultsResponse: wire.ScanPage,
        scanner_pb2.Vulnerability: wire.VulnerabilityMessage,
        scanner_pb2.PackageVulnerability: wire.PackageMessage,
        scanner_service_pb2.ListVulnerabilitiesResponse: wire.VulnerabilityPage,
        scan_policy_pb2.ScanPolicy: wire.ScanPolicyMessage,
        scan_policy_pb2.ScanRules: wire.RulesMessage,
        scan_policy_pb2.PushRule: wire.PushRuleMessage,
        operation_pb2.Operation: rest.OperationMessage,
    }
    for official, ours in pairs.items():
        names = {field.json_name for field in official.DESCRIPTOR.fields}
        if issubclass(ours, rest.ListMessage):
            names |= {"next_page_token", "code", "message", "error"}  # read to be refused
        assert set(ours.__struct_encode_fields__) <= names
    severities = {field.json_name for field in scanner_pb2.VulnerabilityStats.DESCRIPTOR.fields}
    assert severities == {severity.value for severity in Severity}
    words = set(scanner_pb2.ScanResult.Status.keys()) - {"STATUS_UNSPECIFIED"}
    assert words <= {status.value for status in ScanStatus}
