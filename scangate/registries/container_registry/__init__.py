"""Yandex Container Registry, its REST API: `cr.yandex`, `cr.yandexcloud.kz`, `cr.il.nebius.cloud`.

Calls and limits: yandex/cloud/containerregistry/v1/*_service.proto and the REST reference of
Container Registry. Server-side filters are not used: one that is ignored or misspelt would turn
into "no findings".
"""

import json
import re
from collections.abc import Iterable, Sequence

from scangate.clouds import Endpoints
from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    ImageNotFound,
    NotScannable,
    ScanFailed,
)
from scangate.instant import Instant
from scangate.model import Image, PushScan, ScanResult, Vulnerability
from scangate.reference import ImageId, ImageReference, Target
from scangate.registries import rest
from scangate.registries.container_registry import coverage, wire
from scangate.registries.container_registry.calls import SCANNER_ROLE, Calls
from scangate.transport import InvalidRequest, NotFound, Transport

__all__ = ["SCANNER_ROLE", "ContainerRegistry"]


class ContainerRegistry:
    """The registry product behind `gate.Source`, for one image."""

    def __init__(self, transport: Transport, endpoints: Endpoints) -> None:
        self._transport = transport
        self._calls = Calls(transport, endpoints)
        self._operations = f"{endpoints.operation}/operations"
        self._operation_id = ""

    def served_at(self) -> Instant | None:
        """Return the service's own time of its newest answer, if it told one."""
        return self._transport.served_at()

    def find(self, target: Target) -> Image | None:
        """Return the image with that ID, digest or tag; None when it is not listed.

        Images cannot be asked for by tag or digest, so the repository's images are read until
        the page that has it.
        """
        if isinstance(target, ImageId):
            return self._get_image(target)
        self._calls.registry_id = target.name.partition("/")[0]
        named = {"repositoryName": target.name}
        try:
            for page in self._calls.pages("images", named, wire.ImagePage):
                found = {message for message in page.images if _is_meant(message, target)}
                if len(found) > 1:
                    ids = ", ".join(sorted(message.id for message in found))
                    raise EvidenceIncomplete(f"{target.text} names several images: {ids}")
                for message in found:
                    _refuse_foreign(message, target)
                    return wire.read_image(message, host=target.host)
        except NotFound:
            pass  # an unknown repository answers 404 or an empty list, which is not documented
        return None

    def scans(self, image: Image) -> Sequence[ScanResult]:
        """Return every scan result of the image, of all pages."""
        try:
            return [
                wire.read_scan(message)
                for page in self._calls.pages("scans", {"imageId": image.id}, wire.ScanPage)
                for message in page.scan_results
            ]
        except NotFound:
            return []  # what an image that was never scanned answers is not documented

    def push_scan(self, image: Image) -> PushScan:
        """Tell whether the registry's scan policy covers a push to the image's repository."""
        registry_id = image.name.partition("/")[0]
        try:
            data = self._calls.get(f"scanPolicies/{rest.quote(registry_id)}:byRegistry")
        except (NotFound, InvalidRequest) as error:
            # 400 "Scan policy not found for registry" was seen as well as 404
            if isinstance(error, InvalidRequest) and "not found" not in error.message.lower():
                raise
            return coverage.without_policy(registry_id, root=self._calls.root)
        return coverage.of_policy(rest.decode(data, wire.ScanPolicyMessage), image)

    def start_scan(self, image: Image) -> str:
        """Start a scan, at most one however often the request is repeated."""
        body = json.dumps({"imageId": image.id}).encode()
        # The same key on every retry: a scan is billed, and the key makes it one
        key = self._transport.once_key(image.id)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            with self._calls.naming_the_role():
                data = self._transport.post(f"{self._calls.root}/scans", body, headers=headers)
        except NotFound as error:
            raise ImageNotFound(f"{image.pinned} cannot be scanned: {error.message}") from error
        except InvalidRequest as error:
            raise NotScannable(f"{image.pinned} cannot be scanned: {error.message}") from error
        operation = rest.decode(data, rest.OperationMessage)
        self._operation_id = operation.id
        _refuse_failed(operation)
        response = operation.response or rest.ScanMetadata()
        scan_id = operation.metadata.scan_result_id or response.id
        if not scan_id:
            raise BadResponse(f"operation {operation.id} does not name the scan that it started")
        return scan_id

    def started_scan(self, scan_id: str) -> ScanResult | None:
        """Return the scan's result; while it is not finished its operation may tell a failure."""
        result = self._get_scan(scan_id)
        if self._operation_id and (result is None or result.status.in_progress):
            try:
                data = self._transport.get(f"{self._operations}/{rest.quote(self._operation_id)}")
            except NotFound:
                return result
            _refuse_failed(rest.decode(data, rest.OperationMessage))
        return result

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        """Yield every row of a result, page by page."""
        path = f"scans/{rest.quote(scan.id)}:listVulnerabilities"
        try:
            for page in self._calls.pages(path, {}, wire.VulnerabilityPage):
                yield from map(wire.read_vulnerability, page.vulnerabilities)
        except NotFound as error:
            # Results are kept for 30 days, three of an image (docs: vulnerability-scanner)
            raise EvidenceIncomplete(f"the vulnerabilities of scan {scan.id} are gone") from error

    def _get_image(self, target: ImageId) -> Image | None:
        try:
            data = self._calls.get(f"images/{rest.quote(target.text)}")
        except NotFound:
            return None
        message = rest.decode(data, wire.ImageMessage)
        if message.id != target.text:
            raise BadResponse(f"asked for image {target.text}, got {message.id or 'no ID'}")
        return wire.read_image(message, host=target.host)

    def _get_scan(self, scan_id: str) -> ScanResult | None:
        try:
            data = self._calls.get(f"scans/{rest.quote(scan_id)}")
        except NotFound:
            return None  # it was started a moment ago, and may not be listed yet
        return wire.read_scan(rest.decode(data, wire.ScanMessage))


_REGISTRY_ID = re.compile(r"cr[a-z0-9]{18}")


def _is_meant(message: wire.ImageMessage, target: ImageReference) -> bool:
    """A tag may be any of an image's tags, not only the first."""
    if target.digest is not None:
        return message.digest == target.digest
    return target.tag in message.tags


def _refuse_foreign(message: wire.ImageMessage, target: ImageReference) -> None:
    """The name's first part may be an alias, for which the service answers with the ID."""
    asked_registry, _, asked = target.name.partition("/")
    registry, _, name = message.name.partition("/")
    is_alias = not _REGISTRY_ID.fullmatch(asked_registry)
    if name != asked or (registry != asked_registry and not is_alias):
        raise BadResponse(f"asked for images of {target.name}, got one of {message.name!r}")


def _refuse_failed(operation: rest.OperationMessage) -> None:
    if operation.error is not None:
        said = operation.error.message or f"code {operation.error.code}"
        raise ScanFailed(f"the scan could not be done (operation {operation.id}): {said}")
