"""Formats for programs: JSON, JUnit, SARIF, GitLab's two, VSA and dotenv."""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from typing import Any

import junitparser

from scangate.model import Severity
from tests.properties.documents import digest, mark
from tests.properties.expected import Expected, Image, Told
from tests.properties.readings.reading import (
    EXCESS,
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
from tests.reports import codequality_reader, dotenv_reader, gitlab_reader, sarif_reader


def read_json(text: str) -> Reading:
    told = json.loads(text)
    images = {name_in(each["reference"]): _json_image(each) for each in told["images"]}
    return Reading(exact=(told["verdict"], told["exitCode"], images))


def _json_image(told: Mapping[str, Any]) -> tuple[object, ...]:
    counts = told["scan"]["counts"]
    rules = {
        rule["name"]: (
            *(rule[key] for key in ("verdict", "count", "max")),
            Counter(map(_json_row, rule["findings"])),
        )
        for rule in told["rules"]
    }
    rows = Counter(
        (*_json_row(row), row["bucket"], tuple(row["rules"])) for row in told["findings"]
    )
    return told["verdict"], counts.pop("total"), counts, rules, rows


def _json_row(told: Mapping[str, Any]) -> tuple[str, ...]:
    keys = ("severity", "id", "package", "version", "fixedBy", "type", "link")
    return tuple(told[key] or "" for key in keys)


def wanted_json(expected: Expected) -> Reading:
    images = {image.name: _wanted_json_image(image) for image in expected.images}
    return Reading(exact=(expected.verdict, expected.code, images))


def _wanted_json_image(image: Image) -> tuple[object, ...]:
    rows = [_whole_row(each) for each in image.rows]
    rules = {
        rule.name: (
            *(rule.verdict, len(rule.rows), rule.max),
            Counter(rows[place] for place in rule.rows),
        )
        for rule in image.rules
    }
    told = Counter(
        (*row, each.bucket, each.rules) for row, each in zip(rows, image.rows, strict=True)
    )
    return image.verdict, len(rows), image.counts, rules, told


def _whole_row(told: Told) -> tuple[str, ...]:
    row = told.row
    return (told.severity, *(row.name, row.package, row.version, row.fixed_by, row.type, row.link))


def read_junit(text: str) -> Reading:
    images, lines = {}, Lines()
    suites = junitparser.JUnitXml.fromstring(text.encode())
    for suite, element in zip(suites, ET.fromstring(text.encode()), strict=True):
        rules = {}
        for case in list(suite)[3:]:
            failed = [each.text for each in case.result if isinstance(each, junitparser.Failure)]
            verdict = "fail" if failed else "warn" if case.system_out else "pass"
            told = (failed[0] if failed else case.system_out or "").split("\n")[1:]
            rules[case.name.split(":")[0]] = (verdict, lines.listed(told))
        hidden = [
            line.removeprefix("not counted: ")
            for line in element.findtext("system-out", "").split("\n")
            if line.startswith("not counted: ")
        ]
        images[name_in(suite.name)] = (rules, lines.listed(hidden))
    return Reading(exact=images, some=frozenset(lines.places))


def wanted_junit(expected: Expected) -> Reading:
    images = {
        image.name: (
            {
                rule.name: (
                    rule.verdict,
                    lines_of(image.rows[it] for it in rule.rows if rule.verdict != "pass"),
                )
                for rule in image.rules
            },
            lines_of(ignored(image)),
        )
        for image in expected.images
    }
    return Reading(exact=images, some=places_of(expected))


_LEVELS = {"error": "fail", "warning": "warn", "note": "ignored"}


def read_sarif(text: str) -> Reading:
    runs = sarif_reader.read_as_github(text)["runs"]
    codes = {(run["invocations"][0]["exitCode"]) for run in runs}
    return Reading(exact=(codes, dict(map(_sarif_run, runs))))


def _sarif_run(run: Mapping[str, Any]) -> tuple[str, object]:
    (image,) = run["properties"]["images"]
    rules = {it["name"]: (it["verdict"], it["count"], it["max"]) for it in image["rules"]}
    rows = Counter(
        (
            _LEVELS[it["level"]],
            it["properties"].get("severity", ""),
            mark(it["ruleId"]),
            mark(it["properties"].get("package", "")),
        )
        for it in run["results"]
    )
    return name_in(image["reference"]), (image["verdict"], image["counts"], rules, rows)


def wanted_sarif(expected: Expected) -> Reading:
    images = {
        image.name: (
            image.verdict,
            image.counts,
            rules_of(image),
            Counter(
                (min(it.broken, default="ignored"), *row_of(it))  # "fail" is before "warn"
                for it in image.rows
                if it.broken or it.bucket == "ignored"
            ),
        )
        for image in expected.images
    }
    return Reading(exact=({expected.code}, images))


def read_gitlab(text: str) -> Reading:
    stored = gitlab_reader.read_as_gitlab(text)
    ids = [it["identifiers"][0]["value"] for it in json.loads(text)["vulnerabilities"]]
    head = json.loads(text)["scan"]["messages"][0]["value"]
    rows = Counter(
        (name_in(it.image), it.severity, mark(advisory), mark(it.package))
        for it, advisory in zip(stored, ids, strict=True)
    )
    return Reading(exact=(head, rows))


_GITLAB_WORDS = {"negligible": "info", "undefined": "unknown"}


def wanted_gitlab(expected: Expected) -> Reading:
    rows = Counter(
        (image.name, _GITLAB_WORDS.get(severity, severity), advisory, package)
        for image in expected.images
        for it in image.rows
        for severity, advisory, package in [row_of(it)]
        if it.bucket != "ignored"
    )
    return Reading(exact=(f"verdict: {expected.verdict}, exit code {expected.code}", rows))


_FOUND = re.compile(r"(?s)(.*) \(([a-z]+)\) in (.*)")


def read_codequality(text: str) -> Reading:
    rows, rules = Counter[tuple[str, ...]](), Counter[tuple[object, ...]]()
    for it in codequality_reader.read_as_gitlab(text).values():
        found = _FOUND.fullmatch(it.text)
        if found is None:
            (name, count, most) = EXCESS.findall(it.text)[0]
            rules[name_in(it.text), it.severity, name, int(count), int(most)] += 1
        else:
            rows[name_in(it.text), found[2], mark(found[1]), mark(found[3])] += 1
    return Reading(exact=(rows, rules))


def wanted_codequality(expected: Expected) -> Reading:
    words = {"fail": "blocker", "warn": "major"}
    rows = Counter((image.name, *row_of(it)) for image in expected.images for it in counted(image))
    rules = Counter(
        (image.name, words[rule.verdict], rule.name, len(rule.rows), rule.max)
        for image in expected.images
        for rule in image.rules
        if rule.verdict in words
    )
    return Reading(exact=(rows, rules))


def read_vsa(text: str) -> Reading:
    told = [json.loads(line) for line in text.splitlines()]
    return Reading(exact=Counter(map(_statement, told)))


def _statement(told: Mapping[str, Any]) -> tuple[str, str, str]:
    (subject,) = told["subject"]
    result = told["predicate"]["verificationResult"]
    return name_in(subject["name"]), f"sha256:{subject['digest']['sha256']}", result


def wanted_vsa(expected: Expected) -> Reading:
    """Neither a file nor a registry that nobody knows is what a pass could rely on."""
    return Reading(
        exact=Counter((each.name, digest(each.name), "FAILED") for each in expected.images)
    )


def read_dotenv(text: str) -> Reading:
    told = dotenv_reader.read(text)
    names = ("verdict", "exit_code", "total", *(each.value for each in Severity))
    return Reading(exact={name: told[f"GATE_{name.upper()}"] for name in names})


def wanted_dotenv(expected: Expected) -> Reading:
    counts = sum((Counter(image.counts) for image in expected.images), Counter[str]())
    facts = {
        "verdict": expected.verdict,
        "exit_code": expected.code,
        "total": counts.total(),
        **{each.value: counts[each.value] for each in Severity},
    }
    return Reading(exact={name: str(fact) for name, fact in facts.items()})
