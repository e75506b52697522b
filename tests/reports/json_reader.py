"""A foreign reader of the JSON report, and what its reading must agree with."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import jsonschema  # type: ignore[import-untyped]  # it ships no types

from scangate.instant import Instant
from scangate.model import Severity
from scangate.report import Finding, FixPlan, IgnoreOutcome, Report, Upgrade
from scangate.reports import json as json_report

from .readers import CONTROL

Told = Mapping[str, object]
"""An object of a JSON document."""


def check_json(report: Report, text: str) -> None:
    """Hold a JSON document against the report that it tells of."""
    told = json.loads(text)
    check_schema(told)
    assert not CONTROL.search(text)
    assert "##" not in text
    assert told["verdict"] == report.verdict.value
    assert told["exitCode"] == report.exit_code.value
    assert Instant.parse(told["judgedAt"]) == report.judged_at
    assert told["policy"]["feeds"] == list(map(readable, report.policy.feeds))
    given = [{"file": readable(v.file), "sha256": readable(v.sha256)} for v in report.policy.vex]
    assert told["policy"]["vex"] == given
    assert len(told["images"]) == len(report.images)
    for outcome, image in zip(report.images, told["images"], strict=True):
        assert image["verdict"] == outcome.verdict.value
        assert image["reference"] == readable(outcome.reference)
        assert (image["error"] is None) == (outcome.failure is None)
        assert [each["verdict"] for each in image["rules"]] == [
            "skipped" if rule.verdict is None else rule.verdict.value for rule in outcome.rules
        ]
        assert [each["count"] for each in image["rules"]] == [rule.count for rule in outcome.rules]
        assert image["enforced"] == outcome.enforced
        assert [each["message"] for each in image["rules"]] == [
            readable(rule.message) for rule in outcome.rules
        ]
        for rule, each in zip(outcome.rules, image["rules"], strict=True):
            _check_findings(rule.findings, each["findings"])
        _check_findings(outcome.findings, image["findings"])
        _check_buckets(outcome.findings, image["buckets"])
        _check_ignores(outcome.ignores, image["ignores"])
        _check_fix_plan(outcome.fix_plan, image["fixPlan"])
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


def _check_findings(findings: Sequence[Finding] | None, told: list[Told] | None) -> None:
    if findings is None:
        assert told is None
        return
    assert told is not None
    for finding, each in zip(findings, told, strict=True):
        row = finding.vulnerability
        assert (each["id"] or "", each["package"] or "") == (
            readable(row.id),
            readable(row.package),
        )
        assert each["severity"] == row.severity.value
        assert each["new"] is finding.new
        assert each["knownExploited"] is finding.known_exploited
        assert each["epss"] == finding.epss
        assert each["rules"] == list(map(readable, finding.rules))
        _check_exemption(finding, each)


def _check_exemption(finding: Finding, told: Told) -> None:
    """A finding is counted by rules, or somebody says why not, or no rule is about it."""
    why = finding.suppression
    if why is None:
        assert told["ignored"] is None
        assert told["bucket"] == ("counted" if finding.rules else "unselected")
        return
    assert told["bucket"] == why.bucket.value
    assert told["ignored"] == {
        "reason": readable(why.reason),
        "expires": why.expires and f"{why.expires}",
        "by": readable(why.by),
    }


def _check_buckets(findings: Sequence[Finding] | None, told: Mapping[str, int] | None) -> None:
    assert (told is None) == (findings is None)
    if told is not None:
        assert told == {"counted": 0, "ignored": 0, "vex": 0, "unselected": 0} | _buckets(findings)


def _buckets(findings: Sequence[Finding] | None) -> dict[str, int]:
    return dict(Counter(finding.bucket.value for finding in findings or ()))


def _check_ignores(ignores: Sequence[IgnoreOutcome], told: list[Told]) -> None:
    assert told == [
        {
            "id": readable(ignore.id),
            "package": readable(ignore.package) or None,
            "reason": readable(ignore.reason),
            "expires": ignore.expires and f"{ignore.expires}",
            "owner": readable(ignore.owner) or None,
            "ticket": readable(ignore.ticket) or None,
            "state": ignore.state.value,
            "count": ignore.count,
            "by": readable(ignore.written),
        }
        for ignore in ignores
    ]


def _check_fix_plan(plan: FixPlan | None, told: Told | None) -> None:
    if plan is None:
        assert told is None
        return
    assert told is not None
    assert told["remains"] == [
        {"rule": readable(each.rule), "count": each.count, "max": each.max} for each in plan.remains
    ]
    assert told["drafts"] == [
        {
            "id": readable(each.id),
            "package": readable(each.package),
            "whileUnfixed": True,
            "expires": f"{each.expires}",
        }
        for each in plan.drafts
    ]
    assert told["removable"] == [readable(each.written) for each in plan.removable]
    _check_upgrades(plan.upgrades, told["upgrades"])


def _check_upgrades(upgrades: Sequence[Upgrade], told: object) -> None:
    assert isinstance(told, list)
    for upgrade, each in zip(upgrades, told, strict=True):
        assert each["package"] == readable(upgrade.package)
        assert each["type"] == (readable(upgrade.type) or None)
        assert each["versions"] == list(map(readable, upgrade.versions))
        assert each["to"] == readable(upgrade.to)
        ids = {readable(finding.vulnerability.id) for finding in upgrade.findings}
        assert set(each["clears"]) == ids - {""}


def readable(text: str) -> str:
    """JSON keeps everything but the halves of characters, which no UTF-8 can hold."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
