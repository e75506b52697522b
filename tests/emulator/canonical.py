"""Undoing the switches that change the JSON form alone, so that the rest can be compared."""

import re
from collections.abc import Callable
from typing import Any

from scangate.emulator.moments import parse_timestamp, write_timestamp


def canonical(value: Any, undo: Callable[[str, Any], Any]) -> Any:
    """The JSON with each member passed through `undo`; what it maps to None is left out."""
    if isinstance(value, list):
        return [canonical(item, undo) for item in value]
    if not isinstance(value, dict):
        return value
    members = ((name, undo(name, canonical(item, undo))) for name, item in value.items())
    return {name: item for name, item in members if item is not None}


COUNTS = {"critical", "high", "medium", "low", "negligible", "undefined"}
SIZES = {"compressedSize", "size"}
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT.*")


def nothing(name: str, value: Any) -> Any:
    return value


def without_zeros(name: str, value: Any) -> Any:
    return None if name in COUNTS and value == "0" else value


def without_defaults(name: str, value: Any) -> Any:
    unset = isinstance(value, str) and value.endswith("_UNSPECIFIED")
    unset = unset or (name in SIZES and value == "0")
    return None if unset or value in ("", [], False) else value


def without_empty_token(name: str, value: Any) -> Any:
    return None if name == "nextPageToken" and value == "" else value


def with_strings(name: str, value: Any) -> Any:
    return str(value) if name in COUNTS | SIZES else value


def with_needed_digits(name: str, value: Any) -> Any:
    if isinstance(value, str) and TIMESTAMP.fullmatch(value):
        return write_timestamp(parse_timestamp(value))
    return value


UNDO = {
    "zero_counts_written": without_zeros,
    "clean_vulnerabilities": without_zeros,
    "empty_fields_written": without_defaults,
    "last_page_token_written": without_empty_token,
    "integers": with_strings,
    "fraction_digits": with_needed_digits,
    "utc": with_needed_digits,
}
