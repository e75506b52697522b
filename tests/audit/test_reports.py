"""The formats of an audit, each read by a reader that is not ours, and with hostile names in it."""

import json
import re
import xml.etree.ElementTree as ET

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import msgspec
import pytest

from scangate.audit.audit import Audit, Extent
from scangate.audit.reports import OWN, formats_of, html, junit, markdown, table
from scangate.audit.reports import json as json_format
from scangate.errors import ScanMissing
from scangate.reports import FORMATS
from scangate.reports.markdown import MOST_BYTES
from tests.reports.html_page import ATTRIBUTES, ELEMENTS, digest, local, parse
from tests.reports.markdown_reader import read
from tests.reports.readers import CONTROL, RUNNER_COMMAND

from .fakes import audit_of
from .samples import HOSTILE, POLICY, changed, everything, failing, lost, passing, unjudged

LONG = "x" * 5000


def with_changes(text: str) -> Audit:
    return msgspec.structs.replace(everything(text), changes=changed(text))


def of_many() -> Audit:
    """Five hundred images that fail, and as many that were never scanned, with long names."""
    bad = [failing(n, text=f"{LONG}{n}", name=f"crp0/{'deep/' * 40}app") for n in range(500)]
    unknown = [unjudged(n, ScanMissing, LONG) for n in range(500, 1000)]
    return audit_of(POLICY, *bad, *unknown)


AUDITS = {
    "everything": everything(),
    "with changes": with_changes("openssl"),
    "hostile": with_changes(HOSTILE),
    "long": with_changes(LONG),
    "a pass": audit_of(POLICY, passing()),
    "nothing but an error": audit_of(POLICY, lost()),
    "many": of_many(),
}
EVERY = pytest.mark.parametrize("audit", AUDITS.values(), ids=AUDITS)


@EVERY
@pytest.mark.parametrize("name", OWN)
def test_the_same_audit_gives_the_same_text(audit: Audit, name: str) -> None:
    report = formats_of(audit)[name]

    assert report.render(audit.report) == report.render(audit.report)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - set(OWN)))
def test_the_others_tell_of_the_images(name: str) -> None:
    audit = everything()

    assert formats_of(audit)[name].render(audit.report) == FORMATS[name].render(audit.report)


@EVERY
@pytest.mark.parametrize("name", sorted({*OWN} - {"markdown"}))
def test_nothing_commands_a_terminal_or_a_runner(audit: Audit, name: str) -> None:
    text = formats_of(audit)[name].render(audit.report)

    assert not CONTROL.search(text)
    assert not RUNNER_COMMAND.search(text)


@EVERY
def test_the_json_is_of_its_schema(audit: Audit) -> None:
    document = json.loads(json_format.render(audit))
    jsonschema.validate(document, json_format.schema())

    verdicts = document["summary"]["verdicts"]
    assert sum(verdicts.values()) == len(document["images"]) + len(document["unknown"])
    assert len(document["images"]) == document["audit"]["chosen"]


@EVERY
def test_the_junit_has_a_case_for_every_image(audit: Audit) -> None:
    root = ET.fromstring(junit.render(audit))
    cases = list(root.iter("testcase"))

    assert len(cases) == len(audit.judged)
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    verdicts = [each.outcome.verdict.value for each in audit.judged]
    assert len(list(root.iter("failure"))) == verdicts.count("fail")
    assert len(list(root.iter("error"))) == verdicts.count("error")
    assert all((each.text or "").strip() for each in (*root.iter("failure"), *root.iter("error")))


@EVERY
def test_the_page_is_what_it_may_be_and_runs_nothing(audit: Audit) -> None:
    source = html.render(audit)
    root = parse(source)
    elements = list(root.iter())

    assert {local(each) for each in elements} <= ELEMENTS - {"script", "form", "input", "button"}
    assert {name for each in elements for name in each.attrib} <= ATTRIBUTES
    [style] = [each for each in elements if local(each) == "style"]
    [policy] = [each.get("content") for each in elements if each.get("http-equiv")]
    assert policy == (
        f"default-src 'none'; style-src '{digest(style)}'; script-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )
    ids = [each.get("id") for each in elements if each.get("id")]
    assert len(set(ids)) == len(ids)
    links = [each.get("href", "") for each in elements if local(each) == "a"]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert not re.search(r"url\(|@import|https?:", style.text or "")


def test_the_page_draws_what_it_says() -> None:
    root = parse(html.render(everything()))
    verdicts = next(each for each in root.iter() if each.get("class") == "verdicts")
    rows = [
        (
            "".join(row.itertext()),
            [int(each.get("width", "0")) for each in row.iter() if local(each) == "rect"],
        )
        for row in verdicts.iter()
        if local(row) == "tr" and "Chart" not in "".join(row.itertext())
    ]

    assert rows == [("FAIL1", [333]), ("ERROR3", [1000]), ("WARN0", []), ("PASS1", [333])]


@EVERY
def test_the_message_is_what_it_may_be_and_fits(audit: Audit) -> None:
    text = markdown.render(audit)

    assert read(text)
    assert len(text.encode()) <= MOST_BYTES


def test_the_message_tells_what_turned() -> None:
    titles = [
        title
        for section in read(markdown.render(with_changes("openssl")))
        for title in (section.title, *section.titles)
    ]

    assert [each for each in titles if "Turned to fail" in each]


@EVERY
def test_the_table_says_first_and_last_what_counts(audit: Audit) -> None:
    lines = table.render(audit).splitlines()

    assert lines[0].startswith("cr.yandex/crp0: ")
    assert lines[-1].startswith(f"{audit.report.verdict.value.upper()}  ")
    assert lines[-1].endswith(f"exit code {audit.report.exit_code.value}")


def test_names_to_copy_are_not_cut() -> None:
    audit = of_many()
    text = table.render_terminal(audit, width=40, color=True)

    assert f"cr.yandex/crp0/{'deep/' * 40}app:1." in text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("table", "1 image passed by counts alone"),
        ("markdown", "1 image passed by counts alone"),
        ("html", "1 image passed by counts alone"),
        ("json", '"passedByCounts": 1'),
        ("junit", '<property name="passed-by-counts" value="1"'),
    ],
)
def test_how_many_passed_by_counts_alone(name: str, told: str) -> None:
    believed = msgspec.structs.replace(passing(1), believed=True)
    audit, none = audit_of(POLICY, believed, passing(2)), audit_of(POLICY, passing(2))

    assert told in formats_of(audit)[name].render(audit.report)
    assert told not in formats_of(none)[name].render(none.report)


@pytest.mark.parametrize(("listed", "told"), [(1, False), (2, True)])
def test_that_images_were_left_out_is_told_if_some_were(listed: int, told: bool) -> None:
    audit = msgspec.structs.replace(
        audit_of(POLICY, passing()),
        selection=("the newest 3 of each repository",),
        extent=Extent(repositories=1, listed=listed, chosen=1),
    )

    assert ("not every image was judged" in table.render(audit)) is told


def test_what_is_left_out_is_told() -> None:
    text = table.render(of_many())

    assert "… and 490 more" in text
    assert "Worst images (500)" in text
    assert "Without a scan (500)" in text
