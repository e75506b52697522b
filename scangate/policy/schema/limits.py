"""The limits of a policy file: how many findings may exist. `thresholds` says what they mean."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from scangate.policy.schema.section import Number, Section


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
