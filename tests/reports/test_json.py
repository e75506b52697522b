"""JSON, as scripts read it."""

import json

import pytest
from hypothesis import given

from scangate.errors import ScanMissing
from scangate.reports import json as json_report

from .readers import CONTROL, check_schema, readable
from .samples import HOSTILE, SITUATIONS, finding, no_verdict, outcome, report, rule
from .strategies import texts, unhurried

KEYS = {
    "": "schemaVersion tool judgedAt simulatedAt mode endpoint endpointKnown api evidence policy "
    "verdict exitCode images",
    "tool": "name version",
    "policy": "name source sha256",
    "images": "reference imageId digest platform indexDigest pinned verdict scan rules findings "
    "ignores error notices",
    "scan": "id status scannedAt waitedSeconds counts",
    "counts": "critical high medium low negligible undefined total",
    "rules": "name verdict count max findings",
    "findings": "id severity package version fixedBy type origin link new ignored",
    "error": "kind message hint",
}


def read(situation: str) -> dict[str, object]:
    told: dict[str, object] = json.loads(json_report.render(SITUATIONS[situation]))
    return told


def _keys(value: object, name: str = "") -> None:
    if isinstance(value, dict):
        assert " ".join(value) == KEYS[name]
        for key, each in value.items():
            _keys(each, key)
    if isinstance(value, list):
        for each in value:
            _keys(each, name)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_exactly_the_documented_keys_in_order(situation: str) -> None:
    _keys(read(situation))


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
