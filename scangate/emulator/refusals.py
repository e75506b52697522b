"""How a call is refused: the gRPC codes, their HTTP statuses and the body that tells them.

The body is google.rpc.Status in JSON; the mapping of codes is that of the API design guide
(yandex.cloud/docs/api-design-guide/concepts/errors) and of google/rpc/code.proto.
"""

from collections.abc import Mapping
from enum import IntEnum


class Code(IntEnum):
    """The canonical codes (google/rpc/code.proto)."""

    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


HTTP_STATUS: Mapping[Code, int] = {
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}


class StatusError(Exception):
    """A call that is answered with a google.rpc.Status instead of its message."""

    def __init__(self, code: Code, message: str, *, localized: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.localized = localized

    def body(self, request_id: str) -> dict[str, object]:
        """The google.rpc.Status; its details name the request, for support to find it."""
        details: list[dict[str, object]] = []
        if self.localized:
            kind = "type.googleapis.com/google.rpc.LocalizedMessage"
            details.append({"@type": kind, "locale": "en", "message": self.localized})
        kind = "type.googleapis.com/google.rpc.RequestInfo"
        details.append({"@type": kind, "requestId": request_id})
        return {"code": int(self.code), "message": self.message, "details": details}


def invalid(message: str) -> StatusError:
    """A request that breaks a rule of its proto."""
    return StatusError(Code.INVALID_ARGUMENT, message)


def missing(kind: str, name: str) -> StatusError:
    """A resource that is not there. An image's message comes with a key for translation."""
    localized = ""
    if kind == "Image":
        # Seen on the service: the localized text is the key, not a sentence
        localized = f'{{i18n:container_registry.unknownImageName,name:"{name}"}}'
    return StatusError(Code.NOT_FOUND, f"{kind} {name} not found", localized=localized)
