"""The exceptions of a policy file: risks that are accepted, and by whom."""

import datetime as dt
import re
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from scangate.policy.schema.section import Glob, GlobList, Section, globs, text

_PATTERN = re.compile(r"[*?\[\]\s]")


def _refuse_pattern(text: object) -> None:
    """An exception for everything is none that anybody meant."""
    if isinstance(text, str) and _PATTERN.search(text):
        raise ValueError("an exception is for one advisory, never a pattern; give its exact ID")


def _refuse_no_date(text: object) -> None:
    if text == "never":
        return
    try:
        dt.date.fromisoformat(str(text))
    except ValueError as error:
        raise ValueError(f"there is no day {text!r}") from error


class Ignore(Section, frozen=True):
    """A risk that is accepted, why, and until when."""

    id: Annotated[
        str,
        Meta(
            min_length=1,
            description="The exact ID of the advisory.",
            extra={"expects": "the exact ID of an advisory", "check": _refuse_pattern},
        ),
    ]
    reason: Annotated[str, text("Why the risk is acceptable.")]
    expires: Annotated[
        str,
        Meta(
            pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2}|never)$",
            description="The last day (UTC) on which it applies; `never` must be said.",
            extra={"expects": "a date such as 2026-12-31, or never", "check": _refuse_no_date},
        ),
    ]
    package: Annotated[
        Glob | UnsetType,
        Meta(
            description="Only for the packages of that name.",
            extra={"expects": "one glob such as lib*"},
        ),
    ] = UNSET
    while_unfixed: Annotated[
        bool, Meta(description="Stop applying the moment a fixed version exists.")
    ] = False
    owner: Annotated[str, Meta(description="Who answers for it.")] = ""
    ticket: Annotated[str, Meta(description="Where it is discussed.")] = ""
    images: Annotated[
        Glob | GlobList | UnsetType,
        globs("Only for the images of these repositories, as host/registry-id/name."),
    ] = UNSET
