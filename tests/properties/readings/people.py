"""Formats for people: the table, Markdown, HTML, and the annotations of GitHub."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from tests.properties.documents import mark
from tests.properties.expected import Expected
from tests.properties.readings.reading import (
    EXCESS,
    IMAGE,
    Lines,
    Reading,
    counted,
    ignored,
    lines_of,
    name_in,
    places_of,
    row_of,
    rules_of,
)
from tests.reports import github_reader, html_page, markdown_reader

_VERDICT = re.compile(r"(PASS|WARN|FAIL)  (.*)")
_RULE = re.compile(r"  (FAIL|WARN|pass) +([a-z-]+) +([0-9]+) +([0-9]+)")
_COLUMN = re.compile(r"\S+(?: \S+)*")


def read_table(text: str) -> Reading:
    *body, last = text.splitlines()
    images: dict[str, tuple[str, list[str]]] = {}
    for line in body:
        head = _VERDICT.fullmatch(line)
        if head is not None:
            images[name_in(line)] = (head[1].lower(), [])
        elif images:
            list(images.values())[-1][1].append(line)
    lines = Lines()
    told = {
        name: (
            verdict,
            _rules_in(block),
            lines.grouped(
                (row["PACKAGE"], row["SEVERITY"], row["VULNERABILITY"])
                for row in _rows_under("PACKAGE", block)
            ),
            sum(1 for _ in _rows_under("NOT COUNTED", block)),
        )
        for name, (verdict, block) in images.items()
    }
    return Reading(exact=(last, told), some=frozenset(lines.places))


def _rules_in(block: Sequence[str]) -> dict[str, tuple[str, int, int]]:
    found = filter(None, map(_RULE.fullmatch, block))
    return {it[2]: (it[1].lower(), int(it[3]), int(it[4])) for it in found}


def _rows_under(column: str, block: Sequence[str]) -> Iterator[dict[str, str]]:
    """Read the table whose first column has that head, by the places of the heads."""
    places: list[tuple[str, slice]] = []
    for line in block:
        if not line:
            places = []
        elif line.startswith(f"  {column}  "):
            heads = list(_COLUMN.finditer(line))
            ends = [*(head.start() for head in heads[1:]), None]
            places = [
                (head[0], slice(head.start(), end)) for head, end in zip(heads, ends, strict=True)
            ]
        elif places:
            yield {name: line[place].strip() for name, place in places}


def wanted_table(expected: Expected) -> Reading:
    verdicts = Counter(image.verdict for image in expected.images)
    parts = [f"{verdicts[word]} {word}" for word in ("fail", "warn", "pass") if verdicts[word]]
    number = len(expected.images)
    tally = "1 image" if number == 1 else f"{number} images ({', '.join(parts)})"
    images = {
        image.name: (
            image.verdict,
            rules_of(image),
            lines_of(counted(image)),
            len(lines_of(ignored(image))),
        )
        for image in expected.images
    }
    last = f"{expected.verdict.upper()}  {tally}, exit code {expected.code}"
    return Reading(exact=(last, images), some=places_of(expected))


def read_markdown(text: str) -> Reading:
    head, *sections, _ = markdown_reader.read(text)
    lines = Lines()
    images = {
        name_in(section.title): (
            _sign(section.title),
            {
                name.split(":")[0]: (_sign(verdict), int(found), int(allowed))
                for name, verdict, found, allowed, *_ in section.tables["Rule"]
            },
            lines.grouped(
                (package, severity, advisory)
                for package, _, _, severity, advisory, *_ in section.tables.get("Package", ())
            ),
            Counter(
                lines.take(severity, advisory, packages)
                for advisory, severity, packages, *_ in section.tables.get("Not counted", ())
            ),
        )
        for section in sections
    }
    exact = (_sign(head.title), int(head.title.rpartition(" ")[2]), images)
    return Reading(exact=exact, some=frozenset(lines.places))


def _sign(text: str) -> str:
    """Read a verdict, which is told twice: by a sign and a word."""
    sign, word = text.replace(":", " ").split()[:2]
    assert f"{sign} {word}" in markdown_reader.SIGNS.values()
    return word.lower()


def wanted_markdown(expected: Expected) -> Reading:
    images = {
        image.name: (
            *(image.verdict, rules_of(image)),
            *(lines_of(counted(image)), lines_of(ignored(image))),
        )
        for image in expected.images
    }
    exact = (expected.verdict, expected.code, images)
    return Reading(exact=exact, some=places_of(expected))


def read_html(text: str) -> Reading:
    page = html_page.Page(text)
    head = html_page.words(page.all("header")[0]).split()[0].lower()
    sections = [it for it in page.all("section") if IMAGE.fullmatch(it.get("id") or "")]
    return Reading(exact=(head, dict(map(_html_image, sections))))


def _html_image(section: Element) -> tuple[str, object]:
    heading = html_page.words(section[0])
    rules = {
        name.split()[0]: (verdict.lower(), int(found), int(allowed))
        for name, verdict, found, allowed, _ in html_page.table(section, "rules") or ()
    }
    found = html_page.element(section, "table", "findings")
    rows = Counter(
        (*(row.get("class") or "").split(), mark(cells[0]), mark(cells[2]))
        for row in ([] if found is None else html_page.rows(found))
        for cells in [html_page.cells(row)]
    )
    return name_in(heading), (heading.split()[0].lower(), rules, rows)


def wanted_html(expected: Expected) -> Reading:
    images = {
        image.name: (
            image.verdict,
            rules_of(image),
            Counter(
                (severity, it.bucket, advisory, package)
                for it in image.rows
                for severity, advisory, package in [row_of(it)]
            ),
        )
        for image in expected.images
    }
    return Reading(exact=(expected.verdict, images))


def read_github(text: str) -> Reading:
    commands = github_reader.read(text)
    (head,) = (it.message for it in commands if it.properties["title"] == "scangate")
    lines, told = Lines(), Counter[object]()
    for it in commands:
        if it.name != "notice":
            first, *rest = it.message.split("\n")
            ((rule, *numbers),) = EXCESS.findall(first)
            found = frozenset(lines.listed(rest).items())
            told[name_in(it.properties["title"]), it.name, rule, *map(int, numbers), found] += 1
    return Reading(exact=(head.partition(",")[0], told), some=frozenset(lines.places))


def wanted_github(expected: Expected) -> Reading:
    words = {"fail": "error", "warn": "warning"}
    told = Counter(
        (
            *(image.name, words[rule.verdict], rule.name, len(rule.rows), rule.max),
            frozenset(lines_of(image.rows[it] for it in rule.rows).items()),
        )
        for image in expected.images
        for rule in image.rules
        if rule.verdict in words
    )
    head = f"{expected.verdict}: {len(expected.images)} judged"
    return Reading(exact=(head, told), some=places_of(expected))
