"""What every report must tell of a document, from the document alone: no code of the gate's."""

from collections.abc import Iterator, Mapping
from typing import Any

from scangate.model import Severity, Value
from tests.properties.documents import Document, Row, severity_of
from tests.properties.worlds import limits_of


class Rule(Value, frozen=True):
    """What a rule says of an image. `rows` are the places of those that it counts."""

    name: str
    verdict: str
    max: int
    rows: tuple[int, ...]


class Told(Value, frozen=True):
    """A row, and what became of it. `broken` are the verdicts of the broken rules that count it."""

    row: Row
    severity: str
    bucket: str
    rules: tuple[str, ...]
    broken: frozenset[str]


class Image(Value, frozen=True):
    """An image: its verdict, its rules and its rows."""

    name: str
    verdict: str
    rules: tuple[Rule, ...]
    rows: tuple[Told, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows of each severity."""
        severities = [each.severity for each in self.rows]
        return {each.value: severities.count(each.value) for each in Severity}


class Expected(Value, frozen=True):
    """A run on all images of a document."""

    images: tuple[Image, ...]

    @property
    def verdict(self) -> str:
        """The worst verdict."""
        verdicts = [image.verdict for image in self.images]
        return next(word for word in ("fail", "warn", "pass") if word in verdicts)

    @property
    def code(self) -> int:
        """The exit code."""
        return int(self.verdict == "fail")


def expected_of(document: Document) -> Expected:
    """Judge every image, slowly and plainly."""
    return Expected(
        images=tuple(_image(name, document, rows) for name, rows in document.images.items())
    )


def _image(name: str, document: Document, rows: tuple[Row, ...]) -> Image:
    ignored = {entry["id"] for entry in document.policy["ignore"]}
    left = {place: row for place, row in enumerate(rows) if row.name not in ignored}
    rules = tuple(_rule(each, left) for each in _rules(document.policy))
    verdicts = [rule.verdict for rule in rules]
    told = tuple(_told(place, row, rules, ignored) for place, row in enumerate(rows))
    worst = next((word for word in ("fail", "warn") if word in verdicts), "pass")
    return Image(name=name, verdict=worst, rules=rules, rows=told)


def _rules(policy: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for severity, limit in limits_of(policy["thresholds"]).items():
        match = {"severity": severity.value}
        yield {"name": f"max-{severity.value}", "match": match, "max": limit, "action": "fail"}
    yield from policy["rules"]


def _rule(rule: Mapping[str, Any], left: Mapping[int, Row]) -> Rule:
    counted = tuple(place for place, row in left.items() if _selects(rule["match"], row))
    verdict = rule["action"] if len(counted) > rule["max"] else "pass"
    return Rule(name=rule["name"], verdict=verdict, max=rule["max"], rows=counted)


def _selects(match: Mapping[str, Any], row: Row) -> bool:
    severity = severity_of(row).value
    return (
        severity in match.get("severity", severity)
        and bool(row.fixed_by) == match.get("fixable", bool(row.fixed_by))
        and row.type in (match.get("type", row.type), "")  # what is not told is held against it
    )


def _told(place: int, row: Row, rules: tuple[Rule, ...], ignored: set[str]) -> Told:
    counting = [rule for rule in rules if place in rule.rows]
    bucket = "counted" if counting else "unselected"
    return Told(
        row=row,
        severity=severity_of(row).value,
        bucket="ignored" if row.name in ignored else bucket,
        rules=tuple(rule.name for rule in counting),
        broken=frozenset(rule.verdict for rule in counting) - {"pass"},
    )
