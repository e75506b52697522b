"""Nothing written into markup can become markup, and nothing that is made can run or load."""

import ast
from pathlib import Path

import pytest
from hypothesis import given

import scangate.reports.html
from scangate.reports.html.markup import (
    HOLE,
    Markup,
    embedded,
    filled,
    joined,
    jump,
    lines,
    link,
    tag,
    text,
)
from scangate.reports.text import clean_line

from .html_page import parse, words
from .html_words import brief
from .strategies import texts, unhurried

BAD = "<b onclick='x'>\"&amp;"
SAFE = "&lt;b onclick=&#x27;x&#x27;&gt;&quot;&amp;amp;"


@pytest.mark.parametrize(
    ("made", "written"),
    [
        pytest.param(tag("p", BAD), f"<p>{SAFE}</p>", id="child"),
        pytest.param(tag("p", id=BAD), f'<p id="{SAFE}"></p>', id="attribute"),
        pytest.param(tag("p", tag("b", BAD)), f"<p><b>{SAFE}</b></p>", id="nested"),
        pytest.param(joined((BAD, tag("b", "x"))), f"{SAFE}<b>x</b>", id="joined"),
        pytest.param(filled(tag("p", HOLE), BAD), f"<p>{SAFE}</p>", id="filled"),
        pytest.param(filled(tag("p", class_=HOLE), BAD), f'<p class="{SAFE}"></p>', id="in-quotes"),
        pytest.param(filled(tag("p", HOLE), "100 %s"), "<p>100 %s</p>", id="percent"),
        pytest.param(
            link(BAD, "https://a.example/"),
            f'<a href="https://a.example/" rel="noreferrer noopener">{SAFE}</a>',
            id="link",
        ),
        pytest.param(jump(BAD, "run"), f'<a href="#run">{SAFE}</a>', id="jump"),
        pytest.param(lines(BAD), SAFE, id="lines"),
        pytest.param(tag("p", f"{tag('b', 'x')}"), "<p>&lt;b&gt;x&lt;/b&gt;</p>", id="no-markup"),
        pytest.param(tag("p", tag("b") + BAD), f"<p>&lt;b&gt;&lt;/b&gt;{SAFE}</p>", id="added"),
        pytest.param(tag("input", hidden=True, id=False), "<input hidden>", id="true-and-false"),
        pytest.param(tag("p", aria_label="x", class_="y"), '<p aria-label="x" class="y"></p>',
                     id="names"),
        pytest.param(tag("meta", content="a\n b\x00"), '<meta content="a b">', id="cleaned"),
    ],
)  # fmt: skip
def test_escaping(made: Markup, written: str) -> None:
    assert made == written
    assert isinstance(made, Markup)


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        *(pytest.param(name, {}, id=name) for name in ("script", "style", "a", "iframe", "object")),
        *(pytest.param(name, {}, id=repr(name)) for name in ("", "p x", "p>", "P", "svg:a")),
        *(
            pytest.param("p", {name: "x"}, id=name)
            for name in (
                "onclick",
                "style",
                "src",
                "srcdoc",
                "href",
                "action",
                "formaction",
                "data",
            )
        ),
        *(pytest.param("p", {name: "x"}, id=repr(name)) for name in ("", "x y", 'x"', "x>", "x=")),
    ],
)
def test_what_could_run_or_load_is_never_made(name: str, attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="here"):
        tag(name, **attributes)


@pytest.mark.parametrize(
    "url",
    [
        "https://avd.example/CVE-2026-0001",
        "HTTP://avd.example",
        "http://localhost:8080/a?b=c&d=%20e#f",
        "https://avd.example/it's",
        "https://avd.example/@user",
        "https://192.0.2.1/",
    ],
)
def test_links_to_the_web_are_links(url: str) -> None:
    (found,) = parse(f"<!DOCTYPE html><title>x</title>{link('x', url)}").iter("a")
    assert found.attrib == {"href": url, "rel": "noreferrer noopener"}
    assert words(found) == "x"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://avd.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://avd.example/",
        "//avd.example/",
        "/relative",
        "avd.example",
        " https://avd.example/",
        "https://avd.example/\n",
        "https://avd.example/ x",
        "https://github.com@evil.example/",
        "https://user:password@avd.example/",
        "https:///avd.example",
        "https://avd.example\\@evil.example",
        'https://avd.example/"onclick="alert(1)',
        "https://аvd.example/",
        "https://avd.example/#a#b",
        "https://avd.example/\u202egpj.exe",
        "https://avd.example/" + "x" * 1001,
    ],
)
def test_other_links_are_shown_as_text(url: str) -> None:
    body = parse(f"<!DOCTYPE html><title>t</title><body>{link('x', url)}</body>")[1]
    assert [(each.tag, words(each)) for each in body] == [("small", brief(url))]
    assert words(body) == f"x {brief(url)}"


def test_no_link_is_only_words() -> None:
    assert link("x", "") == "x"


@pytest.mark.parametrize(
    ("foreign", "most", "written"),
    [
        pytest.param("abc", 3, "abc", id="fits"),
        pytest.param("abcd", 3, "abc… (cut)", id="cut"),
        pytest.param("&&&&", 3, "&amp;&amp;&amp;… (cut)", id="cut-before-it-is-escaped"),
        pytest.param("x" * 2001, 2000, "x" * 2000 + "… (cut)", id="long"),
        pytest.param("\x00" * 30_000, 3, "… (cut)", id="nothing-seen-of-much"),
        pytest.param("", 3, "", id="empty"),
    ],
)
def test_what_is_cut_says_so(foreign: str, most: int, written: str) -> None:
    assert text(foreign, most=most) == written


@pytest.mark.parametrize("bad", ["a\x00", "a\u202e", "a\r\nb", "##", "\ud800", "[[a"])
def test_lines_are_never_altered(bad: str) -> None:
    with pytest.raises(ValueError, match="altered"):
        lines(bad)


@pytest.mark.parametrize("bad", ["x</script>", "</", "<!--x"])
def test_what_would_end_a_script_is_never_embedded(bad: str) -> None:
    with pytest.raises(ValueError, match="end the script"):
        embedded("script", bad)


@pytest.mark.parametrize("place", ["", "1", "a b", 'a"', "Ä"])
def test_a_jump_leads_to_an_id(place: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        jump("x", place)


@unhurried
@given(texts, texts)
def test_any_text_is_read_back_as_itself(child: str, attribute: str) -> None:
    written = f"<!DOCTYPE html><title>x</title>{tag('p', child, id=attribute)}"
    (found,) = parse(written).iter("p")
    assert words(found) == " ".join(clean_line(child).split())
    assert (found.get("id") or "").strip(" ") == clean_line(attribute)
    assert len(found) == 0


def test_only_the_builder_makes_markup() -> None:
    folder = Path(scangate.reports.html.__file__).parent
    makers = {
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Markup"
    }
    assert makers == {"markup.py", "__init__.py"}
