"""What the table says beside rules and findings: what is not counted, and what to do."""

import itertools

import msgspec
import pytest

from scangate.errors import ScanMissing
from scangate.report import FixPlan, ImageOutcome, Verdict
from scangate.reports import table

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


def lines(*images: ImageOutcome, **changes: object) -> list[str]:
    return table.render(report(*images, **changes)).splitlines()


def _part(told: list[str], head: str) -> list[str]:
    """The lines of a block after the one that begins like that."""
    start = next(place for place, line in enumerate(told) if line.startswith(head))
    return list(itertools.takewhile(bool, told[start + 1 :]))


def test_the_buckets_stand_below_the_counts() -> None:
    told = lines(outcome(findings=(finding(1), ignored(2, why=by_entry()))))
    place = next(place for place, line in enumerate(told) if line.startswith("  counts"))
    assert told[place + 1] == "  buckets 1 counted, 1 ignored"
    assert not [line for line in lines(outcome(findings=(finding(1),))) if "buckets" in line]


@pytest.mark.parametrize(
    ("verdict", "shown"),
    [
        pytest.param(Verdict.FAIL, ["        Upgrade it today."], id="violated"),
        pytest.param(Verdict.WARN, ["        Upgrade it today."], id="warned"),
        pytest.param(Verdict.PASS, [], id="kept"),
        pytest.param(None, [], id="not-judged"),
    ],
)
def test_the_message_of_a_broken_rule_stands_below_it(
    verdict: Verdict | None, shown: list[str]
) -> None:
    first = rule(verdict=verdict, message="Upgrade\n it today.")
    told = lines(outcome(first, rule("max-high")))
    place = next(place for place, line in enumerate(told) if "max-critical" in line)
    assert told[place + 1 : -3] == [*shown, "  pass  max-high          0        0"]


def test_what_is_not_counted_is_a_line_each() -> None:
    found = (
        ignored(3, why=by_entry(reason="unused"), package="zlib1g"),
        ignored(4, why=by_vex(reason="not there")),
    )
    told = _part(lines(outcome(findings=found)), "  NOT COUNTED")
    assert [line.split(maxsplit=3) for line in told] == [
        ["CVE-2026-0003", "zlib1g", "2026-12-31", "scangate.yaml:12  unused"],
        ["CVE-2026-0004", "openssl", "never", "VEX vex/app.json  not there"],
    ]


@pytest.mark.parametrize(
    ("number", "more"),
    [pytest.param(20, [], id="at-the-limit"), pytest.param(22, ["  … and 2 more"], id="more")],
)
def test_a_long_list_of_what_is_not_counted_is_cut(number: int, more: list[str]) -> None:
    found = tuple(ignored(each, why=by_entry()) for each in range(number))
    told = _part(lines(outcome(findings=found)), "  NOT COUNTED")
    assert len(told) == 20 + len(more)
    assert told[20:] == more


def test_the_fix_plan_is_a_block_and_its_entries_are_whole() -> None:
    long = "z" * 120
    plan = FixPlan(upgrades=(upgrade(finding(1)),), drafts=(draft(package=long),))
    told = lines(outcome(broken(finding(1)), verdict=Verdict.FAIL, fix_plan=plan))
    start = told.index(f"    - id: {draft().id}")
    assert told[start + 1] == f"      package: {long}"
    assert told[told.index("  then the verdict would pass") - 2] == ""


def test_long_advice_goes_on_further_in() -> None:
    plan = FixPlan(upgrades=(upgrade(*map(finding, range(9)), package="p" * 60),))
    told = lines(outcome(fix_plan=plan))
    start = next(place for place, line in enumerate(told) if line.startswith("  upgrade"))
    assert told[start + 1].startswith("    clears 9 (CVE")


@pytest.mark.parametrize(
    "without",
    [
        pytest.param(outcome(fix_plan=FixPlan()), id="nothing-to-do"),
        pytest.param(
            no_verdict(ScanMissing("x"), fix_plan=FixPlan(removable=(ignore(),))), id="no-verdict"
        ),
    ],
)
def test_no_plan_leaves_no_trace(without: ImageOutcome) -> None:
    assert lines(without) == lines(msgspec.structs.replace(without, fix_plan=None))


def test_an_image_that_is_only_warned_of_is_told() -> None:
    assert [line for line in lines(outcome(enforced=False)) if "only warns of this image" in line]
    for other in (lines(outcome()), lines(outcome(enforced=False), mode="warn")):
        assert not [line for line in other if "only warns of this image" in line]


def test_the_feeds_are_told_with_the_policy() -> None:
    policy = msgspec.structs.replace(report().policy, feeds=("KEV of 2026-11-20", "EPSS"))
    told = lines(outcome(), policy=policy)
    assert told[-4:-1] == [
        "  policy  production (scangate.yaml)",
        "  feed    KEV of 2026-11-20",
        "  feed    EPSS",
    ]
