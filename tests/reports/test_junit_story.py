"""What JUnit says beside its cases, and what the author of a rule says in them."""

import xml.etree.ElementTree as ET

import pytest

from scangate import errors
from scangate.report import FixPlan, Report, Verdict
from scangate.reports import junit

from .readers import read_as_gitlab
from .samples import (
    broken,
    by_entry,
    by_vex,
    draft,
    finding,
    ignore,
    ignored,
    no_verdict,
    outcome,
    report,
    rule,
    upgrade,
)
from .situations import SITUATIONS


def cases(written: Report) -> list[ET.Element]:
    return list(ET.fromstring(junit.render(written)).iter("testcase"))


def story(written: Report) -> list[str]:
    """What the suite says beside its cases."""
    return ET.fromstring(junit.render(written))[0].findtext("system-out", "").split("\n")


@pytest.mark.parametrize(
    ("message", "second"),
    [
        pytest.param("Upgrade\n it today.", "Upgrade it today.", id="told"),
        pytest.param("::error::x", ": :error::x", id="hostile"),
        pytest.param(" \x00\n", "CVE-2026-0001", id="says-nothing"),
    ],
)
def test_a_rules_message_follows_the_excess(message: str, second: str) -> None:
    violated = broken(finding(), message=message)
    written = report(outcome(violated, verdict=Verdict.FAIL))
    first, told, *_ = read_as_gitlab(junit.render(written))[-1].output.split("\n")
    assert first == "max-critical: 1 found, 0 allowed (scangate.yaml:4)"
    assert told.startswith(second)
    assert cases(written)[-1][0].get("message") == first


def test_a_rule_without_a_title_is_named_alone() -> None:
    assert cases(report(outcome(rule("no-exploited", title=""))))[-1].get("name") == "no-exploited"


def test_what_is_not_counted_is_told_beside_the_cases() -> None:
    found = (
        finding(1),
        ignored(3, why=by_entry(reason="unused")),
        ignored(4, why=by_vex(reason="not there")),
    )
    who = "by scangate.yaml:12, expires 2026-12-31: unused"
    also = "by VEX vex/app.json, expires never: not there"
    assert story(report(outcome(findings=found, notices=("n",)))) == [
        "n",
        "buckets: 1 counted, 1 ignored, 1 by VEX",
        f"not counted: CVE-2026-0003  critical  openssl  {who}",
        f"not counted: CVE-2026-0004  critical  openssl  {also}",
    ]


def test_the_fix_plan_is_told_beside_the_cases() -> None:
    plan = FixPlan(upgrades=(upgrade(finding(1)),), drafts=(draft(3),), removable=(ignore(1),))
    told = story(report(outcome(fix_plan=plan)))
    assert told[:2] == [
        "upgrade openssl 3.0.11-1 -> 3.0.13-1, clears 1 (CVE-2026-0001)",
        "then the verdict would pass",
    ]
    assert told[3:5] == ["  - id: CVE-2026-0003", "    package: zlib1g"]
    assert told[-1].startswith("remove the ignore of CVE-2026-0001")


def test_without_a_verdict_there_is_no_plan() -> None:
    plan = FixPlan(upgrades=(upgrade(finding(1)),))
    assert story(report(no_verdict(errors.ScanMissing("x"), fix_plan=plan))) == [""]


def test_what_is_told_beside_the_cases_is_bounded() -> None:
    many = range(1, 501)
    plan = FixPlan(
        upgrades=tuple(upgrade(finding(each), package=f"p{each}") for each in many),
        drafts=tuple(map(draft, many)),
        removable=tuple(map(ignore, many)),
    )
    found = tuple(ignored(each, why=by_entry()) for each in many)
    told = story(report(outcome(findings=found, fix_plan=plan)))
    assert [line for line in told if "…" in line] == [
        "… and 450 more not counted",
        "… and 450 more to upgrade",
        "… and 490 more to accept: `-o json` has all",
        "… and 450 more to remove",
    ]
    assert len(told) == 1 + 51 + 51 + 1 + 1 + 10 * 5 + 1 + 51


def test_an_image_that_is_only_warned_of_is_told() -> None:
    warned = report(outcome(enforced=False))
    assert story(warned) == [
        "the policy only warns of this image: its violations do not fail the run"
    ]
    assert 'name="policy.enforced" value="false"' in junit.render(warned)
    assert 'name="policy.enforced" value="true"' in junit.render(report(outcome()))


def test_the_feeds_are_a_property() -> None:
    assert (
        'name="policy.feeds" value="KEV of 2026-11-20 (1,512 CVEs), feeds/kev.json,'
        ' EPSS of 2026-11-21 (270,000 CVEs), feeds/epss.csv.gz"'
    ) in junit.render(SITUATIONS["fix-plan"])
    assert "policy.feeds" not in junit.render(report(outcome()))
