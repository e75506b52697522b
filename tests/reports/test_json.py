"""JSON, as scripts read it."""

import json
from typing import Any

import pytest
from hypothesis import given

from scangate.errors import ScanMissing
from scangate.report import Finding, FixPlan, ImageOutcome
from scangate.reports import json as json_report

from .json_reader import check_schema, readable
from .readers import CONTROL
from .samples import (
    HOSTILE,
    by_entry,
    by_vex,
    finding,
    ignored,
    no_verdict,
    outcome,
    report,
    rule,
    upgrade,
)
from .situations import SITUATIONS
from .strategies import texts, unhurried

KEYS = {
    "": "schemaVersion tool judgedAt simulatedAt mode endpoint endpointKnown api evidence "
    "baseline policy verdict exitCode images",
    "tool": "name version",
    "policy": "name source sha256 feeds vex",
    "vex": "file sha256",
    "images": "reference imageId digest platform indexDigest pinned verdict scan rules findings "
    "buckets ignores fixPlan enforced error notices",
    "scan": "id status scannedAt waitedSeconds counts",
    "counts": "critical high medium low negligible undefined total",
    "rules": "name verdict count max findings message",
    "findings": "id severity package version fixedBy type origin link new knownExploited epss "
    "bucket rules ignored",
    "ignored": "reason expires by",
    "buckets": "counted ignored vex unselected",
    "ignores": "id package reason expires owner ticket state count by",
    "fixPlan": "upgrades remains drafts removable",
    "upgrades": "package type versions to clears",
    "remains": "rule count max",
    "drafts": "id package whileUnfixed expires",
    "error": "kind message hint",
}
SEEN: set[str] = set()
"""The objects that were met in any situation."""


def read(situation: str) -> dict[str, object]:
    told: dict[str, object] = json.loads(json_report.render(SITUATIONS[situation]))
    return told


def _keys(value: object, name: str = "") -> None:
    if isinstance(value, dict):
        assert " ".join(value) == KEYS[name]
        SEEN.add(name)
        for key, each in value.items():
            _keys(each, key)
    if isinstance(value, list):
        for each in value:
            _keys(each, name)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_exactly_the_documented_keys_in_order(situation: str) -> None:
    _keys(read(situation))


def test_every_object_is_in_some_situation() -> None:
    for situation in SITUATIONS:
        _keys(read(situation))
    assert set(KEYS) == SEEN


def _image(each: ImageOutcome, **changes: object) -> dict[str, Any]:
    (image,) = json.loads(json_report.render(report(each, **changes)))["images"]
    assert isinstance(image, dict)
    return image


@pytest.mark.parametrize(
    ("row", "bucket", "rules", "why"),
    [
        pytest.param(finding(), "counted", ["max-critical"], None, id="counted"),
        pytest.param(finding(rules=()), "unselected", [], None, id="by-no-rule"),
        pytest.param(
            ignored(why=by_entry(reason="r", by="p:1")),
            "ignored",
            [],
            {"reason": "r", "expires": "2026-12-31", "by": "p:1"},
            id="ignored",
        ),
        pytest.param(
            ignored(why=by_vex(reason="r", by="v.json")),
            "vex",
            [],
            {"reason": "r", "expires": None, "by": "v.json"},
            id="by-vex",
        ),
    ],
)
def test_a_finding_says_what_became_of_it(
    row: Finding, bucket: str, rules: list[str], why: object
) -> None:
    image = _image(outcome(findings=(row, finding(7))))
    told = image["findings"][0]
    assert (told["bucket"], told["rules"], told["ignored"]) == (bucket, rules, why)
    assert image["buckets"] == dict.fromkeys(KEYS["buckets"].split(), 0) | (
        {"counted": 2} if bucket == "counted" else {"counted": 1, bucket: 1}
    )


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"new": True, "known_exploited": False, "epss": 0.25}, id="told"),
        pytest.param({"new": False, "known_exploited": True, "epss": 0.0}, id="least"),
        pytest.param({"new": None, "known_exploited": None, "epss": None}, id="nobody-asked"),
    ],
)
def test_what_is_known_of_a_finding(known: dict[str, object]) -> None:
    (told,) = _image(outcome(findings=(finding(**known),)))["findings"]  # type: ignore[arg-type]  # fields of the sample
    assert [told["new"], told["knownExploited"], told["epss"]] == list(known.values())


def test_an_upgrade_names_each_advisory_once_and_none_without_an_id() -> None:
    cleared = (finding(2), finding(1), finding(2, version="2"), finding(id=""))
    image = _image(outcome(fix_plan=FixPlan(upgrades=(upgrade(*cleared, type=""),))))
    (told,) = image["fixPlan"]["upgrades"]
    assert told["clears"] == ["CVE-2026-0001", "CVE-2026-0002"]
    assert told["type"] is None


def test_buckets_of_what_was_not_listed_are_null() -> None:
    image = _image(outcome(findings=None))
    assert (image["buckets"], image["fixPlan"], image["ignores"]) == (None, None, [])


def test_schema_describes_every_part() -> None:
    schema = json_report.schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    parts = schema["$defs"]
    assert isinstance(parts, dict)
    assert all(part["description"] for part in parts.values())
    assert all(set(part["properties"]) == set(part["required"]) for part in parts.values())


def test_json_values_of_python_never_leak() -> None:
    json.dumps(json_report.schema(), allow_nan=False)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("exitCode",), "1", id="code-as-text"),
        pytest.param(("verdict",), "passed", id="unknown-verdict"),
        pytest.param(("schemaVersion",), "2", id="other-version"),
        pytest.param(("images", 0, "rules", 0, "count"), -1, id="negative-count"),
        pytest.param(("images", 0, "scan", "status"), "DONE", id="unknown-status"),
        pytest.param(("images", 0, "findings", 0, "epss"), 1.5, id="more-than-certain"),
        pytest.param(("images", 0, "findings", 0, "bucket"), "hidden", id="unknown-bucket"),
        pytest.param(("images", 0, "buckets", "vex"), -1, id="negative-bucket"),
    ],
)
def test_control_the_schema_refuses(path: tuple[str | int, ...], value: object) -> None:
    told = read("violation")
    part: object = told
    for step in path[:-1]:
        part = part[step]  # type: ignore[index]  # a path through JSON
    part[path[-1]] = value  # type: ignore[index]  # as above
    with pytest.raises(AssertionError):
        check_schema(told)


def test_what_was_not_listed_is_null() -> None:
    (image,) = json.loads(json_report.render(SITUATIONS["counts-only"]))["images"]
    assert image["findings"] is None
    assert [each["findings"] for each in image["rules"]] == [None, None]
    assert image["scan"]["counts"]["medium"] == 2**53 + 1


def test_what_was_listed_and_empty_is_empty() -> None:
    (image,) = json.loads(json_report.render(report(outcome(rule()))))["images"]
    assert (image["findings"], image["rules"][0]["findings"]) == ([], [])


def test_a_rule_that_could_not_be_judged_is_skipped() -> None:
    (image,) = json.loads(json_report.render(SITUATIONS["scan-missing"]))["images"]
    assert image["rules"][0]["verdict"] == "skipped"
    assert image["rules"][0]["count"] is None
    assert image["scan"] is None
    assert image["error"]["kind"] == "scan-missing"


def test_without_an_image_its_facts_are_null() -> None:
    (image,) = json.loads(json_report.render(SITUATIONS["image-not-found"]))["images"]
    assert (image["imageId"], image["digest"], image["pinned"]) == (None, None, None)


def test_counts_come_from_the_list_when_the_service_told_none() -> None:
    (image,) = SITUATIONS["violation"].images
    assert image.scan is not None
    told = outcome(scan=type(image.scan)(id="s", image_id="i", status=image.scan.status),
        findings=(finding(1), finding(2)))  # fmt: skip
    (written,) = json.loads(json_report.render(report(told)))["images"]
    assert written["scan"]["counts"]["critical"] == written["scan"]["counts"]["total"] == 2


def test_it_is_indented_and_ends_with_a_newline() -> None:
    text = json_report.render(SITUATIONS["pass"])
    assert text.startswith('{\n  "schemaVersion": "1",\n  "tool": {\n    "name": "scangate"')
    assert text.endswith("}\n")


@unhurried
@given(texts)
def test_foreign_text_reads_back_exactly_and_is_harmless_as_it_stands(text: str) -> None:
    written = json_report.render(report(no_verdict(ScanMissing(text, hint=f'"{text}\\{text}'))))
    error = json.loads(written)["images"][0]["error"]
    assert error["message"] == readable(text)
    assert error["hint"] == readable(f'"{text}\\{text}')
    assert not CONTROL.search(written)
    assert "##" not in written


def test_control_the_foreign_text_is_not_harmless_unescaped() -> None:
    unescaped = json.dumps(HOSTILE, ensure_ascii=False)
    assert CONTROL.search(unescaped)
    assert "##" in unescaped
