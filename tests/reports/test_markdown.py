"""Markdown, as people see it under a merge request, and as hostile texts would like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.errors import ImageNotFound, ScanMissing
from scangate.instant import Instant
from scangate.model import Counts, Severity
from scangate.report import Excess, Finding, FixPlan, PolicyIdentity, Verdict
from scangate.reports import markdown
from scangate.reports.markdown.markup import (
    Markup,
    code,
    details,
    fenced,
    link,
    prose,
    strong,
    table,
)

from .markdown_reader import MARKER, Section, check_markdown, read, seen
from .samples import (
    DAY,
    DIGEST,
    broken,
    by_entry,
    draft,
    finding,
    ignored,
    image,
    no_verdict,
    outcome,
    report,
    rule,
    scan,
    upgrade,
)
from .situations import SITUATIONS
from .strategies import unhurried

FULL = "see the full report"


def sections(*images: object, **changes: object) -> list[Section]:
    return read(markdown.render(report(*images, **changes)))  # type: ignore[arg-type]  # samples


def violated(*findings: Finding) -> Section:
    return sections(outcome(broken(*findings), verdict=Verdict.FAIL, findings=findings))[1]


def marker(*images: object, **changes: object) -> str:
    text = markdown.render(report(*images, **changes))  # type: ignore[arg-type]  # samples
    return text.split("\n")[0]


@pytest.mark.parametrize(
    ("situation", "told", "lie"),
    [
        pytest.param("violation", "## ❌ FAIL: 1", "## ✅ PASS: 1", id="verdict"),
        pytest.param("violation", "exit code 1", "exit code 0", id="exit-code"),
        pytest.param("violation", "### ❌ FAIL", "### ✅ PASS", id="verdict-of-image"),
        pytest.param("violation", "| ❌ FAIL | 1 |", "| ✅ PASS | 1 |", id="rule"),
        pytest.param("violation", "| 12 | 0 |", "| 11 | 0 |", id="found"),
        pytest.param("violation", "| 0 | 50 |", "| 0 | 51 |", id="allowed"),
        pytest.param("violation", "yaml:5", "yaml:6", id="place"),
        pytest.param("violation", "1 high", "0 high", id="counts"),
        pytest.param("violation", "| high | ", "| low | ", id="severity"),
        pytest.param("violation", "| [`CVE-2026-0003`]", "| [`CVE-2026-0004`]", id="finding"),
        pytest.param("violation", "https://avd", "https://evil", id="link"),
        pytest.param("violation", "](https:", "](javascript:", id="javascript"),
        pytest.param("violation", "`zlib1g`", "@zlib1g", id="mention"),
        pytest.param("violation", "`zlib1g`", "#12", id="reference"),
        pytest.param("violation", "`zlib1g`", ":tada:", id="emoji"),
        pytest.param("violation", "`zlib1g`", "<b>zlib1g</b>", id="html"),
        pytest.param("violation", "`zlib1g`", "www.zlib1g.com", id="address"),
        pytest.param("violation", "`zlib1g`", "![x](https://x.example)", id="picture"),
        pytest.param("violation", "### Judged", "/close\n\n### Judged", id="quick-action"),
        pytest.param("violation", "### Judged", "::error::x\n\n### Judged", id="command"),
        pytest.param("violation", "### Judged", "---\n\n### Judged", id="front-matter"),
        pytest.param("violation", "<!-- scangate", "<!-- comment", id="marker"),
        pytest.param("violation-by-many", "</details>", "", id="never-closed"),
        pytest.param("ignored", "1 by VEX", "2 by VEX", id="buckets"),
        pytest.param("ignored", "| 2026-12-31 |", "| never |", id="expiry"),
        pytest.param("ignored", "not compiled", "not used", id="reason"),
        pytest.param("ignored", "would pass", "would fail", id="promise"),
        pytest.param("ignored", "- `CVE-2026-0007` in", "- `CVE-2026-0009` in", id="removable"),
        pytest.param("ignored", "- EXPIRED:", "- ENDED:", id="notice"),
        pytest.param("fix-plan", "| `8.6.0` | 1 |", "| `8.5.0` | 1 |", id="upgrade"),
        pytest.param("fix-plan", "still be at 1", "still be at 0", id="remains"),
        pytest.param("fix-plan", "- id: CVE-2026-0003", "- id: CVE-2026-0004", id="draft"),
        pytest.param("fix-plan", "upgrade today", "all is well", id="message"),
        pytest.param("fix-plan", "feed: KEV", "feed: no", id="feed"),
        pytest.param("several-images", "| ⛔ ERROR |", "| ✅ PASS |", id="overview"),
        pytest.param("scan-missing", "**No verdict:**", "**Verdict:**", id="no-verdict"),
        pytest.param("warn", "**Note:** --warn-only", "**Hint:** --warn-only", id="caveat"),
    ],
)
def test_control_a_page_that_lies_is_noticed(situation: str, told: str, lie: str) -> None:
    text = markdown.render(SITUATIONS[situation]).replace("`--warn-only`", "--warn-only")
    assert told in text
    with pytest.raises(AssertionError):
        check_markdown(SITUATIONS[situation], text.replace(told, lie))


# The comment by which a page is found again


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(outcome(), id="same"),
        pytest.param(outcome(reference="cr.yandex/crp0/app:1.5"), id="tag"),
        pytest.param(outcome(reference=f"cr.yandex/crp0/app@{DIGEST}"), id="digest"),
        pytest.param(outcome(image=image(digest="sha256:" + "f" * 64)), id="another-build"),
        pytest.param(outcome(image=image(platform="linux/arm64")), id="platform"),
        pytest.param(outcome(broken(finding(1)), verdict=Verdict.FAIL), id="verdict"),
        pytest.param(no_verdict(ImageNotFound("none"), image=None), id="not-found"),
        pytest.param(outcome(reference="crpimage000000000001"), id="by-id"),
    ],
)
def test_a_page_on_the_same_repository_replaces_another(other: object) -> None:
    first = marker(outcome())
    assert MARKER.fullmatch(first)
    assert marker(other) == first
    assert marker(other, outcome()) == first
    assert marker(other, judged_at=Instant(0), version="2", mode="warn") == first


def test_pages_on_other_repositories_stay() -> None:
    web = outcome(reference="cr.yandex/crp0/web:1", image=image("crp0/web"))
    assert len({marker(), marker(outcome()), marker(web), marker(outcome(), web)}) == 4
    assert marker(outcome(), web) == marker(web, outcome())


# What is told


def test_the_worst_image_comes_first() -> None:
    names = [
        outcome(reference="a/b/passes:1"),
        outcome(
            broken(finding(1), verdict=Verdict.WARN), verdict=Verdict.WARN, reference="a/b/w:1"
        ),
        no_verdict(ScanMissing("none"), reference="a/b/missing:1"),
        outcome(broken(finding(1)), verdict=Verdict.FAIL, reference="a/b/fails:1"),
        outcome(reference="a/b/passes:2"),
    ]
    head, *told, _ = sections(*names)
    wanted = ["a/b/fails:1", "a/b/missing:1", "a/b/w:1", "a/b/passes:1", "a/b/passes:2"]
    assert [row[1] for row in head.tables["Verdict"]] == wanted
    assert [section.title.split()[-1] for section in told] == wanted
    assert head.title == "❌ FAIL: 5 images (1 fail, 1 error, 1 warn, 2 pass), exit code 1"


def test_a_run_without_images_is_no_pass() -> None:
    head, _ = sections()
    assert head.title.startswith("⛔ ERROR: 0 images")
    assert head.items == ["Note: the run ended before any image was judged"]


def test_an_advisory_that_hits_nine_packages_is_one_row_with_its_fix() -> None:
    rows = [finding(1, package=f"icu{part}") for part in range(9)]
    (row,) = violated(*rows).tables["Package"]
    assert row[0].startswith("icu0, icu1")
    assert row[2:] == ["3.0.13-1", "critical", "CVE-2026-0001"]


def test_what_is_known_beside_the_scan_has_a_column_where_there_is_any() -> None:
    rows = violated(finding(1, known_exploited=True, new=True, epss=0.912), finding(2)).tables
    assert [row[5] for row in rows["Package"]] == ["KEV, new, EPSS 0.91", ""]
    assert [len(row) for row in violated(finding(1), finding(2)).tables["Package"]] == [5, 5]


def test_a_package_is_named_once() -> None:
    rows = violated(finding(1), finding(2), finding(3, package="curl")).tables["Package"]
    assert [row[0] for row in rows] == ["openssl", "", "curl"]


@pytest.mark.parametrize(
    ("number", "in_sight", "folded"),
    [
        pytest.param(15, 15, [], id="at-the-limit"),
        pytest.param(16, 15, ["1 more advisories"], id="one-more"),
        pytest.param(40, 15, ["25 more advisories"], id="many"),
    ],
)
def test_a_long_list_is_folded(number: int, in_sight: int, folded: list[str]) -> None:
    findings = tuple(finding(each) for each in range(number))
    told = outcome(broken(*findings), verdict=Verdict.FAIL)
    text = markdown.render(report(told))
    section = read(text)[1]
    assert section.summaries == folded
    assert len(section.tables["Package"]) == number
    assert text.split("<details>")[0].count("| [`CVE-") == in_sight


@pytest.mark.parametrize(
    ("number", "shown"),
    [pytest.param(200, 200, id="at-the-limit"), pytest.param(201, 200, id="one-more")],
)
def test_a_very_long_list_is_cut_and_says_so(number: int, shown: int) -> None:
    section = violated(*(finding(each) for each in range(number)))
    assert len(section.tables["Package"]) == shown
    cut = [each for each in section.paragraphs if FULL in each]
    assert cut == [f"… and {number - shown} more findings, {FULL}"] * (number > shown)


def test_rules_that_are_broken_are_cut_last() -> None:
    rules = [*(rule(f"rule-{each}") for each in range(250)), broken(finding(1), name="last")]
    section = sections(outcome(*rules, verdict=Verdict.FAIL))[1]
    told = section.tables["Rule"]
    assert told[0][0].startswith("last")
    assert f"… and {251 - len(told)} more rules, {FULL}" in section.paragraphs


def test_a_finding_that_breaks_two_rules_is_counted_once() -> None:
    findings = tuple(finding(each) for each in range(201))
    both = (broken(*findings), broken(*findings, name="other"))
    section = sections(outcome(*both, verdict=Verdict.FAIL))[1]
    assert f"… and 1 more findings, {FULL}" in section.paragraphs


def test_findings_of_rules_that_hold_are_not_told() -> None:
    holds = rule(count=1, max=1, findings=(finding(1),))
    assert "Package" not in sections(outcome(holds))[1].tables


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
def test_what_weakens_a_verdict_is_said_with_it(changes: dict[str, object], note: str) -> None:
    (told,) = sections(outcome(), **changes)[0].items
    assert told.startswith("Note: ")
    assert note in told


def test_a_gap_in_the_evidence_is_said() -> None:
    items = sections(outcome(gap="rows are missing"))[1].items
    assert "Note: the evidence is not complete: rows are missing" in items


def test_the_type_of_a_package_is_told_where_two_have_its_name() -> None:
    both = tuple(upgrade(finding(1), package="zlib", type=kind) for kind in ("debian", "npm"))
    plan = FixPlan(upgrades=(*both, upgrade(finding(2))))
    rows = sections(outcome(fix_plan=plan))[1].tables["Upgrade"]
    assert [row[0] for row in rows] == ["zlib (debian)", "zlib (npm)", "openssl"]


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        pytest.param(
            FixPlan(upgrades=(upgrade(finding(1)),)),
            "With these upgrades the verdict would pass.",
            id="passes",
        ),
        pytest.param(
            FixPlan(upgrades=(upgrade(finding(1)),), remains=(Excess(rule="a", count=2, max=1),)),
            "With these upgrades a would still be at 2, 1 allowed.",
            id="helps",
        ),
        pytest.param(
            FixPlan(remains=(Excess(rule="a", count=2, max=1),)),
            "No upgrade helps: a would still be at 2, 1 allowed.",
            id="does-not-help",
        ),
    ],
)
def test_what_the_upgrades_would_lead_to(plan: FixPlan, told: str) -> None:
    section = sections(outcome(broken(finding(1)), verdict=Verdict.FAIL, fix_plan=plan))[1]
    assert told in [*section.paragraphs, *section.items]


def test_an_image_without_a_verdict_has_no_plan() -> None:
    plan = FixPlan(upgrades=(upgrade(finding(1)),), drafts=(draft(),))
    section = sections(no_verdict(ScanMissing("none"), fix_plan=plan))[1]
    assert not section.tables
    assert not section.fences


def test_an_exception_is_told_with_who_and_until_when() -> None:
    hidden = ignored(3, why=by_entry(12, expires=DAY), package="zlib1g")
    (row,) = sections(outcome(findings=(hidden,)))[1].tables["Not counted"]
    assert row[:5] == ["CVE-2026-0003", "critical", "zlib1g", "2026-12-31", "scangate.yaml:12"]


# Texts from outside

ACTS = (
    "@team",
    "@org/team",
    "#123",
    "GH-123",
    "org/repository#1",
    "!12",
    "#34",
    "~label",
    '~"a label"',
    "%milestone",
    "$snippet",
    "&epic",
    "^alert#1",
    "[issue:1]",
    "*iteration:1",
    "deadbeef",
    "1234567",
    "/close",
    "/assign @me",
    ":tada:",
    "::error::owned",
    "##[error]owned",
    "https://evil.example",
    "www.evil.example",
    "me@evil.example",
    "[a](javascript:alert(1))",
    "![a](https://evil.example/a.png)",
    "<script>alert(1)</script>",
    "<!-- a",
    "</details>",
    "</td></table>",
    "&lt;b&gt;",
    "a | b",
    "|||",
    "a \\| b",
    "\\",
    "`",
    "`` ` ``",
    "```\n</details>",
    "a ` b `` c | d",
    "$`a`$ $b$",
    "[[_TOC_]]",
    "- [x] done",
    "1. one",
    "12) one",
    "> quoted",
    "# title",
    "---",
    "***a***",
    "__a__",
    "~~a~~",
    "a\n\n## b",
    "{+ a +}",
)


@pytest.mark.parametrize("text", ACTS)
def test_nothing_in_a_foreign_text_acts(text: str) -> None:
    hostile = broken(
        finding(1, id=text, package=text, version=text, fixed_version=text, link=text),
        name=text,
        title=text,
        message=text,
    )
    told = report(
        outcome(
            hostile,
            verdict=Verdict.FAIL,
            reference=text,
            notices=(text,),
            findings=(ignored(2, why=by_entry(reason=text, by=text), package=text),),
            fix_plan=FixPlan(upgrades=(upgrade(finding(1), package=text, to=text),)),
        ),
        no_verdict(ScanMissing(text, hint=text), reference=text),
        policy=PolicyIdentity(name=text, source=text, sha256=text, feeds=(text,)),
        version=text,
        endpoint=text,
        endpoint_known=False,
    )
    check_markdown(told, markdown.render(told))


@pytest.mark.parametrize("text", ACTS)
def test_a_foreign_text_reads_as_it_is(text: str) -> None:
    page = str(table(["Package", "B"], [(code(text), prose(text))]))
    (section,) = read(f"<!-- scangate: {'0' * 16} -->\n\n## A\n\n{page}")
    assert section.tables["Package"] == [[seen(text), seen(text)]]


_PIECES = st.sampled_from((*ACTS, *"`|\\<>[]()!@#*_~$%^&:;,./-+='\" a1", "word", "(word)"))


@unhurried
@given(st.lists(_PIECES, max_size=8).map("".join), st.lists(_PIECES, max_size=8).map("".join))
def test_no_text_acts_together_with_its_neighbour(one: str, other: str) -> None:
    linked = link(code(one) or Markup("x"), "https://a.example/?a=1&copy;=2")
    rows = [(code(one), prose(other)), (prose(one), code(other)), (linked, code(other))]
    page = str(table(["Package", "B"], rows))
    (section,) = read(f"<!-- scangate: {'0' * 16} -->\n\n## A\n\n{page}")
    straight, crossed, (words, last) = section.tables["Package"]
    assert straight == crossed == [seen(one), seen(other)]
    assert (words, last) == (seen(one) or "x", seen(other))
    assert [href for _, href in section.links] == ["https://a.example/?a=1&copy;=2"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("The function is not used.", "The function is not used.", id="plain"),
        pytest.param("see max-high: 3 found", "see max-high: 3 found", id="numbers"),
        pytest.param("add --scan, or wait", "add `--scan`, or wait", id="option"),
        pytest.param("of 2026-11-20 (1,512 CVEs)", "of `2026-11-20` (1,512 CVEs)", id="date"),
        pytest.param("entry (a.yaml:20) ended", "entry (`a.yaml:20`) ended", id="brackets"),
        pytest.param("Это не собрано.", "Это не собрано.", id="cyrillic"),
        pytest.param("שלום לך", "`שלום לך`", id="right-to-left"),
        pytest.param("a deadbeef b", "a `deadbeef` b", id="commit"),
        pytest.param("a 1234567 b", "a `1234567` b", id="commit-of-digits"),
        pytest.param("of CVE-1 (a.yaml:20)", "of `CVE-1` (`a.yaml:20`)", id="two-spans"),
        pytest.param("odd/path, a.yaml", "`odd/path`, `a.yaml`", id="comma"),
        pytest.param("what?! (it is!)", "what?! (it is!)", id="punctuation"),
        pytest.param("\u200b" * 20_001 + "x", "`…`", id="not-read-to-its-end"),
        pytest.param("a|b", "`a`&#124;`b`", id="bar"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_sentence_stays_a_sentence(text: str, written: str) -> None:
    assert prose(text) == written


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        pytest.param("https://avd.example/CVE-1?a=1#b", True, id="https"),
        pytest.param("http://avd.example:8080/", True, id="http"),
        pytest.param("javascript:alert(1)", False, id="javascript"),
        pytest.param("javascript://avd.example/", False, id="javascript-with-a-host"),
        pytest.param("data:text/html,x", False, id="data"),
        pytest.param("ftp://avd.example/", False, id="ftp"),
        pytest.param("//avd.example/", False, id="no-scheme"),
        pytest.param("https://good.example@evil.example/", False, id="user"),
        pytest.param("https://avd.example/a b", False, id="blank"),
        pytest.param("https://avd.example/)[a](javascript:x", False, id="bracket"),
        pytest.param('https://avd.example/"onclick="x', False, id="quote"),
        pytest.param("https://avd.example/|", False, id="bar"),
        pytest.param("https://avd.example/\nx", False, id="line"),
        pytest.param("https://аvd.example/", False, id="other-letters"),
        pytest.param("https://avd.example/" + "a" * 501, False, id="too-long"),
    ],
)
def test_only_pages_of_the_web_are_linked(url: str, linked: bool) -> None:
    assert violated(finding(1, link=url)).links == [("CVE-2026-0001", url)] * linked


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: details("<b>", Markup("a")), id="summary"),
        pytest.param(lambda: strong("*a*"), id="strong"),
        pytest.param(lambda: fenced("- id: a\n```\n"), id="end-of-fence"),
        pytest.param(lambda: fenced("/close\n"), id="quick-action"),
        pytest.param(lambda: fenced("- id: a\u202eb\n"), id="direction-of-writing"),
    ],
)
def test_what_cannot_be_written_safely_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"plain words|altered"):
        make()  # type: ignore[operator]  # a table of calls


def test_an_entry_that_would_be_altered_is_left_out() -> None:
    plan = FixPlan(drafts=(draft(1), draft(id="##[error]"), draft(3, package="a" * 500)))
    section = sections(outcome(fix_plan=plan))[1]
    assert [fence.count("- id:") for fence in section.fences] == [1]
    assert f"… and 2 more to accept, {FULL}" in section.paragraphs


def test_a_severity_has_its_word_whatever_the_service_says() -> None:
    odd = finding(1, severity=Severity.UNDEFINED, severity_word="@team")
    told = outcome(broken(odd), verdict=Verdict.FAIL, scan=scan(counts=Counts(high=7)))
    section = sections(told)[1]
    assert section.tables["Package"][0][3] == "undefined"
    assert any("7 high" in item for item in section.items)
