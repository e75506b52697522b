"""The rules of a policy file: a selection of findings, and what follows from them."""

import re
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from scangate.policy.schema.section import Glob, GlobList, Number, Section, globs, text

SeverityWord = Literal["critical", "high", "medium", "low", "negligible", "undefined"]


def _refuse_matching_nothing(match: object) -> None:
    """An empty selection would read like a rule and be none, or be one on everything."""
    if match == {}:
        raise ValueError('an empty selection; for every finding, write severity: ">=negligible"')


_NOT_TOLD = "the registry does not tell when an advisory was published"


_SEVERITY = r"^((>=)?(critical|high|medium|low|negligible)|undefined)$"


def _refuse_other_severity(text: object) -> None:
    if not re.fullmatch(_SEVERITY, str(text)):
        raise ValueError("no severity")


# As a `pattern` beside a list, msgspec 0.22 corrupts its memory
OneSeverity = Annotated[
    str,
    Meta(
        description="With `>=` that severity or a worse one; an unrated finding counts as high.",
        extra={"check": _refuse_other_severity},
        extra_json_schema={"pattern": _SEVERITY},
    ),
]


LeastProbability = Annotated[
    str,
    Meta(
        pattern=r"^>=(0?\.[0-9]{1,9}|[01]|1\.0{1,9})$",
        extra={"expects": 'a least probability from 0 to 1, such as ">=0.5"'},
    ),
]


class Match(Section, frozen=True):
    """Which findings a rule is about; all given keys must hold."""

    refused: ClassVar = {"published": _NOT_TOLD, "age": _NOT_TOLD}

    severity: Annotated[
        OneSeverity | Annotated[tuple[SeverityWord, ...], Meta(min_length=1)] | UnsetType,
        Meta(
            description="A severity, a list of them, or for example `>=high`.",
            extra={
                "expects": "a severity (critical, high, medium, low, negligible, undefined), "
                'a list of them, or one like ">=high"'
            },
        ),
    ] = UNSET
    fixable: Annotated[
        bool | UnsetType, Meta(description="Whether a version without it exists.")
    ] = UNSET
    id: Annotated[Glob | GlobList | UnsetType, globs("The advisory, such as CVE-2025-*.")] = UNSET
    package: Annotated[Glob | GlobList | UnsetType, globs("The package's name.")] = UNSET
    type: Annotated[
        Glob | GlobList | UnsetType, globs("The package's type, such as debian or npm.")
    ] = UNSET
    origin: Annotated[
        Glob | GlobList | UnsetType, globs("Where the package is from: os or lang.")
    ] = UNSET
    new: Annotated[
        bool | UnsetType, Meta(description="Whether the baseline (`--baseline`) has it not.")
    ] = UNSET
    kev: Annotated[
        bool | UnsetType, Meta(description="Whether it is known to be exploited (`feeds.kev`).")
    ] = UNSET
    epss: Annotated[
        LeastProbability | UnsetType,
        Meta(description="The least probability of exploitation (`feeds.epss`)."),
    ] = UNSET


Selection = Annotated[Match, Meta(extra={"check": _refuse_matching_nothing})]


class Rule(Section, frozen=True):
    """A selection of findings, and how many of them may exist."""

    name: Annotated[
        str, text("How reports call the rule; a rule of that name in a child changes it.")
    ]
    match: Selection | UnsetType = UNSET
    max: Annotated[Number | UnsetType, Meta(description="The most findings allowed (0).")] = UNSET
    action: Annotated[
        Literal["fail", "warn"] | UnsetType,
        Meta(description="`warn` tells of more findings and lets them pass."),
    ] = UNSET
    message: Annotated[str, Meta(description="What to do, for whoever violates the rule.")] = ""
    without_feed: Annotated[
        Literal["refuse", "skip"] | UnsetType,
        Meta(
            description="Where the feed that the rule needs is not named: refuse to judge at all, "
            "or judge without this rule and say so."
        ),
    ] = UNSET
