"""What the JSON of both products has in common: strict reading, IDs in paths, the operation.

Shapes: yandex/cloud/operation/operation.proto and google/rpc/status.proto in their JSON mapping.
"""

import json
import urllib.parse
from typing import TypeVar

import msgspec

from scangate.errors import BadResponse
from scangate.instant import Instant


class Message(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """A message of the service. Fields that this version does not know are passed over."""


class ListMessage(Message, frozen=True):
    """One page of a list. Neither a token in another spelling nor a refusal may end the list.

    `code` and `message` are those of google.rpc.Status, `error` is what a gateway puts it into.
    """

    next_page_token: str = ""
    snake_token: object = msgspec.field(name="next_page_token", default=None)
    code: object = None
    message: object = None
    error: object = None

    def __post_init__(self) -> None:
        """Refuse a page that tells of the next one in snake_case, or that is no page."""
        if self.snake_token:
            raise ValueError("the page token is spelt next_page_token, not nextPageToken")
        if any(each is not None for each in (self.code, self.message, self.error)):
            raise ValueError(f"it is an error: {self.code} {self.message or self.error}")


class StatusMessage(Message, frozen=True):
    """google.rpc.Status."""

    code: int = 0
    message: str = ""


class ScanMetadata(Message, frozen=True):
    """ScanMetadata of the operation that a scan is, and of its response: the result's ID."""

    scan_result_id: str = ""
    id: str = ""


class OperationMessage(Message, frozen=True):
    """yandex.cloud.operation.Operation. `error` may come before `done`."""

    id: str = ""
    done: bool = False
    metadata: ScanMetadata = ScanMetadata()
    response: ScanMetadata | None = None
    error: StatusMessage | None = None


M = TypeVar("M", bound=Message)


def decode(data: bytes, kind: type[M]) -> M:
    """Read one message. Raises BadResponse for anything else."""
    try:
        message = msgspec.json.decode(data, type=kind)
        json.loads(data.decode(), object_pairs_hook=_refuse_repeated_names)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadResponse(
            f"the service's answer is not what was asked for ({kind.__name__}): {error}"[:300]
        ) from error

    return message


def quote(part: str) -> str:
    """Quote what the service calls an ID: one segment of a path, whatever is in it.

    Raises BadResponse for the two that cannot be quoted, and lead to another path.
    """
    if part in (".", ".."):
        raise BadResponse(f"{part!r} is not an ID")
    return urllib.parse.quote(part, safe="")


def read_created(text: str | None) -> Instant | None:
    """Read when something was made, by which no verdict is made; what is odd is not known."""
    try:
        return Instant.parse(text or "")
    except ValueError:
        return None


def _refuse_repeated_names(members: list[tuple[str, object]]) -> None:
    """msgspec takes the last of two members of one name, and others may take the first."""
    if len(dict(members)) < len(members):
        raise ValueError("a name comes twice in one object")
