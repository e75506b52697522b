"""What the public documents of the service leave open, as switches.

The protos and the reference say which fields exist; they do not say how an answer looks when
there is nothing to tell. A client is right only if it is right under every setting here.
Nothing in this module acts: `wire` and the services read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from enum import Enum, StrEnum


class Clean(StrEnum):
    """How `ScanResult.vulnerabilities` looks when every count is zero."""

    ABSENT = "absent"
    EMPTY = "empty"
    ZEROS = "zeros"


class Nothing(StrEnum):
    """What a List call answers when there is nothing it could list."""

    EMPTY = "empty"
    NOT_FOUND = "not-found"


class NoLast(StrEnum):
    """What GetLast answers for an image without a finished scan."""

    NOT_FOUND = "not-found"
    EMPTY_OBJECT = "empty-object"


class NoPolicy(StrEnum):
    """The status of GetByRegistry for a registry without a scan policy."""

    NOT_FOUND = "not-found"
    BAD_REQUEST = "bad-request"


class Integers(StrEnum):
    """How 64-bit integers are written."""

    STRINGS = "strings"
    NUMBERS = "numbers"


class Utc(StrEnum):
    """How a timestamp says that it is UTC."""

    Z = "Z"
    OFFSET = "+00:00"


class FailedOperation(StrEnum):
    """How the Operation of a scan ends whose result is not READY."""

    ERROR = "error"
    RESPONSE = "response"


class Nodes(StrEnum):
    """Under which names Cloud Registry has the artifacts of a repository."""

    BOTH = "both"
    TAGS = "tags"
    DIGESTS = "digests"


class Paths(StrEnum):
    """What the path of an artifact in Cloud Registry is: its folder's, or its own."""

    FOLDER = "folder"
    WHOLE = "whole"


class Lists(StrEnum):
    """How much of an artifact a list of Cloud Registry tells."""

    WHOLE = "whole"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One setting of every switch; the defaults are the canonical JSON form of the messages."""

    # JSON form of the messages. proto3 JSON (protobuf.dev, "ProtoJSON format") leaves default
    # values out unless a server is told to write them; the reference does not say which it is.
    # A zero count inside VulnerabilityStats (scanner.proto) is "0" instead of absent.
    zero_counts_written: bool = False
    # VulnerabilityStats of a clean image (scanner.proto does not say that it is always set).
    clean_vulnerabilities: Clean = Clean.ABSENT
    # "", false and [] are written, for example `done` of Operation (operation.proto).
    empty_fields_written: bool = False
    # The pages of the List calls say that the token is there "if there are more results".
    last_page_token_written: bool = False
    # The reference's type is "string (int64)", yet one of its illustrations shows a number.
    integers: Integers = Integers.STRINGS
    # google/protobuf/timestamp.proto: 0, 3, 6 or 9 digits, any number accepted; None: as needed.
    fraction_digits: int | None = field(default=None, metadata={"settings": (None, 0, 3, 9)})
    # RFC 3339 allows both; samples of the service's sibling APIs show both.
    utc: Utc = Utc.Z

    # Scanner (yandex/cloud/containerregistry/v1/scanner_service.proto).
    # List for an image that exists and was never scanned.
    never_scanned_list: Nothing = Nothing.EMPTY
    # GetLast for an image without a finished scan.
    never_scanned_last: NoLast = NoLast.NOT_FOUND
    # GetLast is "the last finished" result; whether a failed scan is finished is not said.
    last_shows_failed: bool = True
    # `scanned_at` is "when the scan has been finished"; it may be set to something before that.
    running_has_time: bool = False
    # The same field of a scan that failed.
    failed_has_time: bool = True
    # ListVulnerabilities of a scan that still runs: an empty list, or FAILED_PRECONDITION.
    unfinished_list_refused: bool = False
    # operation.proto: "error" may be set before `done` is.
    error_before_done: bool = False
    # scanner_service.proto: the response is a ScanResult, which itself can say ERROR.
    failed_operation: FailedOperation = FailedOperation.ERROR
    # The quota of scans at the same time (yandex.cloud/docs/container-registry/concepts/limits).
    parallel_scans: int = field(default=10, metadata={"settings": ()})

    # Image and ScanPolicy (image_service.proto, scan_policy_service.proto).
    # Image.List of a registry or repository that does not exist.
    unknown_repository: Nothing = Nothing.EMPTY
    # Image.List by the name of a registry's alias instead of its ID finds the images.
    aliases_resolved: bool = True
    # GetByRegistry of a registry without a scan policy: both have been seen.
    no_scan_policy: NoPolicy = NoPolicy.NOT_FOUND

    # Indexes: the documents of Container Registry do not mention them.
    # An index is an Image of its own, beside those of its platforms.
    index_listed: bool = False
    # The scanner takes an index (of Cloud Registry, too: cloudregistry/v1/scanner.proto).
    index_scanned: bool = False

    # Artifact (yandex/cloud/cloudregistry/v1/artifact.proto): nothing says how the tags and
    # digests of a Docker repository are named in the tree.
    artifact_nodes: Nodes = Nodes.BOTH
    artifact_path: Paths = Paths.FOLDER
    listed_artifacts: Lists = Lists.WHOLE
    # The operation of a scan ends without the response that its proto declares.
    scan_response: bool = True

    def variants(self) -> Iterator[tuple[str, "Behaviour"]]:
        """This behaviour, then every other setting of each switch alone, each with its name."""
        yield "as-is", self
        for switch in fields(self):
            current = getattr(self, switch.name)
            for setting in switch.metadata.get("settings", _settings(current)):
                if setting != current:
                    changed = replace(self, **{switch.name: setting})
                    yield f"{switch.name}={setting}", changed


def _settings(current: object) -> tuple[object, ...]:
    if isinstance(current, Enum):
        return tuple(type(current))
    return (False, True)
