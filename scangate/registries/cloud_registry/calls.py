"""Manners on gRPC, the same as the transport's on HTTPS: deadlines, retries, renewal, IDs, errors.

What a status means follows the table of gRPC and HTTP codes that the service documents
(api-design-guide/concepts/errors), so that both products fail alike.
"""

import uuid
from typing import Any

import requests

from scangate.errors import (
    BadResponse,
    PermissionDenied,
    ScangateError,
    Unauthenticated,
    Unavailable,
)
from scangate.registries.cloud_registry.stubs import Stubs
from scangate.secret import redact
from scangate.transport import Answer, Hopeless, InvalidRequest, NotFound, Transport

_RETRIED = ("UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN")
_TRY_AGAIN = (*_RETRIED, "ABORTED", "DATA_LOSS", "UNIMPLEMENTED")
_INVALID = ("INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE")


class Calls:
    """Calls over one channel."""

    def __init__(self, stubs: Stubs, transport: Transport, *, url: str) -> None:
        self._rpc_error: type[Exception] = stubs.grpc.RpcError
        self._transport = transport
        self._url = url

    # The messages and methods are generated, and gRPC has no types
    def call(self, method: Any, request: Any, *, name: str, key: str = "") -> Any:  # noqa: ANN401
        """Return the answer to a request that may be sent again after a failure.

        `name` tells the method in messages; `key` makes a change one change however often it is
        sent. Raises as `Transport.get` does.
        """
        what = f"gRPC {self._url}/{name}"
        attempt, renewed = 1, False
        while True:
            request_id = str(uuid.uuid4())
            try:
                return self._once(method, request, what=what, key=key, request_id=request_id)
            except self._rpc_error as failure:
                code, error, after = self._understood(failure, what=what, request_id=request_id)
            if code == "UNAUTHENTICATED" and not renewed and self._transport.renew():
                renewed = True
                continue
            if code not in _RETRIED or isinstance(error, BadResponse):
                raise error
            self._transport.pause_or_raise(error, attempt=attempt, asked=after)
            attempt += 1

    def _once(self, method: Any, request: Any, *, what: str, key: str, request_id: str) -> Any:  # noqa: ANN401
        seconds = self._transport.seconds_left()
        metadata = [
            ("x-client-request-id", request_id),
            ("x-client-trace-id", self._transport.trace_id),
        ]
        if key:
            metadata.append(("idempotency-key", key))
        token = self._transport.token()
        if token is not None:
            metadata.append(("authorization", f"Bearer {token.reveal()}"))
        answer, call = method.with_call(request, timeout=seconds, metadata=metadata)
        ids = self._ids(call, request_id)
        self._transport.log(f"{what}: OK, {answer.ByteSize()} bytes ({ids})")
        return answer

    def _understood(
        self,
        failure: Any,  # noqa: ANN401 - see above
        *,
        what: str,
        request_id: str,
    ) -> tuple[str, ScangateError, str | None]:
        """Return the name of the status, the error that it means, and its Retry-After."""
        code = failure.code().name
        said = " ".join(redact(failure.details() or "").split())[:500]
        text = f"{what} answered {code}: {said} ({self._ids(failure, request_id)})"
        self._transport.log(text)
        return code, _error_of(code, said, text), _headers(failure).get("retry-after")

    def _ids(self, call: Any, request_id: str) -> str:  # noqa: ANN401 - see above
        headers = _headers(call)
        headers["x-client-request-id"] = request_id
        headers["x-client-trace-id"] = self._transport.trace_id
        return Answer(method="", url="", status=0, headers=headers, body=b"").ids


def _headers(call: Any) -> "requests.structures.CaseInsensitiveDict[str]":  # noqa: ANN401 - gRPC
    pairs = (*(call.initial_metadata() or ()), *(call.trailing_metadata() or ()))
    texts = {name: value for name, value in pairs if isinstance(value, str)}
    return requests.structures.CaseInsensitiveDict(texts)


def _error_of(code: str, said: str, text: str) -> ScangateError:
    if code == "UNAUTHENTICATED":
        return Unauthenticated(text, hint="the token is invalid or has expired; get a new one")
    if code == "PERMISSION_DENIED":
        return PermissionDenied(text)
    if code == "NOT_FOUND":
        return NotFound(text)
    if code in _INVALID:
        return InvalidRequest(text)
    if "CERTIFICATE_VERIFY_FAILED" in said:
        hint = "a private CA is given with REQUESTS_CA_BUNDLE=/path/to/ca.pem"
        return Hopeless(text, hint=hint)
    if any(each in said for each in _OURS) or code not in _TRY_AGAIN:
        return BadResponse(text)
    return Unavailable(text, hint="the service is in trouble or overloaded; try again later")


_OURS = ("Exception deserializing response", "Received message larger than max")
"""What gRPC itself says of an answer that it could not take; the next one would be the same."""
