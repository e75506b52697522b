"""Yandex Cloud Registry, the successor of Container Registry.

Its artifacts are asked over REST (`artifacts`), its scanner over gRPC: the public protos give it
no HTTP route (yandex/cloud/cloudregistry/v1/scanner_service.proto). gRPC is imported when a
CloudRegistry is made. Server-side filters are not used, and the page size is always said: the
default is 10.
"""

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from scangate.clouds import Endpoints
from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    ImageNotFound,
    NotScannable,
    PermissionDenied,
    ScanFailed,
)
from scangate.instant import Instant
from scangate.model import Image, PushScan, ScanResult, ScanStatus, Value, Vulnerability
from scangate.reference import ImageReference, Target
from scangate.registries.cloud_registry import coverage, messages, stubs, wire
from scangate.registries.cloud_registry.artifacts import Artifacts
from scangate.registries.cloud_registry.calls import Calls
from scangate.registries.cloud_registry.channel import open_channel
from scangate.registries.paging import PAGE_SIZE, pages
from scangate.registries.rest import OperationMessage, quote
from scangate.transport import InvalidRequest, NotFound, Transport

VIEWER = "cloud-registry.viewer"
"""Enough to read results (docs: _roles/cloud-registry/viewer)."""

_WHO_MAY_SCAN = (
    "which role may start a scan is not documented (cloud-registry.editor is likely); to read, "
)
_SERVICE = "yandex.cloud.cloudregistry.v1.ScannerService"


class _Started(Value, frozen=True):
    """A scan that was started: its operation, and the results that were there before."""

    image: Image
    operation_id: str
    before: frozenset[str]


class CloudRegistry:
    """The registry product behind `gate.Source`, for one image. `artifacts` are its tree.

    Raises UsageError when gRPC is not installed.
    """

    def __init__(
        self, transport: Transport, endpoints: Endpoints, *, registry_id: str = "<registry-id>"
    ) -> None:
        self._stubs = stubs.load()
        self._transport = transport
        self._url = endpoints.cloud_registry
        self._root = f"{self._url}/cloud-registry/v1"
        self._operations = f"{endpoints.operation}/operations"
        self.artifacts = Artifacts(self._get, log=transport.log)
        self._registry_id = registry_id
        self._started: _Started | None = None

    def served_at(self) -> Instant | None:
        """Return the service's own time of its newest answer, if it told one."""
        return self._transport.served_at()

    def find(self, target: Target) -> Image | None:
        """Return the image with that ID or digest, an index with its platforms.

        A tag takes a look at the registry itself first: see `registries.lookup`.
        """
        if isinstance(target, ImageReference):
            self._registry_id = target.name.partition("/")[0]
        return self.artifacts.find(target)

    def scans(self, image: Image) -> Sequence[ScanResult]:
        """Return every scan result of the image, of all pages."""
        found = self._pages("List", "ListScanResultsRequest", artifact_id=image.id)
        try:
            return [messages.read_scan(each) for page in found for each in page.scan_results]
        except NotFound:
            return []  # what an artifact that was never scanned answers is not documented

    def push_scan(self, image: Image) -> PushScan:
        """Tell whether the registry's scan policy covers a push to the image's repository."""
        registry_id = image.name.partition("/")[0]
        try:
            data = self._get(f"registries/{quote(registry_id)}/scanPolicy", {})
        except (NotFound, InvalidRequest) as error:
            # Container Registry was seen to answer 400 as well as 404
            if isinstance(error, InvalidRequest) and "not found" not in error.message.lower():
                raise
            return coverage.without_policy(registry_id)
        return coverage.of_policy(wire.decode(data, wire.ScanPolicy), image)

    def start_scan(self, image: Image) -> str:
        """Start a scan, at most one however often it is sent. Its result's ID is not told yet."""
        before = self._before(image)
        request = self._scanner.request("ScanRequest", artifact_id=image.id)
        try:
            with self._naming_the_role(_WHO_MAY_SCAN):
                # The same key on every retry: a scan is billed, and the key makes it one
                operation = self._scanner.call(
                    "Scan", request, key=self._transport.once_key(image.id)
                )
        except NotFound as error:
            raise ImageNotFound(f"{image.pinned} cannot be scanned: {error.message}") from error
        except InvalidRequest as error:
            raise NotScannable(f"{image.pinned} cannot be scanned: {error.message}") from error
        if operation.HasField("error"):
            raise _failed(operation.id, operation.error.message, operation.error.code)
        if not operation.id:
            raise BadResponse(f"the scan of {image.pinned} was started without an operation")
        self._started = _Started(image=image, operation_id=operation.id, before=before)
        return ""

    def started_scan(self, scan_id: str) -> ScanResult | None:
        """Return the result that the operation names when it is done, or that is new since then.

        Until it is done a new result is told as running, whoever started it.
        """
        started = self._started
        if started is None:
            return self._get_scan(scan_id)
        operation = self._operation(started)
        if operation is not None and operation.response is not None and operation.response.id:
            return self._named(operation.response.id, started)
        done = operation is None or operation.done
        new = [each for each in self.scans(started.image) if each.id not in started.before]
        if len(new) > 1 and done:
            ids = ", ".join(sorted(each.id for each in new))
            raise EvidenceIncomplete(f"which of the new scans was started is not told: {ids}")
        return _as_running(new[0], done=done) if len(new) == 1 else None

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        """Yield every row of a result, page by page."""
        method, kind = "ListVulnerabilities", "ListVulnerabilitiesRequest"
        try:
            for page in self._pages(method, kind, scan_result_id=scan.id):
                yield from map(messages.read_vulnerability, page.vulnerabilities)
        except NotFound as error:
            raise EvidenceIncomplete(f"the vulnerabilities of scan {scan.id} are gone") from error

    def _before(self, image: Image) -> frozenset[str]:
        """The results that were there before this run began one, which it may have done already."""
        ids = frozenset(result.id for result in self.scans(image))
        return self._transport.first_in_run(f"results of {image.id}", ids)

    def _named(self, scan_id: str, started: _Started) -> ScanResult | None:
        if scan_id in started.before:
            raise EvidenceIncomplete(f"scan {scan_id} was there before a new one was started")
        return self._get_scan(scan_id)

    def _operation(self, started: _Started) -> OperationMessage | None:
        url = f"{self._operations}/{quote(started.operation_id)}"
        try:
            operation = wire.decode(self._transport.get(url), OperationMessage)
        except NotFound:
            return None
        if operation.error is not None:
            raise _failed(started.operation_id, operation.error.message, operation.error.code)
        return operation

    def _get_scan(self, scan_id: str) -> ScanResult | None:
        request = self._scanner.request("GetScanResultRequest", scan_result_id=scan_id)
        try:
            with self._naming_the_role():
                result = messages.read_scan(self._scanner.call("Get", request))
        except NotFound:
            return None  # it was started a moment ago, and may not be listed yet
        if result.id != scan_id:
            raise BadResponse(f"asked for scan {scan_id}, got scan {result.id or 'without an ID'}")
        return result

    def _pages(self, method: str, kind: str, **fields: str) -> Iterator[Any]:
        def fetch(token: str) -> "_Page":
            request = self._scanner.request(kind, page_size=PAGE_SIZE, page_token=token, **fields)
            with self._naming_the_role():
                page: _Page = self._scanner.call(method, request)
            return page

        return pages(fetch)

    def _get(self, path: str, params: Mapping[str, str | int]) -> bytes:
        with self._naming_the_role():
            return self._transport.get(f"{self._root}/{path}", params)

    @functools.cached_property
    def _scanner(self) -> "_Scanner":
        return _Scanner(self._stubs, self._transport, url=self._url)

    @contextlib.contextmanager
    def _naming_the_role(self, first: str = "") -> Iterator[None]:
        """Tell with a refusal which role is missing, and the command that grants it."""
        try:
            yield
        except PermissionDenied as error:
            command = (
                f"yc cloud-registry registry add-access-binding {self._registry_id} "
                f"--role {VIEWER} --service-account-id <service-account-id>"
            )
            hint = f"{first}the role {VIEWER} is needed; grant it: {command}"
            raise PermissionDenied(error.message, hint=hint) from error


class _Page(Protocol):
    """A list answer, of which each kind has its own rows."""

    @property
    def next_page_token(self) -> str:
        """The token of the next page, empty on the last one."""


class _Scanner:
    """ScannerService, by the official stubs."""

    def __init__(self, modules: stubs.Stubs, transport: Transport, *, url: str) -> None:
        self._requests = modules.requests
        self._stub = modules.service.ScannerServiceStub(
            open_channel(modules, url, transport.limits)
        )
        self._calls = Calls(modules, transport, url=url)

    # What is generated has no types
    def request(self, kind: str, **fields: str | int) -> Any:  # noqa: ANN401 - see above
        """Make a request."""
        make: Callable[..., Any] = getattr(self._requests, kind)
        return make(**fields)

    def call(self, method: str, request: Any, *, key: str = "") -> Any:  # noqa: ANN401 - see above
        """Send a request, as `Calls.call` does."""
        name = f"{_SERVICE}/{method}"
        return self._calls.call(getattr(self._stub, method), request, name=name, key=key)


def _failed(operation_id: str, message: str, code: int) -> ScanFailed:
    said = message or f"code {code}"
    return ScanFailed(f"the scan could not be done (operation {operation_id}): {said}")


def _as_running(result: ScanResult, *, done: bool) -> ScanResult:
    if done or result.status.in_progress:
        return result
    return msgspec.structs.replace(
        result, status=ScanStatus.RUNNING, status_word=ScanStatus.RUNNING.value
    )
