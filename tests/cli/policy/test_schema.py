"""`scangate policy schema`: what editors are told, held against the files and the reader.

Everything is asked several times: the types' constraints go through a C extension.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from scangate.cli.policy.schema import SCHEMAS
from scangate.cli.shelves import BuiltIns
from scangate.documents.nodes import load
from tests.running import Gate

FOLDER = BuiltIns.of_this_version().folder
POLICIES = sorted(path for path in FOLDER.glob("*.yaml") if not path.name.endswith(".test.yaml"))
CASES = sorted(FOLDER.glob("*.test.yaml"))
WHOLE = """
version: 1
name: production
description: What may reach production.
extends: strict
locked: [thresholds, ignore]
mode: enforce
scan: {max_age: any, on_failed: use-last-ready, on_running: wait}
thresholds: {critical: 0, high: {fixable: 0, unfixable: 10}, medium: none, total: 200}
rules:
  - name: r
    match: {severity: ">=high", fixable: true, id: [A, B], package: a*, new: false, kev: true,
            epss: ">=0.5", type: npm, origin: os}
    max: 0
    action: warn
    message: m
    without_feed: skip
ignore:
  - {id: X, package: p, while_unfixed: true, reason: r, expires: 2026-12-31, owner: o, ticket: t,
     images: h/r/*}
vex: ["vex/*.json"]
feeds: {kev: kev.json, epss: epss.csv.gz, max_age: 7d}
overrides:
  - {images: [h/r/*], mode: warn, scan: {max_age: 1d}, thresholds: {high: 20}, rules: []}
"""
BAD_POLICIES = {
    "an unknown key": "version: 1\nthreshold: {}\n",
    "an unknown key inside": "version: 1\nthresholds: {critcal: 0}\n",
    "no version": "thresholds: {critical: 0}\n",
    "another version": "version: 2\n",
    "a negative limit": "version: 1\nthresholds: {high: -1}\n",
    "a limit in words": "version: 1\nthresholds: {high: zero}\n",
    "a limit that is true": "version: 1\nthresholds: {high: true}\n",
    "an age in weeks": "version: 1\nscan: {max_age: 1w}\n",
    "a severity nobody knows": "version: 1\nrules: [{name: r, match: {severity: bad}}]\n",
    "an empty list of severities": "version: 1\nrules: [{name: r, match: {severity: []}}]\n",
    "a score above one": 'version: 1\nrules: [{name: r, match: {epss: ">=2"}}]\n',
    "a date of another form": "version: 1\nignore: [{id: X, reason: r, expires: 31.12.2026}]\n",
    "no reason": "version: 1\nignore: [{id: X, expires: never}]\n",
    "a rule without a name": "version: 1\nrules: [{match: {fixable: true}}]\n",
    "a list": "- version: 1\n",
}
BAD_CASES = {
    "no policy": "cases: [{name: a, findings: [], expect: {verdict: pass}}]\n",
    "no cases": "policy: p\ncases: []\n",
    "no source": "policy: p\ncases: [{name: a, expect: {verdict: pass}}]\n",
    "two sources": (
        "policy: p\ncases: [{name: a, findings: [], file: x, expect: {verdict: pass}}]\n"
    ),
    "no verdict": "policy: p\ncases: [{name: a, findings: [], expect: {}}]\n",
    "an unknown key": "policy: p\ncases: [{name: a, finding: [], expect: {verdict: pass}}]\n",
    "a severity nobody knows": (
        "policy: p\ncases: [{name: a, findings: [{severity: x}], expect: {verdict: pass}}]\n"
    ),
}


def plain(text: str) -> object:
    return load(text.encode(), file="x.yaml").plain


def mistakes(schema: dict[str, Any], text: str) -> list[str]:
    found: Iterator[Any] = jsonschema.Draft202012Validator(schema).iter_errors(plain(text))
    return [each.message for each in found]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(gate: Gate, name: str) -> None:
    ended = gate.run("policy", "schema", name)
    schema = json.loads(ended.out)

    assert (ended.code, ended.err) == (0, "")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:scangate:schema:1:{name}"
    assert schema["title"] == f"scangate {name}"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_the_same_every_time(gate: Gate, name: str) -> None:
    assert len({gate.run("policy", "schema", name).out for _ in range(5)}) == 1


def test_without_a_name_it_is_of_policies(gate: Gate) -> None:
    assert gate.run("policy", "schema").out == gate.run("policy", "schema", "policy").out


@pytest.mark.parametrize("arguments", [["polisy"], ["policy", "test"], [""]], ids=" ".join)
def test_there_is_no_other(gate: Gate, arguments: list[str]) -> None:
    ended = gate.run("policy", "schema", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert "known are policy, test, report" in ended.err


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_built_ins_are_valid(path: Path) -> None:
    assert mistakes(SCHEMAS["policy"](), path.read_text()) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_their_cases_are_valid(path: Path) -> None:
    assert mistakes(SCHEMAS["test"](), path.read_text()) == []


def test_everything_that_may_be_written_is_valid() -> None:
    assert mistakes(SCHEMAS["policy"](), WHOLE) == []


@pytest.mark.parametrize("text", BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_a_bad_policy_is_not(text: str) -> None:
    assert mistakes(SCHEMAS["policy"](), text)


@pytest.mark.parametrize("text", BAD_CASES.values(), ids=BAD_CASES)
def test_bad_cases_are_not(text: str) -> None:
    assert mistakes(SCHEMAS["test"](), text)


@pytest.mark.parametrize("make", SCHEMAS.values(), ids=SCHEMAS)
def test_every_key_of_a_policy_and_of_cases_is_described(
    make: Callable[[], dict[str, Any]],
) -> None:
    for kind in make()["$defs"].values():
        assert kind.get("description"), kind["title"]
