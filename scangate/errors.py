"""What can go wrong, and the exit code of each.

    ScangateError
    ├── UsageError            2   the command line, a policy, a reference
    │   └── PolicyError           every mistake of one policy
    ├── NoEvidence            3   nothing that could be judged
    │   ├── ImageNotFound, ScanMissing, ScanFailed, ScanStale, ScanTimeout
    │   └── EvidenceIncomplete, TagMoved, NotScannable
    ├── Refused               4   trying again will not help
    │   └── Unauthenticated, PermissionDenied
    ├── Unavailable           5   trying again may help
    │   └── BadResponse           the answer is malformed or foreign
    ├── InternalError         6   a defect in scangate
    └── Interrupted         130   and Terminated, 143

A policy violation is no error: it is a verdict, and its exit code is computed from the report.
Each class owns its code and its kind, the word that reports and scripts see.
"""

import enum
from collections.abc import Sequence
from typing import ClassVar


class ExitCode(enum.IntEnum):
    """The exit codes of every command. 0 is reserved for a full pass."""

    PASS = 0
    VIOLATION = 1
    USAGE = 2
    NO_EVIDENCE = 3
    REFUSED = 4
    UNAVAILABLE = 5
    INTERNAL = 6
    INTERRUPTED = 130
    TERMINATED = 143


class ScangateError(Exception):
    """No verdict could be reached. `hint` says what to do next, when that is known."""

    code: ClassVar[ExitCode] = ExitCode.INTERNAL
    kind: ClassVar[str] = "internal"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ScangateError):
    """The arguments, the environment or a file given by the user cannot be used."""

    code = ExitCode.USAGE
    kind = "usage"


class PolicyError(UsageError):
    """A policy cannot be used; `problems` holds every mistake found, a line each."""

    kind = "invalid-policy"

    def __init__(self, problems: Sequence[str], *, hint: str = "") -> None:
        super().__init__("\n".join(problems), hint=hint)
        self.problems = tuple(problems)


class NoEvidence(ScangateError):
    """The service answered, but there is nothing that may be judged."""

    code = ExitCode.NO_EVIDENCE
    kind = "evidence-incomplete"


class ImageNotFound(NoEvidence):
    """No image of the registry matches the reference."""

    kind = "image-not-found"


class ScanMissing(NoEvidence):
    """The image was never scanned, or its scan did not appear in time."""

    kind = "scan-missing"


class ScanFailed(NoEvidence):
    """The newest scan ended without a result."""

    kind = "scan-failed"


class ScanStale(NoEvidence):
    """The result is too old, or its age cannot be told."""

    kind = "scan-stale"


class ScanTimeout(NoEvidence):
    """The scan was still in progress when the time was up."""

    kind = "scan-timeout"


class EvidenceIncomplete(NoEvidence):
    """The parts of the evidence do not add up."""

    kind = "evidence-incomplete"


class TagMoved(NoEvidence):
    """While the gate waited, the tag was given to another image."""

    kind = "tag-moved"


class NotScannable(NoEvidence):
    """The reference names something that the service's scanner cannot scan."""

    kind = "not-scannable"


class Refused(ScangateError):
    """The service does not let this identity in."""

    code = ExitCode.REFUSED
    kind = "permission-denied"


class Unauthenticated(Refused):
    """There are no credentials, or the service does not accept them."""

    kind = "unauthenticated"


class PermissionDenied(Refused):
    """The identity is known and lacks a role."""

    kind = "permission-denied"


class Unavailable(ScangateError):
    """The service could not be reached, or did not answer in time."""

    code = ExitCode.UNAVAILABLE
    kind = "unavailable"


class BadResponse(Unavailable):
    """The answer is malformed, or is not what was asked for."""

    kind = "bad-response"


class InternalError(ScangateError):
    """An exception that nobody foresaw."""


class Interrupted(ScangateError):
    """The user asked to stop (SIGINT)."""

    code = ExitCode.INTERRUPTED
    kind = "interrupted"


class Terminated(Interrupted):
    """The system asked to stop (SIGTERM)."""

    code = ExitCode.TERMINATED
