"""The page as people have it before them: wide and narrow, dark, printed, heard, without script."""

import itertools
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from scangate.model import Severity
from scangate.report import Finding, Report, Verdict
from scangate.reports import html
from tests.reports.samples import (
    HOSTILE,
    broken,
    by_entry,
    by_vex,
    finding,
    ignored,
    outcome,
    report,
)
from tests.reports.situations import SITUATIONS

from .conftest import Opener, Watched

ROWS = "table.findings tbody tr"
PHONE = 390
DESK = 1280
MARKUP = "<img src=x onerror='owned=1'></td></table><script>owned=2</script><p onclick='owned=3'>"
EVIL = (
    "<script>owned = 1</script><img src=x onerror='owned = 2'><svg onload='owned = 3'></svg>"
    "<style>body { display: none }</style><p id=evil style='color: rgb(1, 2, 3)'>x</p>"
    "<iframe srcdoc='<script>parent.owned = 4</script>'></iframe>"
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css><script src=http://127.0.0.1:9/x.js></script>"
)


def some() -> tuple[Finding, ...]:
    """One finding of each kind, and one that tells nothing."""
    return (
        finding(1, package="openssl"),
        finding(2, package="OpenSSL-dev", severity=Severity.HIGH, rules=("max-high",)),
        ignored(3, why=by_entry(), package="zlib1g", severity=Severity.HIGH),
        ignored(4, why=by_vex(), package="curl", severity=Severity.LOW),
        finding(5, package="bash", severity=Severity.LOW, rules=()),
    )


def written(*findings: Finding) -> str:
    return html.render(report(outcome(broken(), verdict=Verdict.FAIL, findings=findings or some())))


def huge() -> Report:
    severities = itertools.cycle(Severity)
    versions = itertools.cycle(f"1:{number}.2.13-1+deb12u{number}" for number in range(9))
    many = tuple(
        finding(
            number,
            severity=next(severities),
            package=f"package-{number % 700}",
            version=next(versions),
            new=number % 2 == 0,
        )
        for number in range(20_000)
    )
    return report(outcome(broken(), verdict=Verdict.FAIL, findings=many))


@pytest.fixture(scope="module")
def twenty_thousand() -> str:
    return html.render(huge())


def shown(watched: Watched) -> list[str]:
    """The IDs of the findings in sight, and the number of them that the page tells."""
    script = "all => all.filter(it => it.getClientRects().length).map(it => it.cells[0].innerText)"
    ids: list[str] = watched.page.locator(ROWS).evaluate_all(script)
    total = watched.page.locator(ROWS).count()
    assert watched.page.locator("output").inner_text() == f"{len(ids)} of {total} shown"
    return [each[-1] for each in ids]


@pytest.mark.parametrize(
    ("text", "severity", "bucket", "left"),
    [
        pytest.param("", "", "", "12345", id="nothing-asked"),
        pytest.param("openssl", "", "", "12", id="text-of-any-case"),
        pytest.param("OPENSSL DEV", "", "", "2", id="every-word"),
        pytest.param("max-", "", "", "12", id="rule"),
        pytest.param("not compiled", "", "", "3", id="reason"),
        pytest.param("CVE-2026-0004", "", "", "4", id="id"),
        pytest.param("0001critical", "", "", "", id="cells-are-apart"),
        pytest.param("no such thing", "", "", "", id="none"),
        pytest.param("", "high", "", "23", id="severity"),
        pytest.param("", "", "counted", "12", id="counted"),
        pytest.param("", "", "ignored", "3", id="ignored"),
        pytest.param("", "", "vex", "4", id="vex"),
        pytest.param("", "", "unselected", "5", id="by-no-rule"),
        pytest.param("", "low", "vex", "4", id="both"),
        pytest.param("bash", "low", "unselected", "5", id="all-three"),
        pytest.param("<b>", "", "", "", id="markup"),
    ],
)
def test_the_filter(show: Opener, text: str, severity: str, bucket: str, left: str) -> None:
    watched = show(written())
    first, second = watched.page.locator("form.filter select").all()
    watched.page.fill("form.filter input", text)
    first.select_option(severity)
    second.select_option(bucket)
    assert "".join(shown(watched)) == left
    watched.page.click("form.filter button")
    watched.wait_for("output", "5 of 5 shown")
    assert "".join(shown(watched)) == "12345"


def test_each_image_has_its_own_filter(show: Opener) -> None:
    watched = show(html.render(report(outcome(findings=some()), outcome(findings=some()))))
    watched.page.locator("form.filter input").nth(1).fill("bash")
    outputs = watched.page.locator("output").all_inner_texts()
    assert outputs == ["5 of 5 shown", "1 of 5 shown"]
    assert watched.count(ROWS) == 6


def test_the_keyboard_is_enough(show: Opener) -> None:
    watched = show(written())
    names = []
    for _ in range(7):
        watched.page.keyboard.press("Tab")
        names.append(watched.page.evaluate("document.activeElement.localName"))
    assert names == ["a", "a", "a", "input", "select", "select", "button"]
    watched.page.focus("form.filter input")
    watched.page.keyboard.type("bash")
    watched.page.keyboard.press("Enter")
    assert "".join(shown(watched)) == "5"
    assert len(watched.requests) == 1
    assert watched.style("form.filter input", "outline-style") == "solid"


def test_without_a_script_everything_is_shown(show: Opener) -> None:
    watched = show(written(*map(finding, range(120))), script=False)
    assert watched.count("form.filter") == 0
    assert watched.page.locator(ROWS).count() == 120
    watched.page.locator(ROWS).last.scroll_into_view_if_needed()
    assert watched.page.locator(ROWS).last.is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_page_loads_nothing_and_complains_of_nothing(
    show: Opener, situation: str, script: bool
) -> None:
    watched = show(html.render(SITUATIONS[situation]), script=script)
    assert len(watched.requests) == 1
    assert watched.complaints == []


@pytest.mark.parametrize("bad", [MARKUP, HOSTILE, "x" * 5000], ids=["markup", "hostile", "long"])
def test_a_hostile_name_is_text(show: Opener, bad: str) -> None:
    text = written(*(finding(number, package=bad, id=bad, link=bad) for number in range(3)))
    watched = show(text, width=PHONE)
    assert watched.page.locator(ROWS).count() == 3
    assert watched.page.evaluate("window.owned") is None
    assert watched.page.locator("img, iframe, p[onclick]").count() == 0
    assert len(watched.requests) == 1
    assert watched.complaints == []
    assert _overflow(watched) == []


def test_if_markup_came_through_it_could_still_do_nothing(show: Opener) -> None:
    text = written()
    watched = show(text.replace("</main>", EVIL + "</main>"))
    assert watched.page.locator("#evil").count() == 1
    watched.page.wait_for_timeout(200)
    assert watched.page.evaluate("window.owned") is None
    assert watched.style("#evil", "color") != "rgb(1, 2, 3)"
    assert watched.style("body", "display") == "block"
    assert set(watched.failures) == {"csp"}
    assert len(watched.requests) == 1 + len(watched.failures)
    assert len([each for each in watched.complaints if "Content Security Policy" in each]) >= 5


def test_control_without_the_policy_it_would(show: Opener) -> None:
    text = written().replace("Content-Security-Policy", "Content-Type")
    watched = show(text.replace("</main>", EVIL + "</main>"))
    watched.page.wait_for_function("window.owned !== undefined")
    assert watched.style("body", "display") == "none"


def _overflow(watched: Watched) -> list[str]:
    """What is wider than the page."""
    script = """() => Array.from(document.querySelectorAll('body *'))
        .filter(each => !each.closest("thead"))  // on a phone it is clipped
        .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth)
        .map(each => each.outerHTML.slice(0, 99))"""
    wide: list[str] = watched.page.evaluate(script)
    scrolls = watched.page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return [*wide, "the page"] if scrolls else wide


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_is_wider_than_the_page(show: Opener, situation: str) -> None:
    watched = show(html.render(SITUATIONS[situation]))
    for width in (320, PHONE, 890, 900, DESK):
        watched.page.set_viewport_size({"width": width, "height": 800})
        assert (width, _overflow(watched)) == (width, [])


def test_control_what_is_too_wide_is_noticed(show: Opener) -> None:
    text = html.render(SITUATIONS["hostile"]).replace("overflow-wrap: anywhere", "")
    watched = show(text.replace("Content-Security-Policy", "Content-Type"), width=320)
    assert "the page" in _overflow(watched)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "situation", ["ignored", "fix-plan", "scan-missing", "several-images", "warn"]
)
def test_nobody_is_left_out(show: Opener, situation: str, scheme: str) -> None:
    """The rules of axe-core: contrast, landmarks, headings, names, tables, regions."""
    axe = Axe()
    watched = show(html.render(SITUATIONS[situation]), scheme=scheme)
    for width in (PHONE, DESK):
        watched.page.set_viewport_size({"width": width, "height": 800})
        found = axe.run(watched.page)
        assert found.violations_count == 0, found.generate_report()
        assert len(found.response["passes"]) > 20


def test_control_bad_contrast_is_noticed(show: Opener) -> None:
    axe = Axe()
    text = html.render(SITUATIONS["ignored"]).replace("--quiet: #55606e", "--quiet: #aaaaaa")
    watched = show(text.replace("Content-Security-Policy", "Content-Type"))
    assert [each["id"] for each in axe.run(watched.page).response["violations"]] == [
        "color-contrast"
    ]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_table_is_heard_as_a_table(show: Opener, width: int) -> None:
    """Rows laid out as grids are rows still, for who cannot see them."""
    watched = show(written(), width=width)
    session = watched.page.context.new_cdp_session(watched.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    roles = [each["role"]["value"] for each in nodes if not each.get("ignored")]
    findings, counts, rules, statements = (6, 8, 2, 2)
    assert roles.count("table") == 4
    assert roles.count("row") == findings + counts + rules + statements
    assert roles.count("rowheader") == findings + counts + rules + statements - 4
    assert roles.count("columnheader") == 6 + 7 + 5 + 4


def test_it_is_dark_where_people_want_it_dark(show: Opener) -> None:
    light, dark = (show(written(), scheme=scheme) for scheme in ("light", "dark"))
    for selector in ("body", "header", "table.findings thead tr"):
        assert _lightness(light, selector) > 200
        assert _lightness(dark, selector) < 60


def _lightness(watched: Watched, selector: str) -> float:
    color = watched.style(selector, "background-color")
    numbers = [int(each) for each in color.removeprefix("rgb(").removesuffix(")").split(", ")]
    return sum(numbers) / len(numbers)


def test_paper_is_white(show: Opener) -> None:
    watched = show(written(), scheme="dark")
    watched.page.emulate_media(media="print", color_scheme="dark")
    assert _lightness(watched, "body") == _lightness(watched, "header") == 255
    assert watched.style("table.findings thead", "display") == "table-header-group"
    assert watched.count("nav, form.filter") == 0
    assert watched.count(ROWS) == 5
    assert watched.page.pdf(format="A4").startswith(b"%PDF")


def test_a_filtered_print_says_so(show: Opener) -> None:
    watched = show(written())
    watched.page.fill("form.filter input", "bash")
    watched.page.emulate_media(media="print")
    assert watched.count(ROWS) == 1
    assert watched.count("form.filter output") == 1
    assert watched.count("form.filter :is(label, button)") == 0


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_twenty_thousand_findings_stay_usable(
    show: Opener, twenty_thousand: str, width: int
) -> None:
    start = time.monotonic()
    watched = show(twenty_thousand, width=width)
    assert watched.page.locator(ROWS).count() == 20_000
    assert time.monotonic() - start < 20
    assert watched.page.locator("output").inner_text() == "20000 of 20000 shown"
    took = watched.page.evaluate(
        """async (texts) => {
            const input = document.querySelector("form.filter input");
            const times = [];
            for (const text of texts) {
                const start = performance.now();
                input.value = text;
                input.dispatchEvent(new Event("input", { bubbles: true }));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                times.push(Math.round(performance.now() - start));
            }
            return times;
        }""",
        ["p", "package-12", "package-123", "", "CVE-2026-1", "critical", "zzz", ""],
    )
    print(f"20,000 findings at {width}: {took} ms for each word that was filtered by")
    assert sorted(took)[len(took) // 2] < 500
    assert max(took) < 3000
    watched.page.fill("form.filter input", "package-123")
    assert watched.page.locator("output").inner_text() == "29 of 20000 shown"
    assert _scrolled_to_the_end(watched)


def _scrolled_to_the_end(watched: Watched) -> bool:
    watched.page.locator("footer").scroll_into_view_if_needed()
    return bool(watched.page.locator("footer h2").is_visible())


def test_twenty_thousand_findings_without_a_script(show: Opener, twenty_thousand: str) -> None:
    watched = show(twenty_thousand, script=False, width=PHONE)
    assert watched.page.locator(ROWS).count() == 20_000
    watched.page.locator(ROWS).last.scroll_into_view_if_needed()
    assert watched.page.locator(ROWS).last.is_visible()
    assert _scrolled_to_the_end(watched)
