"""ScannerService (yandex/cloud/containerregistry/v1/scanner_service.proto)."""

import json
import uuid
from collections.abc import Iterable

from scangate.emulator.behaviour import NoLast, Nothing
from scangate.emulator.call import Call
from scangate.emulator.query import Filter, Listing, check_length
from scangate.emulator.refusals import Code, StatusError, invalid, missing
from scangate.emulator.view import Result
from scangate.emulator.wire import Json
from scangate.emulator.world import (
    SEVERITIES,
    STATUSES,
    UNSPECIFIED_SEVERITY,
    Vulnerability,
    severity_rank,
)

RESULTS: Listing[Result] = Listing(
    parents=("imageId", "repositoryId"),
    filters={"status": Filter(lambda result: result.status, STATUSES.__contains__)},
    # "critical first", says the comment: the statuses in falling order of their numbers
    orders={"status": lambda r: -STATUSES.index(r.status) if r.status in STATUSES else 1},
)
VULNERABILITIES: Listing[Vulnerability] = Listing(
    parents=(),
    filters={
        "severity": Filter(
            lambda row: row.severity, (*SEVERITIES, UNSPECIFIED_SEVERITY).__contains__
        ),
        "name": Filter(lambda row: row.name),
    },
    orders={"severity": lambda row: severity_rank(row.severity)},
)


def start_scan(call: Call) -> Json:
    """POST /scans: start a scan, or return the Operation of the same Idempotency-Key."""
    identity = _requested_image(call.request.body)
    key = call.request.headers.get("idempotency-key", "")
    if key and not _is_uuid(key):
        raise invalid("Idempotency-Key: must be a UUID")
    started = call.ledger.start(call.view.image(identity), call.view, key=key)
    return call.after_start().wire.operation(started)


def get_scan(call: Call) -> Json:
    """GET /scans/{scanResultId}."""
    return call.wire.scan_result(call.view.result(call.identity("scanResultId")))


def get_last_scan(call: Call) -> Json:
    """GET /images/{imageId}:lastScanResult: the last finished one."""
    image = call.view.image(call.identity("imageId"))
    with_failed = call.view.world.behaviour.last_shows_failed
    finished = [
        (result.ended, place, result)
        for place, result in enumerate(call.view.results(image))
        if result.ended is not None and (with_failed or result.status == "READY")
    ]
    if finished:
        return call.wire.scan_result(max(finished)[2])
    if call.view.world.behaviour.never_scanned_last is NoLast.EMPTY_OBJECT:
        return {}
    raise missing("Scan result for image", image.id)


def list_scans(call: Call) -> Json:
    """GET /scans: the results of an image or of a repository."""
    query = RESULTS.parse(call.request.query)
    if len(query.parents) != 1:
        raise invalid("exactly one of imageId and repositoryId is required")
    kind, identity = next(iter(query.parents.items()))
    results = _of_image(call, identity) if kind == "imageId" else _of_repository(call, identity)
    return call.page("scanResults", query.select(results), query, call.wire.scan_result)


def list_vulnerabilities(call: Call) -> Json:
    """GET /scans/{scanResultId}:listVulnerabilities: the most severe first, then by package."""
    query = VULNERABILITIES.parse(call.request.query)
    result = call.view.result(call.identity("scanResultId"))
    if result.ended is None and call.view.world.behaviour.unfinished_list_refused:
        message = f"ScanResult {result.scan.id} is not ready"
        raise StatusError(Code.FAILED_PRECONDITION, message)
    rows = query.select(result.vulnerabilities)
    return call.page("vulnerabilities", rows, query, call.wire.vulnerability)


def _of_image(call: Call, identity: str) -> Iterable[Result]:
    results = call.view.results(call.view.image(identity))
    if not results and call.view.world.behaviour.never_scanned_list is Nothing.NOT_FOUND:
        raise missing("Scan results for image", identity)
    return results


def _of_repository(call: Call, identity: str) -> Iterable[Result]:
    images = call.view.images_of(call.view.repository(identity).name)
    return [result for image in images for result in call.view.results(image)]


def _requested_image(body: bytes) -> str:
    try:
        request = json.loads(body)
    except ValueError as error:
        raise invalid("the body is not JSON") from error
    if not isinstance(request, dict) or not request.keys() <= {"imageId"}:
        raise invalid("the body must be an object with the field imageId alone")
    identity = request.get("imageId")
    if not isinstance(identity, str) or not identity:
        raise invalid("imageId: is required")
    check_length("imageId", identity)
    return identity


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
