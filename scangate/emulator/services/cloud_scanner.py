"""ScannerService of Cloud Registry (yandex/cloud/cloudregistry/v1/scanner_service.proto).

Requests and answers are the official messages, so this module is imported only when one comes.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from yandex.cloud.cloudregistry.v1 import scanner_pb2, scanner_service_pb2
from yandex.cloud.operation import operation_pb2

from scangate.emulator.behaviour import NoLast, Nothing
from scangate.emulator.call import Call
from scangate.emulator.cloud_wire import CloudWire
from scangate.emulator.moments import SECOND, parse_timestamp
from scangate.emulator.query import Query
from scangate.emulator.refusals import Code, StatusError, invalid, missing
from scangate.emulator.services.scanner import RESULTS, VULNERABILITIES
from scangate.emulator.view import Result
from scangate.emulator.world import CLOUD_REGISTRY, Image, Vulnerability

_DEFAULT_PAGE_SIZE = 10
UNKNOWN = 99
"""The number of a word of a world that the official enum does not have."""


def answer(call: Call) -> bytes:
    """Answer the call that the path names."""
    method = _METHODS.get(call.request.path.rpartition("/")[2])
    if method is None:
        raise StatusError(Code.UNIMPLEMENTED, "Method not found!")
    try:
        message: bytes = method(call).SerializeToString()
    except DecodeError as error:
        raise invalid("the request cannot be read") from error
    return message


def _scan(call: Call) -> Message:
    request = scanner_service_pb2.ScanRequest.FromString(call.request.body)
    key = call.request.headers.get("idempotency-key", "")
    image = _image(call, request.artifact_id)
    started = call.ledger.start(image, call.view, key=key, api=CLOUD_REGISTRY)
    told = CloudWire(call.after_start().view).operation(started)
    told.pop("response", None)  # its scan result may say words that the message cannot
    return json_format.Parse(json.dumps(told), operation_pb2.Operation())


def _get(call: Call) -> Message:
    request = scanner_service_pb2.GetScanResultRequest.FromString(call.request.body)
    return _result(call, call.view.result(request.scan_result_id))


def _get_last(call: Call) -> Message:
    request = scanner_service_pb2.GetLastScanResultRequest.FromString(call.request.body)
    image = _image(call, request.artifact_id)
    with_failed = call.view.world.behaviour.last_shows_failed
    finished = [
        result
        for result in call.view.results(image)
        if result.ended is not None and (with_failed or result.status == "READY")
    ]
    if finished:
        return _result(call, max(finished, key=lambda result: result.ended or 0))
    if call.view.world.behaviour.never_scanned_last is NoLast.EMPTY_OBJECT:
        return scanner_pb2.ScanResult()
    raise missing("Scan result for artifact", request.artifact_id)


def _list(call: Call) -> Message:
    request = scanner_service_pb2.ListScanResultsRequest.FromString(call.request.body)
    results = list(call.view.results(_image(call, request.artifact_id)))
    if not results and call.view.world.behaviour.never_scanned_list is Nothing.NOT_FOUND:
        raise missing("Scan results for artifact", request.artifact_id)
    query: Query[Result] = Query(
        listing=RESULTS,
        parents={"artifactId": request.artifact_id},
        page_size=_page_size(request.page_size),
        page_token=request.page_token,
        filter=None,
        order=(),
    )
    page, token = call.tokens.cut(results, query, path=call.request.path)
    told = [_result(call, result) for result in page]
    return scanner_service_pb2.ListScanResultsResponse(scan_results=told, next_page_token=token)


def _list_vulnerabilities(call: Call) -> Message:
    request = scanner_service_pb2.ListVulnerabilitiesRequest.FromString(call.request.body)
    result = call.view.result(request.scan_result_id)
    if result.ended is None and call.view.world.behaviour.unfinished_list_refused:
        raise StatusError(Code.FAILED_PRECONDITION, f"ScanResult {result.scan.id} is not ready")
    query: Query[Vulnerability] = Query(
        listing=VULNERABILITIES,
        parents={"scanResultId": request.scan_result_id},
        page_size=_page_size(request.page_size),
        page_token=request.page_token,
        filter=None,
        order=(),
    )
    page, token = call.tokens.cut(list(result.vulnerabilities), query, path=call.request.path)
    rows = [_row(row) for row in page]
    return scanner_service_pb2.ListVulnerabilitiesResponse(
        vulnerabilities=rows, next_page_token=token
    )


_METHODS: Mapping[str, Callable[[Call], Message]] = {
    "Scan": _scan,
    "Get": _get,
    "GetLast": _get_last,
    "List": _list,
    "ListVulnerabilities": _list_vulnerabilities,
}


def _image(call: Call, artifact_id: str) -> Image:
    image = call.view.world.by_artifact.get(artifact_id)
    if image is None:
        raise missing("Artifact", artifact_id)
    return call.view.image(image.id)


def _page_size(given: int) -> int:
    if not 0 <= given <= 1000:
        raise invalid("page_size: must be from 0 to 1000")
    return given or _DEFAULT_PAGE_SIZE


def _result(call: Call, result: Result) -> scanner_pb2.ScanResult:
    told = CloudWire(call.view).scan_result(result)
    message = scanner_pb2.ScanResult(
        id=result.scan.id,
        artifact_id=str(told.get("artifactId", "")),
        status=_number(scanner_pb2.ScanResult.Status, str(told.get("status", ""))),
    )
    if "scannedAt" in told:
        # To the nanosecond whatever the JSON is cut to: there are no digits to choose here
        instant = parse_timestamp(str(told["scannedAt"]))
        message.scanned_at.seconds, message.scanned_at.nanos = divmod(instant, SECOND)
    counts = told.get("vulnerabilities")
    if isinstance(counts, dict):
        numbers = {name: int(number) for name, number in counts.items()}
        message.vulnerabilities.CopyFrom(scanner_pb2.VulnerabilityStats(**numbers))
    return message


def _row(row: Vulnerability) -> scanner_pb2.Vulnerability:
    return scanner_pb2.Vulnerability(
        severity=_number(scanner_pb2.Vulnerability.Severity, row.severity),
        name=row.name,
        package_name=row.package,
        package_type=row.type,
        package_version=row.version,
        package_fixed_version=row.fixed_by,
        link=row.link,
        source=row.source,
        origin=row.origin,
    )


def _number(enum: Any, word: str) -> Any:  # noqa: ANN401 - generated; 0 stands for no word
    return dict(enum.items()).get(word, UNKNOWN) if word else 0
