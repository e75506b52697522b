"""Annotations, read back as the runner reads them."""

import msgspec
import pytest

from scangate.model import Place
from scangate.report import Report, Verdict
from scangate.reports.github import render

from .github_reader import Command, read
from .samples import broken, finding, outcome, report, rule
from .situations import SITUATIONS

PLACE = Place(file="policies/a,b:c.yaml", line=7)


def annotations(told: Report, level: str) -> list[Command]:
    return [each for each in read(render(told)) if each.name == level]


def test_a_violated_rule_points_to_its_line() -> None:
    judged = outcome(broken(finding(1), place=PLACE), verdict=Verdict.FAIL)
    [error] = annotations(report(judged), "error")

    assert (error.properties["file"], error.properties["line"]) == ("policies/a,b:c.yaml", "7")
    assert error.message.splitlines()[0].startswith("max-critical: 1 found, 0 allowed")
    assert "CVE-2026-0001" in error.message


def test_its_author_has_a_word() -> None:
    judged = outcome(broken(finding(1), message="Upgrade 100% of it."), verdict=Verdict.FAIL)
    [error] = annotations(report(judged), "error")

    assert error.message.splitlines()[1] == "Upgrade 100% of it."


def test_a_pass_is_one_notice() -> None:
    assert [each.name for each in read(render(SITUATIONS["pass"]))] == ["notice"]


def test_a_run_without_images_is_an_error() -> None:
    assert len(annotations(report(), "error")) == 1


def test_what_expired_is_a_warning() -> None:
    judged = outcome(rule(), notices=("EXPIRED: the ignore of CVE-1", "something else"))
    told = report(judged)

    assert len(annotations(told, "warning")) == 1
    assert len(annotations(told, "notice")) == 2


@pytest.mark.parametrize(("broken_rules", "left"), [(10, None), (11, 2), (40, 31)])
def test_the_runner_keeps_ten(broken_rules: int, left: int | None) -> None:
    rules = [broken(finding(1), name=f"rule-{number}") for number in range(broken_rules)]
    errors = annotations(report(outcome(*rules, verdict=Verdict.FAIL)), "error")
    closing = f"… and {left} more of this kind: see the report"

    assert len(errors) == 10
    assert (errors[-1].message == closing) == (left is not None)


def test_a_message_is_cut_before_the_runner_cuts_it() -> None:
    rows = [finding(number, package="p" * 1_000_000) for number in range(20)]
    [error] = annotations(report(outcome(broken(*rows), verdict=Verdict.FAIL)), "error")

    assert len(error.message) <= 4096


def test_a_notice_cannot_become_a_command() -> None:
    hostile = "x\n::error::owned\r::set-output name=a::b"
    judged = msgspec.structs.replace(outcome(rule()), notices=(hostile,), reference=hostile)

    assert {each.name for each in read(render(report(judged)))} == {"notice"}
