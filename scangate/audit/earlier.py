"""Reading the JSON report of an earlier audit, as far as it is compared with."""

from typing import Literal

import msgspec

from scangate.audit.target import AuditTarget
from scangate.errors import UsageError
from scangate.model import Value
from scangate.report import Verdict


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    """A part of the report, of whichever version of scangate."""


class _Tool(_Part, frozen=True):
    name: Literal["scangate"]


class _Policy(_Part, frozen=True):
    sha256: str


class _Audit(_Part, frozen=True):
    target: str
    selection: tuple[str, ...]


class _Advisory(_Part, frozen=True):
    id: str
    package: str


class _Image(_Part, frozen=True):
    reference: str
    verdict: Verdict
    advisories: tuple[_Advisory, ...]


class _Report(_Part, frozen=True):
    schema_version: Literal["1"]
    kind: Literal["audit"]
    tool: _Tool
    judged_at: str
    mode: str
    policy: _Policy
    audit: _Audit
    images: tuple[_Image, ...]


class Earlier(Value, frozen=True):
    """An earlier audit: the verdict of each image, and what broke its rules, by its reference."""

    judged_at: str
    policy_sha256: str
    mode: str
    selection: tuple[str, ...]
    verdicts: dict[str, Verdict]
    advisories: dict[str, frozenset[tuple[str, str]]]


def read_earlier(data: bytes, *, target: AuditTarget) -> Earlier:
    """Read a report. Raises UsageError for one that is no audit's, or one of something else."""
    try:
        report = msgspec.json.decode(data, type=_Report)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"--changed-since: this is no JSON report of an audit that this version reads: {error}"[
                :300
            ],
            hint="make it with scangate audit -o json=FILE",
        ) from error
    if report.audit.target != target.text:
        raise UsageError(
            f"--changed-since: the report is of {report.audit.target[:200]}, not of {target.text}"
        )
    return Earlier(
        judged_at=report.judged_at,
        policy_sha256=report.policy.sha256,
        mode=report.mode,
        selection=report.audit.selection,
        verdicts={image.reference: image.verdict for image in report.images},
        advisories={
            image.reference: frozenset((each.id, each.package) for each in image.advisories)
            for image in report.images
            if image.advisories
        },
    )
