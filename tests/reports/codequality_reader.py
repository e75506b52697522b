"""A Code Quality report, as GitLab reads it, and what the reading must agree with.

The rules are those of the parser (lib/gitlab/ci/parsers/codequality/code_climate.rb), of its
collection (lib/gitlab/ci/reports/codequality_reports.rb), of the schema codeclimate.json, of the
documentation's table and of the text styles of the merge request widget, written anew.
"""

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import msgspec

from scangate.model import Severity
from scangate.report import ImageOutcome, Report, RuleOutcome, Verdict
from scangate.reports.text import clean_line

from .readers import CONTROL, RUNNER_COMMAND

_TEXT = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "additionalProperties": False,
    "properties": {
        "description": _TEXT,
        "check_name": _TEXT,
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "required": ["path", "lines"],
            "additionalProperties": False,
            "properties": {
                "path": _TEXT,
                "lines": {
                    "type": "object",
                    "required": ["begin"],
                    "additionalProperties": False,
                    "properties": {"begin": {"type": "integer", "minimum": 1}},
                },
            },
        },
    },
}
_VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
_WIDGET_STYLE = re.compile(r"%\{")


class Degradation(msgspec.Struct, frozen=True):
    """An issue as GitLab keeps it."""

    check: str
    severity: str
    text: str
    link: str


def read_as_gitlab(text: str) -> dict[str, Degradation]:
    """Read the way GitLab does; raises AssertionError where it would lose something."""
    assert not text.startswith("\ufeff"), "GitLab's parser takes no byte order mark"
    entries = json.loads(text)
    kept: dict[str, Degradation] = {}
    for entry in entries:
        if not _VALIDATOR.is_valid(entry):
            break
        kept[entry["fingerprint"]] = _kept(entry)
    assert len(kept) == len(entries), "GitLab stops at an invalid entry, and merges equal ones"
    return kept


def _kept(entry: dict[str, dict[str, dict[str, str]]]) -> Degradation:
    path, line = str(entry["location"]["path"]), entry["location"]["lines"]["begin"]
    assert posixpath.normpath(path) == path, "GitLab knows files by their plain path"
    assert not path.startswith(("/", "../"))
    description = str(entry["description"])
    assert not _WIDGET_STYLE.search(description), "the widget makes HTML of it"
    return Degradation(
        check=str(entry["check_name"]),
        severity=str(entry["severity"]),
        text=description,
        link=f"/blob/0123456789/{path}#L{line}",
    )


def check_codequality(report: Report, text: str) -> None:
    """Hold a Code Quality report against the report that it tells of."""
    assert not CONTROL.search(text)
    assert not RUNNER_COMMAND.search(text)
    text.encode()
    kept = list(read_as_gitlab(text).values())
    heads = list(_heads(report))
    found = [word for outcome in report.images for word in _findings(outcome)]
    left_out = len(found) - 500
    if left_out <= 0:
        assert Counter(each.severity for each in kept) == Counter([*heads, *found])
    else:
        assert len(kept) == len(heads) + 500 + 1
        assert kept[-1].text.startswith(f"{left_out} more findings ")
    assert sum(each.severity == "blocker" for each in kept) == heads.count("blocker")
    assert any(each.severity == "blocker" for each in kept) == (report.exit_code != 0)
    _check_images(report, [each.text for each in kept])


def _heads(report: Report) -> Iterator[str]:
    if not report.images:
        yield "blocker"
    for outcome in report.images:
        if outcome.failure is not None:
            yield "blocker"
        for rule in _broken(outcome):
            yield "blocker" if rule.verdict is Verdict.FAIL else "major"


def _broken(outcome: ImageOutcome) -> list[RuleOutcome]:
    return [rule for rule in outcome.rules if rule.verdict in (Verdict.FAIL, Verdict.WARN)]


_WORDS = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.LOW: "info",
    Severity.NEGLIGIBLE: "info",
    Severity.UNDEFINED: "major",
}


def _findings(outcome: ImageOutcome) -> list[str]:
    """One for each finding, although several rules may count it."""
    distinct = {id(each): each for rule in _broken(outcome) for each in rule.findings or ()}
    return [_WORDS[each.vulnerability.severity] for each in distinct.values()]


def _check_images(report: Report, texts: list[str]) -> None:
    """Whatever is not good is told with the name of its image."""
    for outcome in report.images:
        name = clean_line(outcome.reference, most=200).replace("%{", "% {") or "(no name)"
        bad = outcome.failure is not None or _broken(outcome)
        assert not bad or any(text.startswith(clean_line(f"{name}: ")) for text in texts)
