"""Foreign readers of the reports, and what their reading must agree with.

GitLab's is made anew after lib/gitlab/ci/parsers/test/junit.rb and the XML conversion of Ruby on
Rails that it stands on; the other readers are junitparser and the standard library.
"""

import hashlib
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import junitparser
import msgspec

from scangate.report import ImageOutcome, Report, Verdict

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
PROMISE = "then the verdict would pass"
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
    for outcome, suite, element in zip(report.images, suites, root, strict=False):
        _check_suite(outcome.rules, outcome.verdict, suite)
        _check_story(outcome, element.findtext("system-out", "").split("\n"))
    bad = any(case.status in ("failure", "error") for case in cases)
    assert bad == (report.exit_code != 0)
    failed = any(case.status == "failure" for case in cases)
    assert failed == (report.verdict is Verdict.FAIL)
    for element in (*root.iter("failure"), *root.iter("error"), *root.iter("skipped")):
        first_line = (element.text or "").split("\n")[0]
        assert element.get("message") == first_line
        assert len((element.text or "").split("\n")) <= 105
    _check_messages(report, root)


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


def _check_story(outcome: ImageOutcome, lines: list[str]) -> None:
    """Nothing that was found is silently out of the count."""
    told = [line.partition(": ")[2] for line in lines if line.startswith("buckets: ")]
    assert list(map(_read_tally, told)) == _tallies([outcome])
    hidden = [each for each in outcome.findings or () if each.suppression is not None]
    entries = [line for line in lines if line.startswith("not counted: ")]
    assert bool(entries) == bool(hidden)
    assert len(entries) <= len(hidden)
    _check_advice(outcome, "\n".join(lines))


def _check_messages(report: Report, root: ET.Element) -> None:
    """Whoever breaks a rule reads what its author says."""
    texts = {each.text or "" for each in (*root.iter("failure"), *root.iter("system-out"))}
    for outcome in report.images:
        for rule in outcome.rules:
            message = " ".join(rule.message.split())
            plain = message.isascii() and message.isalnum() and len(message) < 1000
            if rule.verdict is Verdict.FAIL and plain:
                assert [text for text in texts if message in text.split("\n")]


def _tallies(outcomes: Sequence[ImageOutcome]) -> list[dict[str, int]]:
    """The buckets that a report for people has to tell of."""
    counts = [Counter(each.bucket.value for each in outcome.findings or ()) for outcome in outcomes]
    return [dict(numbers) for numbers in counts if set(numbers) - {"counted"}]


def _read_tally(text: str) -> dict[str, int]:
    names = {
        "counted": "counted",
        "ignored": "ignored",
        "by VEX": "vex",
        "by no rule": "unselected",
    }
    parts = [part.partition(" ") for part in text.split(", ")]
    numbers = {names[name]: int(number) for number, _, name in parts}
    return {name: number for name, number in numbers.items() if number}


def _check_advice(outcome: ImageOutcome, text: str) -> None:
    plan = outcome.fix_plan
    if plan is not None and outcome.failure is None:
        passes = bool(plan.upgrades) and not plan.remains
        assert (PROMISE in text.splitlines()) == passes


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
    told = [line[10:] for line in lines if line.startswith("  buckets ")]
    assert list(map(_read_tally, told)) == _tallies(report.images)
    promises = sum(line == f"  {PROMISE}" for line in lines)
    plans = [each.fix_plan for each in report.images if each.fix_plan is not None]
    assert promises == sum(bool(plan.upgrades) and not plan.remains for plan in plans)
    marks = Counter(line[2:6].strip().lower() for line in lines if line.startswith("  "))
    judged = [outcome for outcome in report.images if outcome.failure is None]
    wanted = Counter(
        rule.verdict.value if rule.verdict else "skip"
        for outcome in judged
        for rule in outcome.rules
    )
    assert all(marks[word] >= number for word, number in wanted.items())
