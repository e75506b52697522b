"""The table, as people see it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.errors import ScanMissing
from scangate.instant import Instant
from scangate.model import Severity
from scangate.report import Finding, Report, Verdict
from scangate.reports import table
from scangate.reports.screen import Cell, Screen

from .readers import ANSI, RUNNER_COMMAND
from .samples import (
    DIGEST,
    HOSTILE,
    broken,
    finding,
    no_verdict,
    outcome,
    report,
    scan,
)
from .situations import SITUATIONS
from .strategies import reports, unhurried


def lines(*images: object, **changes: object) -> list[str]:
    return table.render(report(*images, **changes)).splitlines()  # type: ignore[arg-type]  # samples


def violated(*findings: object) -> list[str]:
    rule = broken(*findings)  # type: ignore[arg-type]  # samples
    return lines(outcome(rule, verdict=Verdict.FAIL))


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_verdict_comes_first_and_the_exit_code_last(situation: str) -> None:
    written = SITUATIONS[situation]
    text = table.render(written).splitlines()
    if written.images:
        assert text[0].split()[0] == written.images[0].verdict.value.upper()
    assert text[-1].startswith(written.verdict.value.upper())
    assert text[-1].endswith(f"exit code {written.exit_code.value}")


@pytest.mark.parametrize(
    ("scanned_at", "age"),
    [
        pytest.param("2026-11-22T12:04:18Z", "(42s old)", id="seconds"),
        pytest.param("2026-11-22T12:05:00Z", "(0s old)", id="now"),
        pytest.param("2026-11-14T12:05:00Z", "(8d old)", id="days"),
        pytest.param("2026-11-22T12:06:00Z", "(1m ahead)", id="ahead-of-this-clock"),
    ],
)
def test_age_of_the_scan(scanned_at: str, age: str) -> None:
    told = lines(outcome(scan=scan(scanned_at=Instant.parse(scanned_at))))
    assert told[2].endswith(age)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        pytest.param({"mode": "warn-only"}, "--warn-only", id="warn-only"),
        pytest.param({"mode": "warn"}, "mode: warn", id="policy-warns"),
        pytest.param({"simulated_at": Instant(0)}, "as if it were 1970-01-01", id="simulated"),
        pytest.param({"endpoint_known": False}, "not one of a known cloud", id="endpoint"),
        pytest.param({"evidence": "file"}, "comes from a file", id="saved-scan"),
    ],
)
def test_what_weakens_a_verdict_is_said(changes: dict[str, object], note: str) -> None:
    assert [line for line in lines(outcome(), **changes) if note in line]
    assert not [line for line in lines(outcome()) if note in line]


def test_a_package_is_named_once_and_its_findings_stand_together() -> None:
    told = violated(
        finding(1),
        finding(2, package="zlib1g", version="1", fixed_version=""),
        finding(3, severity=Severity.HIGH),
    )
    start = next(place for place, line in enumerate(told) if "PACKAGE" in line)
    assert [line.split() for line in told[start + 1 : start + 4]] == [
        ["openssl", "3.0.11-1", "3.0.13-1", "critical", "CVE-2026-0001"],
        ["3.0.13-1", "high", "CVE-2026-0003"],
        ["zlib1g", "1", "no", "fix", "yet", "critical", "CVE-2026-0002"],
    ]


def test_a_finding_that_breaks_two_rules_is_shown_once() -> None:
    found = tuple(finding(number) for number in range(31))
    rules = (broken(*found), broken(*found, name="max-critical-fixable"))
    told = lines(outcome(*rules, verdict=Verdict.FAIL))
    assert sum("CVE-2026-0001" in line for line in told) == 1
    assert "  … and 1 more" in told


@pytest.mark.parametrize(
    ("number", "more"),
    [pytest.param(30, "", id="at-the-limit"), pytest.param(31, "  … and 1 more", id="one-more")],
)
def test_long_lists_are_cut(number: int, more: str) -> None:
    told = violated(*(finding(each) for each in range(number)))
    assert sum("CVE-2026" in line for line in told) == 30
    assert [line for line in told if "…" in line] == ([more] if more else [])


def test_hints_and_digests_are_never_broken() -> None:
    hint = "yc container image scan " + "x" * 120
    told = lines(no_verdict(ScanMissing("x", hint=hint), reference="cr.yandex/" + "y" * 120))
    assert f"  next: {hint}" in told
    assert f"ERROR  cr.yandex/{'y' * 120}" in told
    assert f"  digest  {DIGEST}" in told


@pytest.mark.parametrize("situation", SITUATIONS)
def test_colour_changes_nothing_else(situation: str) -> None:
    plain = table.render_terminal(SITUATIONS[situation], width=100, color=False)
    colored = table.render_terminal(SITUATIONS[situation], width=100, color=True)
    assert plain == table.render(SITUATIONS[situation])
    assert ANSI.sub("", colored) == plain
    assert ANSI.search(colored)
    assert "\x1b" not in plain


LINK = re.compile("\x1b]8;;([^\x1b]*)\x1b\\\\(.*?)\x1b]8;;\x1b\\\\")


def linked(*findings: Finding) -> str:
    written = report(outcome(broken(*findings), verdict=Verdict.FAIL))
    return table.render_terminal(written, width=100, color=True, links=True)


def test_a_terminal_leads_to_the_advisory() -> None:
    assert LINK.findall(linked(finding(1))) == [
        ("https://avd.example/CVE-2026-0001", "CVE-2026-0001")
    ]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_links_change_nothing_else(situation: str) -> None:
    written = SITUATIONS[situation]
    text = table.render_terminal(written, width=100, color=True, links=True)
    plain = table.render_terminal(written, width=100, color=True)
    assert LINK.sub(r"\2", text) == plain
    assert "\x1b]" not in plain


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//evil.example",
        "https://user@evil.example/",
        HOSTILE,
    ],
)
def test_only_pages_of_the_web_are_linked(link: str) -> None:
    assert "\x1b]8" not in linked(finding(1, link=link))


@pytest.mark.parametrize(
    "evil",
    ["\x1b\\owned", "\x07owned", "\x9cowned", "\n::error::owned", "\x1b]8;;x\x1b\\", HOSTILE],
)
def test_nothing_leaves_its_link(evil: str) -> None:
    text = linked(finding(1, link=f"https://avd.example/{evil}", id=f"CVE-1{evil}"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", ANSI.sub("", LINK.sub("", text)))
    assert not RUNNER_COMMAND.search(text)


def test_a_name_cannot_leave_its_link() -> None:
    text = linked(finding(id="CVE-1\x1b]8;;\x1b\\\x1b]8;;https://evil.example\x07click"))
    assert [address for address, _ in LINK.findall(text)] == ["https://avd.example/CVE-2026-0001"]
    assert "evil" not in text


@unhurried
@given(reports, st.integers(1, 200))
def test_it_fits_the_width(written: Report, width: int) -> None:
    text = table.render_terminal(written, width=width, color=True)
    for line in ANSI.sub("", text).splitlines():
        entry = line.lstrip().startswith(("- id: ", "package: ", "reason: "))
        whole = entry or line.startswith(("  digest", "  next:")) or not line.startswith(" ")
        one_word = len(line[table._LABEL :].split()) <= 1 or len(line.split()) == 1
        assert whole or one_word or len(line) <= max(width, 40)


@pytest.mark.parametrize("width", [40, 80, 100, 300])
def test_hostile_text_is_harmless_at_every_width(width: int) -> None:
    text = table.render_terminal(SITUATIONS["hostile"], width=width, color=True)
    assert "\x1b" not in ANSI.sub("", text)
    assert not RUNNER_COMMAND.search(ANSI.sub("", text))


def test_control_the_hostile_text_is_in_the_report() -> None:
    assert SITUATIONS["hostile"].images[0].reference == HOSTILE


@pytest.mark.parametrize("width", [60, 1], ids=["room", "never-under-forty"])
def test_columns(width: int) -> None:
    rows = [[Cell(text=text) for text in row] for row in (("a", "bbbb", "1"), ("c", "d", "22"))]
    screen = Screen(width=width, color=False)
    laid_out = list(screen.columns(rows, indent=2, numbers=(2,)))
    assert laid_out == ["  a  bbbb   1", "  c  d     22"]


def test_the_widest_column_gives_way() -> None:
    rows = [[Cell(text="a" * 60), Cell(text="CVE-2026-0001")]]
    (line,) = Screen(width=40, color=False).columns(rows, indent=0)
    assert line == "a" * 24 + "…  CVE-2026-0001"
