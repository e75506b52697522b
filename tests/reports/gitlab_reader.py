"""GitLab's container scanning report, as GitLab reads it, and what the reading must agree with.

The rules are those of the schema (security-report-schemas, 15.0.7 to 15.2.1), of the parser
(lib/gitlab/ci/parsers/security/common.rb) and of the location's fingerprint
(ee/lib/gitlab/ci/reports/security/locations/container_scanning.rb), written anew. That the schema
allows other keys is of no use to a report: here nothing but what GitLab knows may be in it.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import msgspec
from markdown_it import MarkdownIt

from scangate.model import Severity
from scangate.report import Finding, ImageOutcome, Report
from scangate.reports.text import clean_line

from .readers import CONTROL, RUNNER_COMMAND

Told = Mapping[str, object]

_URL = {"type": "string", "pattern": "^(https?|ftp)://.+", "maxLength": 2048}
_NAMED = {"type": "string", "minLength": 1}
_SHORT = {"type": "string", "maxLength": 255}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}


def _closed(*optional: str, **keys: object) -> dict[str, object]:
    required = [key for key in keys if key not in optional]
    return {
        "type": "object",
        "properties": keys,
        "required": required,
        "additionalProperties": False,
    }


def _several(each: Told, *, least: int = 0) -> dict[str, object]:
    return {"type": "array", "items": each, "minItems": least}


_TOOL = _closed(id=_NAMED, name=_NAMED, version=_NAMED, vendor=_closed(name=_NAMED))
_DETAIL = {
    "oneOf": [
        _closed(name=_NAMED, type={"const": "text"}, value={"type": "string"}),
        _closed(name=_NAMED, type={"const": "value"}, value={"type": ["number", "boolean"]}),
    ]
}
SCHEMA = _closed(
    version={"type": "string", "pattern": r"^15\.0\.[0-9]+$"},
    scan=_closed(
        type={"const": "container_scanning"},
        status={"enum": ["success", "failure"]},
        start_time=_TIME,
        end_time=_TIME,
        analyzer=_TOOL,
        scanner=_TOOL,
        options=_several(
            _closed(
                name={**_NAMED, "maxLength": 255},
                source={"enum": ["argument", "file", "env_variable", "other"]},
                value={"type": "string"},
            )
        ),
        messages=_several(_closed(level={"enum": ["info", "warn", "fatal"]}, value=_NAMED)),
    ),
    vulnerabilities=_several(
        _closed(
            "description",
            "solution",
            "links",
            id=_NAMED,
            name={**_SHORT, **_NAMED},
            description={**_NAMED, "maxLength": 1048576},
            severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            solution={**_NAMED, "maxLength": 7000},
            identifiers=_several(
                _closed("url", type=_NAMED, name=_NAMED, value=_NAMED, url=_URL), least=1
            ),
            links=_several(_closed(url=_URL), least=1),
            details={"type": "object", "additionalProperties": _DETAIL},
            location=_closed(
                image=_NAMED,
                operating_system=_NAMED,
                dependency=_closed(
                    package=_closed(name={"type": "string"}), version={"type": "string"}
                ),
            ),
        )
    ),
)


class GitlabFinding(msgspec.Struct, frozen=True):
    """A finding as GitLab stores it; one of the same identity it takes for the same."""

    identity: tuple[str, str]
    severity: str
    name: str
    image: str
    package: str
    version: str


def read_as_gitlab(text: str) -> list[GitlabFinding]:
    """Read the way GitLab does; raises AssertionError where it would refuse or lose something."""
    assert not text.startswith("\ufeff")
    assert "\\u0000" not in text, "a NUL makes the ingestion fail"
    told = json.loads(text)
    validator = jsonschema.Draft7Validator
    validator.check_schema(SCHEMA)
    mistakes = [f"{each.json_path}: {each.message}" for each in validator(SCHEMA).iter_errors(told)]
    assert not mistakes, mistakes
    keys = Counter(each["id"] for each in told["vulnerabilities"])
    assert set(keys.values()) <= {1}, "a key must be one of a kind"
    assert len(told["vulnerabilities"]) <= 100_000
    return [_stored(each) for each in told["vulnerabilities"]]


def _stored(told: dict[str, dict[str, dict[str, dict[str, str]]]]) -> GitlabFinding:
    entry = msgspec.convert(told, _Entry)
    primary, location = entry.identifiers[0], entry.location
    package = location.dependency.package["name"]
    place = f"{_without_tag(location.image)}:{package}"
    check_title(entry.name)
    check_markdown(entry.description)
    check_markdown(entry.solution)
    return GitlabFinding(
        identity=(_sha1(f"{primary['type']}:{primary['value']}"), _sha1(place)),
        severity=entry.severity.lower(),
        name=entry.name,
        image=location.image,
        package=package,
        version=location.dependency.version,
    )


class _Dependency(msgspec.Struct):
    package: dict[str, str]
    version: str


class _Location(msgspec.Struct):
    image: str
    dependency: _Dependency


class _Entry(msgspec.Struct):
    name: str
    severity: str
    identifiers: list[dict[str, str]]
    location: _Location
    description: str = ""
    solution: str = ""


def _without_tag(image: str) -> str:
    """Only a tag that is no version and a digest are taken off; hashes are no versions."""
    name, _, tag = image.rpartition(":")
    hashed = re.fullmatch("[0-9a-fA-F]{32,128}", tag)
    version = re.fullmatch(r"[0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?", tag)
    return image if version and not hashed else name


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def check_title(text: str) -> None:
    """Hold a title to what GitLab leaves alone: it links references, mentions and addresses."""
    assert not re.search(r"[^\w .:()+-]", text), f"active in a title: {text!r}"


def check_markdown(text: str) -> None:
    """Hold what GitLab renders to: plain words and code, in which nothing is active."""
    outside = []
    for block in MarkdownIt("commonmark", {"html": True}).parse(text):
        assert block.type in {"paragraph_open", "paragraph_close", "inline"}, block.type
        for each in block.children or ():
            assert each.type in {"text", "code_inline"}, each.type
            if each.type == "text":
                outside.append(each.content)
    prose = "".join(outside)
    assert not re.search(r"[^A-Za-z .,]", prose), f"foreign text outside of code: {prose!r}"


def check_gitlab(report: Report, text: str) -> None:
    """Hold a container scanning report against the report that it tells of."""
    assert not CONTROL.search(text)
    assert not RUNNER_COMMAND.search(text)
    text.encode()
    stored = read_as_gitlab(text)
    told = json.loads(text)
    rows = Counter((each.severity, each.package, each.version, each.image) for each in stored)
    assert rows == Counter(_expected(report))
    assert _ids(told) == Counter(_shown(each.vulnerability.id) for each in _open(report))
    _check_links(report, told)
    _check_scan(report, told["scan"])


def _open(report: Report) -> Iterator[Finding]:
    for outcome in report.images:
        yield from (each for each in outcome.findings or () if each.suppression is None)


_WORDS = {Severity.NEGLIGIBLE: "info", Severity.UNDEFINED: "unknown"}


def _expected(report: Report) -> Iterator[tuple[str, str, str, str]]:
    for outcome in report.images:
        for finding in outcome.findings or ():
            if finding.suppression is None:
                row = finding.vulnerability
                yield (
                    _WORDS.get(row.severity, row.severity.value),
                    _shown(row.package) or "(no package named)",
                    _shown(row.version),
                    _image(outcome),
                )


def _image(outcome: ImageOutcome) -> str:
    image = outcome.image
    if image is None or not image.name or not image.digest:
        return clean_line(outcome.reference, most=1000) or "(no name)"
    return clean_line(f"{image.host}/{image.name}@{image.digest}", most=1000)


def _shown(text: str) -> str:
    return clean_line(text, most=255)


def _ids(told: dict[str, list[dict[str, list[dict[str, str]]]]]) -> Counter[str]:
    first = [each["identifiers"][0] for each in told["vulnerabilities"]]
    return Counter("" if each["type"] == "scangate" else each["value"] for each in first)


def _check_links(report: Report, told: dict[str, list[dict[str, list[dict[str, str]]]]]) -> None:
    """Nothing is a link but what the service gave, and the pages of well-known advisories."""
    given = {each.vulnerability.link for each in _open(report)}
    for entry in told["vulnerabilities"]:
        assert all(link["url"] in given for link in entry.get("links", ()))
        for identifier in entry["identifiers"]:
            page = identifier.get("url", "")
            assert page in given | {""} or identifier["type"] in {
                *("cve", "ghsa", "rhsa", "elsa", "usn"),
            }


def _check_scan(report: Report, scan: dict[str, object]) -> None:
    messages = scan["messages"]
    assert isinstance(messages, list)
    said = Counter(each["level"] for each in messages)
    values = [each["value"] for each in messages]
    complete = [
        outcome.findings is not None and outcome.failure is None for outcome in report.images
    ]
    assert scan["status"] == ("success" if complete and all(complete) else "failure")
    failed = sum(outcome.failure is not None for outcome in report.images)
    assert said["fatal"] == failed + (not report.images)
    code = report.exit_code.value
    assert values[0] == f"verdict: {report.verdict.value}, exit code {code}"
    for outcome in report.images:
        name = clean_line(outcome.reference, most=255) or "(no name)"
        assert any(value.startswith(clean_line(f"{name}: ")) for value in values)
    _check_exempt(report, values)
    assert str(scan["end_time"]) == report.judged_at.to_second()
    assert str(scan["start_time"]) <= str(scan["end_time"])


def _check_exempt(report: Report, values: list[str]) -> None:
    """What somebody took out of the count is told, and so is how much of it."""
    for outcome in report.images:
        exempt = [each for each in outcome.findings or () if each.suppression is not None]
        for bucket, word in (("ignored", "ignored"), ("vex", "by VEX")):
            number = sum(each.bucket.value == bucket for each in exempt)
            assert not number or any(f"{number} {word}" in value for value in values)
    taken = any(each.suppression for outcome in report.images for each in outcome.findings or ())
    assert taken == any(": left out: " in value for value in values) or not taken
