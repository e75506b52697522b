"""Foreign readers of the reports, and what their reading must agree with.

GitLab's is made anew after lib/gitlab/ci/parsers/test/junit.rb and the XML conversion of Ruby on
Rails that it stands on; the other readers are junitparser, the standard library and jsonschema.
"""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import junitparser
import msgspec

from scangate.instant import Instant
from scangate.model import Severity
from scangate.report import Report, Verdict
from scangate.reports import json as json_report

# What Rails makes of an element by its `type`: the first row raises, the second mangles
REFUSED_TYPES = {"symbol", "yaml", "date", "datetime", "dateTime"}
CAST_TYPES = {
    "integer",
    "float",
    "decimal",
    "double",
    "boolean",
    "string",
    "base64Binary",
    "hexBinary",
    "binary",
    "duration",
    "file",
}
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
RUNNER_COMMAND = re.compile(r"^\s*::|##", re.MULTILINE)
ANSI = re.compile("\x1b\\[[0-9;]*m")


class Golden:
    """Files that hold what a report looked like when somebody last looked."""

    def __init__(self, folder: Path, *, write: bool) -> None:
        self._folder = folder
        self._write = write

    def check(self, name: str, text: str) -> None:
        path = self._folder / name
        if self._write:
            path.write_bytes(text.encode())
        assert path.read_bytes().decode() == text


class GitlabCase(msgspec.Struct, frozen=True):
    """A test as GitLab stores it."""

    key: str
    status: str
    output: str


def read_as_gitlab(text: str) -> list[GitlabCase]:
    """Read the way GitLab does; raises AssertionError where GitLab would lose something."""
    assert len(text.encode()) < 30 * 2**20
    cases = [
        _gitlab_case(suite, case)
        for suite in ET.fromstring(text).iter("testsuite")
        for case in suite.iter("testcase")
    ]
    keys = Counter(case.key for case in cases)
    assert set(keys.values()) <= {1}, "GitLab silently drops a test whose key it has seen"
    return cases


def _gitlab_case(suite: ET.Element, case: ET.Element) -> GitlabCase:
    identity = f"{suite.attrib['name']}_{case.attrib['classname']}_{case.attrib['name']}"
    key = hashlib.sha256(identity.encode()).hexdigest()
    for status in ("failure", "error", "skipped"):
        elements = case.findall(status)
        if elements:
            assert len(elements) == 1, "GitLab stores several as a list"
            return GitlabCase(key, status, _gitlab_output(elements[0]))
    return GitlabCase(key, "success", "")


def _gitlab_output(element: ET.Element) -> str:
    word = element.get("type", "")
    assert word not in REFUSED_TYPES, "Rails raises, and the whole file is lost"
    assert word not in CAST_TYPES, "Rails casts the text to that type"
    content = element.text or ""
    assert content.strip(), "without a text GitLab shows the attributes as a Ruby hash"
    return content


def check_junit(report: Report, text: str) -> None:
    """Hold a JUnit file against the report that it tells of."""
    suites = list(junitparser.JUnitXml.fromstring(text.encode()))
    root = ET.fromstring(text.encode())
    cases = read_as_gitlab(text)
    assert [suite.name for suite in suites] == [each.get("name") for each in root]
    assert len(suites) == max(1, len(report.images))
    assert len({suite.name for suite in suites}) == len(suites)
    assert all(re.fullmatch(r"[0-9-]{10}T[0-9:]{8}", suite.timestamp) for suite in suites)
    assert len({case.get("classname") for case in root.iter("testcase")}) == len(suites)
    for outcome, suite in zip(report.images, suites, strict=False):
        _check_suite(outcome.rules, outcome.verdict, suite)
    bad = any(case.status in ("failure", "error") for case in cases)
    assert bad == (report.exit_code != 0)
    failed = any(case.status == "failure" for case in cases)
    assert failed == (report.verdict is Verdict.FAIL)
    for element in (*root.iter("failure"), *root.iter("error"), *root.iter("skipped")):
        first_line = (element.text or "").split("\n")[0]
        assert element.get("message") == first_line
        assert len((element.text or "").split("\n")) <= 105


def _check_suite(rules: object, verdict: Verdict, suite: junitparser.TestSuite) -> None:
    assert isinstance(rules, tuple)
    cases = list(suite)
    assert len(cases) == 3 + len(rules) == suite.tests
    for rule, case in zip(rules, cases[3:], strict=True):
        failed = any(isinstance(each, junitparser.Failure) for each in case.result)
        assert failed == (rule.verdict is Verdict.FAIL)
        assert case.is_skipped == (rule.verdict is None)
        assert bool(case.system_out) == (rule.verdict is Verdict.WARN)
    assert suite.errors == (1 if verdict is Verdict.ERROR else 0)


def check_json(report: Report, text: str) -> None:
    """Hold a JSON document against the report that it tells of."""
    told = json.loads(text)
    check_schema(told)
    assert not CONTROL.search(text)
    assert "##" not in text
    assert told["verdict"] == report.verdict.value
    assert told["exitCode"] == report.exit_code.value
    assert Instant.parse(told["judgedAt"]) == report.judged_at
    assert len(told["images"]) == len(report.images)
    for outcome, image in zip(report.images, told["images"], strict=True):
        assert image["verdict"] == outcome.verdict.value
        assert image["reference"] == readable(outcome.reference)
        assert (image["error"] is None) == (outcome.failure is None)
        assert [each["verdict"] for each in image["rules"]] == [
            "skipped" if rule.verdict is None else rule.verdict.value for rule in outcome.rules
        ]
        assert [each["count"] for each in image["rules"]] == [rule.count for rule in outcome.rules]
        _check_findings(outcome.findings, image["findings"])
        if outcome.scan is not None and outcome.scan.counts is not None:
            counts = image["scan"]["counts"]
            assert {each: counts[each.value] for each in Severity} == {
                each: outcome.scan.counts.of(each) for each in Severity
            }
            assert counts["total"] == outcome.scan.counts.total


def check_schema(told: object) -> None:
    """Hold a JSON document against its schema. Raises AssertionError."""
    schema = json_report.schema()
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    mistakes = [each.message for each in validator(schema).iter_errors(told)]
    assert not mistakes, mistakes


def _check_findings(findings: object, told: list[dict[str, object]] | None) -> None:
    if findings is None:
        assert told is None
        return
    assert isinstance(findings, tuple)
    assert told is not None
    assert [(each["id"] or "", each["severity"], each["package"] or "") for each in told] == [
        (readable(each.id), each.severity.value, readable(each.package)) for each in findings
    ]


def readable(text: str) -> str:
    """JSON keeps everything but the halves of characters, which no UTF-8 can hold."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def check_table(report: Report, text: str) -> None:
    """Hold a table against the report that it tells of."""
    assert not CONTROL.search(text)
    assert not RUNNER_COMMAND.search(text)
    text.encode()
    lines = text.splitlines()
    code = report.exit_code.value
    last = f"{report.verdict.value.upper()}  {len(report.images)} image"
    assert lines[-1].startswith(last)
    assert lines[-1].endswith(f", exit code {code}")
    heads = [line.split(" ")[0] for line in lines[:-1] if not line.startswith(" ") and line]
    assert heads == [outcome.verdict.value.upper() for outcome in report.images]
    marks = Counter(line[2:6].strip().lower() for line in lines if line.startswith("  "))
    judged = [outcome for outcome in report.images if outcome.failure is None]
    wanted = Counter(
        rule.verdict.value if rule.verdict else "skip"
        for outcome in judged
        for rule in outcome.rules
    )
    assert all(marks[word] >= number for word, number in wanted.items())
