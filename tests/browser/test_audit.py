"""The page of an audit as people have it before them: wide and narrow, dark, printed."""

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe

from scangate.audit.audit import Audit
from scangate.audit.reports import html
from tests.audit.fakes import audit_of
from tests.audit.samples import HOSTILE, POLICY, changed, everything, failing, passing

from .conftest import Opener, Watched
from .test_html import DESK, EVIL, MARKUP, PHONE, _lightness, _overflow

LONG = "x" * 5000


def told(text: str = "openssl") -> Audit:
    return msgspec.structs.replace(everything(text), changes=changed(text))


AUDITS = {
    "everything": told(),
    "hostile": told(HOSTILE),
    "markup": told(MARKUP),
    "long": told(LONG),
    "a pass": audit_of(POLICY, passing()),
    "many": audit_of(POLICY, *(failing(number) for number in range(700))),
}


@pytest.mark.parametrize("audit", AUDITS.values(), ids=AUDITS)
def test_a_page_loads_and_runs_nothing_and_fits(show: Opener, audit: Audit) -> None:
    watched = show(html.render(audit))
    for width in (320, PHONE, 890, 900, DESK):
        watched.page.set_viewport_size({"width": width, "height": 800})
        assert (width, _overflow(watched)) == (width, [])
    assert watched.page.evaluate("window.owned") is None
    assert watched.page.locator("img, iframe, script, [onclick]").count() == 0
    assert len(watched.requests) == 1
    assert watched.complaints == []


def test_if_markup_came_through_it_could_still_do_nothing(show: Opener) -> None:
    watched = show(html.render(told()).replace("</main>", EVIL + "</main>"))
    assert watched.page.locator("#evil").count() == 1
    watched.page.wait_for_timeout(200)
    assert watched.page.evaluate("window.owned") is None
    assert watched.style("body", "display") == "block"
    assert set(watched.failures) == {"csp"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_charts_are_drawn_to_scale_and_in_colour(show: Opener, scheme: str, width: int) -> None:
    watched = show(html.render(told()), scheme=scheme, width=width)
    fail, error = (_bar(watched, name) for name in ("fail", "error"))
    assert fail[0] == pytest.approx(error[0] / 3, rel=0.02)
    assert fail[0] > 10
    assert fail[1] != error[1]
    assert watched.count(".packages .bar rect") == 1


def _bar(watched: Watched, verdict: str) -> tuple[float, str]:
    selector = f".verdicts .bar.{verdict} rect"
    box = watched.page.locator(selector).bounding_box()
    assert box is not None
    return box["width"], watched.style(selector, "fill")


@pytest.mark.parametrize("name", ["everything", "a pass"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_left_out(show: Opener, name: str, scheme: str) -> None:
    axe = Axe()
    watched = show(html.render(AUDITS[name]), scheme=scheme)
    for width in (PHONE, DESK):
        watched.page.set_viewport_size({"width": width, "height": 800})
        found = axe.run(watched.page)
        assert found.violations_count == 0, found.generate_report()


def test_the_way_to_each_part_is_linked(show: Opener) -> None:
    watched = show(html.render(told()))
    links = watched.page.locator("nav a").all_inner_texts()
    assert links == [
        *("Overview", "Changes", "Worst images", "Upgrades", "Without a scan", "Stale scans"),
        *("Not known", "Exceptions that end", "About this run"),
    ]
    for link in watched.page.locator("nav a").all():
        link.click()
        assert watched.page.locator(":target").count() == 1


def test_it_is_dark_on_a_screen_and_white_on_paper(show: Opener) -> None:
    watched = show(html.render(told()), scheme="dark")
    assert _lightness(watched, "body") < 60
    watched.page.emulate_media(media="print", color_scheme="dark")
    assert _lightness(watched, "body") == _lightness(watched, "header") == 255
    assert watched.count("nav") == 0
    assert watched.page.pdf(format="A4").startswith(b"%PDF")


def test_a_long_list_ends_and_says_so(show: Opener) -> None:
    watched = show(html.render(AUDITS["many"]))
    assert watched.page.locator("#worst tbody tr").count() == 500
    assert "the first 500 of 700" in watched.page.locator("#worst caption").inner_text()
