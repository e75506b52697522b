"""The cases kept beside a policy, as types: what may stand in a `*.test.yaml`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from scangate.errors import UsageError
from scangate.instant import DURATION_PATTERN, Instant
from scangate.policy.schema.rules import SeverityWord
from scangate.policy.schema.section import Number, Section, text
from scangate.reference import ImageReference

SOURCES = ("findings", "counts", "file")
"""Where a case has its evidence from: one of these."""


def _refuse_no_moment(moment: object) -> None:
    Instant.parse_date(str(moment))


def _refuse_no_reference(reference: object) -> None:
    try:
        ImageReference.parse(str(reference))
    except UsageError as error:
        raise ValueError(error.message) from error


_Path = Annotated[str, text("A path relative to this file.")]
_Reference = Annotated[
    str,
    Meta(
        min_length=1,
        description="The image's reference; without it, one that no override is about.",
        extra={"check": _refuse_no_reference},
    ),
]
_Moment = Annotated[
    str,
    Meta(
        min_length=1,
        description="The date (midnight UTC) or RFC 3339 time of the judgement.",
        extra={"check": _refuse_no_moment},
    ),
]
_Age = Annotated[
    str,
    Meta(
        pattern=DURATION_PATTERN,
        description="How old the scan is then (0s); not for `file`, which tells it.",
        extra={"expects": "a duration such as 8d (units s, m, h, d)"},
    ),
]


class Row(Section, frozen=True):
    """A finding. Without a package it is a row of which only the severity is known."""

    severity: SeverityWord
    id: Annotated[str, Meta(description="The advisory, such as CVE-2025-1.")] = ""
    package: Annotated[str, text("The package's name.")] | UnsetType = UNSET
    version: Annotated[str, Meta(description="The installed version.")] = ""
    fixed_by: Annotated[
        str, Meta(description="The version with the fix; without it there is none.")
    ] = ""
    type: Annotated[str, Meta(description="The package's type, such as debian or npm.")] = ""
    origin: Annotated[str, Meta(description="Where the package is from: os or lang.")] = ""


class Numbers(Section, frozen=True):
    """A result that only tells how many findings there are of each severity."""

    critical: Number = 0
    high: Number = 0
    medium: Number = 0
    low: Number = 0
    negligible: Number = 0
    undefined: Number = 0


class Known(Section, frozen=True):
    """A finding that the baseline has."""

    id: Annotated[str, text("The advisory.")]
    package: Annotated[str, text("The package's name.")]


class Expected(Section, frozen=True):
    """What is to come of a case. What is not said is not looked at."""

    verdict: Annotated[
        Literal["pass", "warn", "fail", "error"],
        Meta(description="`error`: no verdict could be reached."),
    ]
    rules: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description="The names of exactly the rules and limits that are violated."),
    ] = UNSET
    ignored: Annotated[
        Number | UnsetType,
        Meta(description="How many findings ignore entries and VEX documents take out."),
    ] = UNSET
    exit: Annotated[Number | UnsetType, Meta(description="The exit code of `scangate check`.")] = (
        UNSET
    )


class Case(Section, frozen=True):
    """Evidence, and what is to come of it."""

    name: Annotated[str, text("What the case shows; no other has the same name.")]
    expect: Expected
    image: _Reference | UnsetType = UNSET
    at: _Moment | UnsetType = UNSET
    scan_age: _Age | UnsetType = UNSET
    findings: Annotated[tuple[Row, ...] | UnsetType, Meta(description="Every finding.")] = UNSET
    counts: Numbers | UnsetType = UNSET
    file: (
        Annotated[str, text("A saved scan, as `check --from-file` takes it, beside this file.")]
        | UnsetType
    ) = UNSET
    baseline: Annotated[
        tuple[Known, ...] | UnsetType, Meta(description="The findings that are not new.")
    ] = UNSET
    vex: Annotated[
        tuple[_Path, ...], Meta(description="VEX documents, beside those of the policy.")
    ] = ()
    kev: Annotated[_Path | UnsetType, Meta(description="The KEV catalog to judge by.")] = UNSET
    epss: Annotated[_Path | UnsetType, Meta(description="The EPSS scores to judge by.")] = UNSET


_OneSource = Annotated[
    Case, Meta(extra_json_schema={"oneOf": [{"required": [name]} for name in SOURCES]})
]


class CaseFile(Section, frozen=True):
    """Cases that a policy is held to."""

    policy: Annotated[str, text("The policy: a built-in's name, or a path beside this file.")]
    cases: Annotated[
        tuple[_OneSource, ...],
        Meta(min_length=1, extra={"expects": "a list of cases, which is not empty"}),
    ]
