"""Version 1 of the policy language, as types: what may stand in a policy file.

The strict reader, the effective policy and the JSON Schema for editors all come from here. What
the values mean is told in `effective` and `thresholds`.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from scangate.instant import DURATION_PATTERN


class Section(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A mapping of a policy file: an unknown key is a mistake."""


Number = Annotated[int, Meta(ge=0)]


class FixLimit(Section, frozen=True):
    """A limit that asks whether a fixed version exists."""

    fixable: Annotated[
        Number | UnsetType, Meta(description="The most findings with a known fixed version.")
    ] = UNSET
    unfixable: Annotated[
        Number | UnsetType, Meta(description="The most findings without a fixed version.")
    ] = UNSET


def _refuse_empty(limit: object) -> None:
    """`high: {}` would read like a limit and be none."""
    if limit == {}:
        raise ValueError("an empty limit; name fixable or unfixable, or write none")


Limit = Annotated[
    Number | Literal["none"] | FixLimit,
    Meta(
        description="The most findings allowed; `none` removes a limit.",
        extra={
            "expects": "a whole number of at least 0, none, or a mapping of fixable and unfixable",
            "check": _refuse_empty,
        },
    ),
]
TotalLimit = Annotated[
    Number | Literal["none"],
    Meta(
        description="The most findings of all severities together; `none` removes the limit.",
        extra={"expects": "a whole number of at least 0, or none"},
    ),
]


class Thresholds(Section, frozen=True):
    """The most findings allowed, each severity counted by itself."""

    critical: Limit | UnsetType = UNSET
    high: Limit | UnsetType = UNSET
    medium: Limit | UnsetType = UNSET
    low: Limit | UnsetType = UNSET
    negligible: Limit | UnsetType = UNSET
    undefined: Limit | UnsetType = UNSET
    total: TotalLimit | UnsetType = UNSET


MaxAge = Annotated[
    str,
    Meta(
        pattern=f"{DURATION_PATTERN}|^any$",
        description="The oldest READY result accepted (90s, 10m, 2h, 7d); `any` switches it off.",
        extra={"expects": "a duration such as 8d (units s, m, h, d), or any"},
    ),
]


class Scan(Section, frozen=True):
    """Which scan results may be judged."""

    max_age: MaxAge = "8d"
    on_failed: Annotated[
        Literal["fail", "use-last-ready"],
        Meta(description="What to do when the newest scan failed."),
    ] = "fail"
    on_running: Annotated[
        Literal["wait", "use-last-ready"],
        Meta(description="What to do while a scan is in progress."),
    ] = "wait"


Name = Annotated[
    str,
    Meta(
        min_length=1,
        description="How reports call the policy.",
        extra={"expects": "a text that is not empty"},
    ),
]


class PolicyFile(Section, frozen=True):
    """A policy: what may reach production."""

    version: Annotated[Literal[1], Meta(description="The version of the policy language.")]
    name: Name | UnsetType = UNSET
    description: Annotated[str, Meta(description="For the reader.")] = ""
    mode: Annotated[
        Literal["enforce", "warn"],
        Meta(description="`warn` reports violations and lets them pass."),
    ] = "enforce"
    scan: Scan = Scan()
    thresholds: Thresholds = Thresholds()
