"""The page, as an HTML parser reads it; how browsers do is tested in `tests/browser`."""

import itertools
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from html5lib.html5parser import ParseError

from scangate import secret
from scangate.errors import ScanMissing
from scangate.fixes import render_draft
from scangate.model import Counts, Severity
from scangate.report import Finding, FixPlan, ImageOutcome, Report, Verdict
from scangate.reports import html
from scangate.secret import redact

from .html_page import Page, cells, element, items, parse, rows, table, words
from .html_reader import check_html
from .samples import (
    HOSTILE,
    NOW,
    broken,
    by_entry,
    by_vex,
    draft,
    finding,
    ignored,
    image,
    no_verdict,
    outcome,
    report,
    rule,
    scan,
    undescribed,
    upgrade,
)
from .situations import SITUATIONS

_MARKUP = "<img src=x onerror=alert(1)></td></table><script>alert(2)</script><!--"


def page(*images: ImageOutcome, **changes: object) -> Page:
    return Page(html.render(report(*images, **changes)))


def found(*findings: Finding) -> list[list[str]]:
    told = table(page(outcome(findings=findings)).root, "findings")
    assert told is not None
    return told


def test_the_same_report_gives_the_same_page() -> None:
    script = (
        "import hashlib\n"
        "from scangate.reports import html\n"
        "from tests.reports.situations import SITUATIONS\n"
        "told = ''.join(map(html.render, SITUATIONS.values()))\n"
        "print(hashlib.sha256(told.encode()).hexdigest())"
    )
    command = [sys.executable, "-c", script]
    first, second = (
        subprocess.run(
            command, check=True, capture_output=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    )
    assert first == second
    assert first


def test_a_finding_is_a_row() -> None:
    assert found(finding(1), finding(2, fixed_version="", type="", origin="", rules=())) == [
        ["CVE-2026-0001", "critical", "openssl debian, os", "3.0.11-1", "3.0.13-1",
         "counted max-critical"],
        ["CVE-2026-0002", "critical", "openssl", "3.0.11-1", "no fix yet", "by no rule"],
    ]  # fmt: skip


def test_findings_that_say_the_same_are_rows_each() -> None:
    assert len(found(finding(1), finding(1), finding(1))) == 3


def test_a_row_that_tells_nothing_says_so() -> None:
    (row,) = found(undescribed())
    assert row[:5] == ["(no ID)", "critical", "(no package named)", "", "not told"]


def test_a_severity_that_is_not_known_is_told_as_the_service_does() -> None:
    assert found(finding(severity_word="BLOCKER"))[0][1] == "critical (BLOCKER)"


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        pytest.param({"new": True}, "new", id="new"),
        pytest.param({"known_exploited": True}, "known exploited", id="exploited"),
        pytest.param({"epss": 0.0}, "EPSS 0", id="no-probability"),
        pytest.param({"epss": 0.000431}, "EPSS 0.000431", id="small-probability"),
        pytest.param(
            {"new": True, "known_exploited": True, "epss": 0.91},
            "new, known exploited, EPSS 0.91",
            id="all",
        ),
    ],
)
def test_what_is_known_of_a_finding(changes: dict[str, Any], remark: str) -> None:
    first, second = found(finding(1, **changes), finding(2, new=False, known_exploited=False))
    assert (first[6], second[6]) == (remark, "")


def test_nothing_known_of_any_finding_leaves_no_column() -> None:
    assert len(found(finding(1, new=False, known_exploited=False))[0]) == 6


def test_why_a_finding_is_not_counted() -> None:
    entry, statement = found(ignored(1, why=by_entry()), ignored(2, why=by_vex()))
    reason = "The vulnerable function is not compiled in."
    assert entry[5] == f"ignored until 2026-12-31 {reason} scangate.yaml:12"
    assert statement[5] == "by VEX for ever vulnerable_code_not_in_execute_path vex/app.json"


def test_the_author_of_a_rule_speaks_to_who_breaks_it() -> None:
    told = page(
        outcome(
            broken(message="Upgrade today."),
            rule("max-high", message="Upgrade today."),
            verdict=Verdict.FAIL,
        )
    )
    first, second = table(told.root, "rules") or [[], []]
    assert first[0] == "max-critical Upgrade today."
    assert second[0] == "max-high high vulnerabilities are within the limit"


@pytest.mark.parametrize("number", [10, 11])
def test_the_advisories_of_an_upgrade_are_named_up_to_ten(number: int) -> None:
    plan = FixPlan(upgrades=(upgrade(*map(finding, range(number))),))
    (row,) = table(page(outcome(fix_plan=plan)).root, "upgrades") or [[]]
    assert row[4].endswith("CVE-2026-0009, and 1 more, listed below" if number > 10 else "-0009")


@pytest.mark.parametrize(
    ("most", "shown"), [pytest.param(2000, 1, id="fits"), pytest.param(2001, 0, id="too-long")]
)
def test_an_entry_is_shown_whole_or_not_at_all(most: int, shown: int) -> None:
    frame = len(render_draft(draft(id="", package=""))) - len('""')
    entry = draft(id="x" * (most - frame), package="")
    assert len(render_draft(entry)) == most
    told = page(outcome(fix_plan=FixPlan(drafts=(entry,))))
    assert len(told.all("pre")) == shown
    left_out = "1 more cannot be shown here as they are; the JSON report has all."
    assert (left_out in words(told.root)) == (not shown)


def test_without_a_verdict_no_plan_is_told() -> None:
    plan = SITUATIONS["fix-plan"].images[0].fix_plan
    told = page(no_verdict(ScanMissing("x", hint="one\ntwo"), fix_plan=plan))
    assert table(told.root, "upgrades") is None
    (failure,) = [each for each in told.all("section") if each.get("class") == "failure"]
    assert [words(each) for each in failure.findall("p")] == ["x scan-missing", "one", "two"]


def test_what_is_missing_of_the_evidence_is_told() -> None:
    told = page(outcome(gap="the rows do not add up"))
    assert items(told.root, "caution") == ["the evidence is not complete: the rows do not add up"]


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        pytest.param(-7200, "(2h old)", id="past"),
        pytest.param(0, "(0s old)", id="now"),
        pytest.param(60, "(1m after it was judged)", id="future"),
    ],
)
def test_the_age_of_a_scan(seconds: int, age: str) -> None:
    when = msgspec.structs.replace(NOW, nanoseconds=NOW.nanoseconds + seconds * 10**9)
    told = words(page(outcome(scan=scan(scanned_at=when))).root)
    assert age in told


def test_an_age_is_told_as_of_the_simulated_time() -> None:
    later = msgspec.structs.replace(NOW, nanoseconds=NOW.nanoseconds + 86400 * 10**9)
    told = words(page(outcome(scan=scan(scanned_at=NOW)), simulated_at=later).root)
    assert "(1d old)" in told


def test_a_platform_is_told_with_its_image() -> None:
    told = page(outcome(image=image(platform="linux/arm64", index_digest="sha256:" + "a" * 64)))
    assert words(told.all("h2")[0]).endswith("app:1.4 (linux/arm64)")
    assert f"Reference by digest cr.yandex/crp0/app@sha256:{'a' * 64}" in " ".join(
        " ".join(map(words, pair)) for pair in told.all("div")
    )


def bars(**counts: int) -> list[dict[str, str]]:
    """The parts of the bars of the chart, by their class."""
    told = page(outcome(scan=scan(counts=Counts(**counts)), findings=None))
    return [
        {part.get("class", ""): part.get("width", "") for part in told.all("rect", svg)}
        for svg in told.all("svg")
    ]


@pytest.mark.parametrize(
    ("counts", "widths"),
    [
        pytest.param({}, [None] * 6, id="none"),
        pytest.param(
            {"critical": 1, "high": 4, "low": 2},
            ["250", "1000", None, "500", None, None],
            id="in-proportion",
        ),
        pytest.param(
            {"critical": 1, "undefined": 2**53},
            ["5", None, None, None, None, "1000"],
            id="something-is-never-nothing",
        ),
    ],
)
def test_the_chart(counts: dict[str, int], widths: list[str | None]) -> None:
    told = bars(**counts)
    assert [bar.get("found") for bar in told] == widths
    assert [bar.get("counted") for bar in told] == widths


def test_the_solid_part_of_a_bar_is_counted() -> None:
    many = (finding(1), *(finding(number, rules=()) for number in range(2, 5)))
    told = page(outcome(findings=many, scan=scan(counts=None)))
    (first, *_) = told.all("svg")
    assert [part.get("width") for part in told.all("rect", first)] == ["1000", "250"]


def test_long_lists_come_in_groups_of_fifty() -> None:
    told = element(
        page(outcome(findings=tuple(map(finding, range(101))))).root, "table", "findings"
    )
    assert told is not None
    assert [len(group) for group in told.findall("tbody")] == [50, 50, 1]
    assert [cells(row)[0][-4:] for row in rows(told)] == [f"{each:04}" for each in range(101)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: {"package": text}, id="package"),
        pytest.param(lambda text: {"id": text}, id="id"),
        pytest.param(lambda text: {"link": text}, id="link"),
        pytest.param(lambda text: {"severity_word": text}, id="severity"),
        pytest.param(lambda text: {"rules": (text,)}, id="rule"),
        pytest.param(lambda text: {"suppression": by_entry(reason=text, by=text)}, id="reason"),
    ],
)
@pytest.mark.parametrize("text", [_MARKUP, HOSTILE, "<" * 10**6], ids=["html", "hostile", "1MB"])
def test_markup_is_shown_as_text(change: Callable[[str], dict[str, Any]], text: str) -> None:
    bad = outcome(findings=(finding(**change(text)),))
    written = html.render(report(bad))
    check_html(report(bad), written)
    assert len(written) < 60_000
    assert "<img" not in written


def test_what_is_cut_says_so() -> None:
    (row,) = found(finding(package="x" * 201))
    assert row[2] == f"{'x' * 200}… (cut) debian, os"
    (row,) = found(finding(package="x" * 200))
    assert row[2] == f"{'x' * 200} debian, os"


def test_nothing_of_the_page_looks_like_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "_known", {})  # other tests have secrets that look like digests
    monkeypatch.setattr(secret, "_pieces", {})
    text = html.render(SITUATIONS["fix-plan"])
    assert redact(text) == text


def test_a_phone_names_the_columns_as_the_table_does() -> None:
    written = html.render(report(outcome(findings=(finding(1, new=True),))))
    style = Page(written).all("style")[0].text or ""
    told = element(parse(written), "table", "findings")
    assert told is not None
    heads = list(map(words, told.findall("thead/tr/th")))
    shown = re.findall(r'\.findings td:nth-child\((\d)\)::before \{\s*content: "([^"]+): "', style)
    assert {int(place): name for place, name in shown} == {
        place: name
        for place, name in enumerate(heads, start=1)
        if name in ("Package", "Installed", "Fixed in", "Remarks")
    }


def huge() -> Report:
    severities = itertools.cycle(Severity)
    many = tuple(
        finding(number, severity=next(severities), package=f"package-{number % 700}")
        for number in range(20_000)
    )
    return report(outcome(broken(*many), verdict=Verdict.FAIL, findings=many))


def test_twenty_thousand_findings_are_soon_written() -> None:
    big = huge()
    start = time.process_time()
    text = html.render(big)
    assert time.process_time() - start < 2
    assert text.count("<tr class=") == 20_000
    assert len(text) < 8_000_000


def test_twenty_thousand_findings_take_little_memory() -> None:
    big = huge()
    tracemalloc.start()
    html.render(big)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000


@pytest.mark.parametrize(
    ("situation", "told", "lie"),
    [
        pytest.param("violation", "Exit code 1.", "Exit code 0.", id="code"),
        pytest.param("violation", ">FAIL<", ">PASS<", id="verdict"),
        pytest.param("violation", "CVE-2026-0003<", "CVE-2026-0004<", id="finding"),
        pytest.param("violation", "<td>critical</td>", "<td>low</td>", id="severity"),
        pytest.param("violation", ' class="critical counted"', ' class="low counted"', id="kind"),
        pytest.param("violation", 'data-label="Found">12<', 'data-label="Found">2<', id="count"),
        pytest.param("violation", "</small>", "</small><img>", id="element"),
        pytest.param("violation", "<h3>", '<h3 onclick="x()">', id="attribute"),
        pytest.param("violation", "</h3>", "", id="unbalanced"),
        pytest.param("violation", "noreferrer noopener", "opener", id="link"),
        pytest.param("violation", "https://avd", "http://user@avd", id="user"),
        pytest.param("violation", "body {", "body  {", id="style"),
        pytest.param("violation", '"use strict"', '"use"', id="script"),
        pytest.param("ignored", "SEC-7", "SEC-8", id="ticket"),
        pytest.param("ignored", "vex/app.json", "vex/all.json", id="statement"),
        pytest.param("ignored", "the verdict would pass", "all is well", id="promise"),
        pytest.param("ignored", "ignored (1)", "ignored (2)", id="choice"),
        pytest.param("fix-plan", "8.6.0", "8.5.0", id="upgrade"),
        pytest.param("fix-plan", "would still be", "would not be", id="remains"),
        pytest.param("fix-plan", "  package: zlib1g", "  package: zlib", id="draft"),
        pytest.param("fix-plan", "EPSS 0.91", "EPSS 0.01", id="epss"),
        pytest.param("fix-plan", "upgrade today", "all is well", id="message"),
        pytest.param("scan-missing", "scan-missing", "scan-failed", id="error"),
        pytest.param("scan-missing", "not judged", "PASS", id="not-judged"),
        pytest.param("warn", "--warn-only", "--warn", id="caveat"),
        pytest.param("warn", "Judged as if it were", "Judged", id="simulated"),
        pytest.param("several-images", "no digest is given", "", id="notice"),
        pytest.param("several-images", '"#image-2"', '"#image-9"', id="jump"),
    ],
)
def test_control_a_page_that_lies_is_noticed(situation: str, told: str, lie: str) -> None:
    text = html.render(SITUATIONS[situation])
    assert told in text
    with pytest.raises((AssertionError, ParseError)):
        check_html(SITUATIONS[situation], text.replace(told, lie, 1))
