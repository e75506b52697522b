"""Every exit code, by a real run against the emulator, alone and with several images."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from scangate.errors import ExitCode
from scangate.model import Image
from scangate.reference import Target
from scangate.registries import PRODUCTS
from scangate.registries.container_registry import ContainerRegistry
from tests.running import FORBIDDEN, REJECTED, Gate, image

AT_ONCE = ("--timeout", "0", "--start-timeout", "0")

ENDINGS: dict[str, tuple[int, str, Sequence[str], dict[str, str]]] = {
    "clean": (0, "", [image("clean")], {}),
    "warnings alone": (0, "", ["--warn-only", image("bad")], {}),
    "a violation": (1, "", [image("bad")], {}),
    "no such tag": (3, "image-not-found", [*AT_ONCE, image("missing")], {}),
    "never scanned": (3, "scan-missing", [image("never-scanned")], {}),
    "the scan failed": (3, "scan-failed", [image("failed")], {}),
    "the scan runs": (3, "scan-timeout", [*AT_ONCE, image("running")], {}),
    "the scan is stale": (3, "scan-stale", ["--at", "2100-01-01", image("clean")], {}),
    "the scan is of the future": (3, "scan-stale", ["--at", "2000-01-01", image("clean")], {}),
    "no token": (4, "unauthenticated", [image("clean")], {"YC_IAM_TOKEN": ""}),
    "no token in the file": (4, "unauthenticated", ["--token-file", "x", image("clean")], {}),
    "a rejected token": (4, "unauthenticated", [image("clean")], {"YC_IAM_TOKEN": REJECTED}),
    "a token without a role": (
        *(4, "permission-denied", [image("clean")]),
        {"YC_IAM_TOKEN": FORBIDDEN},
    ),
    "an answer that is none": (5, "bad-response", [image("broken")], {}),
    "nobody listens": (
        *(5, "unavailable", ["--endpoint", "http://127.0.0.1:1", *AT_ONCE, image("clean")]),
        {},
    ),
    "no answer comes": (
        *(5, "unavailable", ["--timeout", "1s", image("hanging")]),
        {},
    ),
}


def without_spaces(text: str) -> str:
    """The table breaks lines wherever they end."""
    return "".join(text.split())


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_every_ending_has_its_code_and_reports(
    gate: Gate, ending: tuple[int, str, Sequence[str], dict[str, str]]
) -> None:
    code, kind, arguments, environment = ending

    outputs = ("-o", "table", "-o", "json=report.json", "-o", "junit=junit.xml")
    ended = gate.check(*outputs, *arguments, environment=environment)

    report = json.loads(Path("report.json").read_text())
    (outcome,) = report["images"]
    assert (ended.code, report["exitCode"]) == (code, code)
    assert (outcome["error"] or {"kind": ""})["kind"] == kind
    assert f"exit code {code}" in ended.out
    assert "<testsuite " in Path("junit.xml").read_text()
    if kind:
        assert without_spaces(outcome["error"]["message"]) in without_spaces(ended.out)


CODES = {"clean": 0, "bad": 1, "failed": 3, "never-scanned": 3, "broken": 5}


@pytest.mark.parametrize(
    "names",
    [*itertools.combinations(CODES, 2), tuple(CODES), ("clean",) * 20, ("clean",) * 20 + ("bad",)],
    ids=lambda names: f"{len(names)}: {' '.join(dict.fromkeys(names))}",
)
def test_codes_of_several_images_combine(gate: Gate, names: Sequence[str]) -> None:
    codes = [CODES[name] for name in names]
    ended = gate.check("-o", "json", *map(image, names))

    report = json.loads(ended.out)
    assert ended.code == report["exitCode"] == (1 if 1 in codes else max(codes))
    assert [each["reference"] for each in report["images"]] == [image(name) for name in names]
    verdicts = {0: "pass", 1: "fail"}
    assert [each["verdict"] for each in report["images"]] == [
        verdicts.get(code, "error") for code in codes
    ]


def test_an_image_that_hangs_does_not_keep_others_from_their_verdict(gate: Gate) -> None:
    names = ("hanging", "bad", "clean")
    ended = gate.check("-o", "json", "--timeout", "1s", *map(image, names))

    verdicts = [each["verdict"] for each in json.loads(ended.out)["images"]]
    assert (ended.code, verdicts) == (1, ["error", "fail", "pass"])


class Defective(ContainerRegistry):
    """Runs into something that nobody has foreseen, for one image."""

    def find(self, target: Target) -> Image | None:
        if target.text == image("clean"):
            raise ZeroDivisionError("nobody has foreseen it")
        return super().find(target)


@pytest.fixture
def defective(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setitem(PRODUCTS, "container-registry", Defective)
    return gate


def test_a_defect_is_6_in_one_line(defective: Gate) -> None:
    ended = defective.check("-o", "json=report.json", "-p", "default", image("clean"))

    assert ended.code == int(ExitCode.INTERNAL)
    assert ended.err == (
        f"scangate: error: {image('clean')}\n"
        "scangate: error: internal error: ZeroDivisionError: nobody has foreseen it\n"
        "scangate: next: this is a defect in scangate; -v shows where\n"
    )
    assert json.loads(Path("report.json").read_text())["images"][0]["error"]["kind"] == "internal"


def test_a_defect_outside_of_the_judging_has_its_report(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defective(*_positional: object, **_named: object) -> None:
        raise ZeroDivisionError("nobody has foreseen it")

    monkeypatch.setattr("scangate.cli.judging.judge_all", defective)
    ended = gate.check("-o", "json=report.json", image("clean"))

    report = json.loads(Path("report.json").read_text())
    assert ended.code == report["exitCode"] == int(ExitCode.INTERNAL)
    assert report["images"][0]["reference"] == image("clean")
    assert report["images"][0]["error"]["kind"] == "internal"


def test_verbose_shows_where_the_defect_is(defective: Gate) -> None:
    ended = defective.check("-v", image("clean"))

    assert ended.code == int(ExitCode.INTERNAL)
    assert "Traceback (most recent call last)" in ended.err
    assert "ZeroDivisionError" in ended.err


def test_a_defect_in_one_image_hides_no_other(defective: Gate) -> None:
    for name, code in (("medium", 6), ("failed", 6), ("bad", 1)):
        ended = defective.check("-o", "json", image("clean"), image(name))
        verdicts = [each["verdict"] for each in json.loads(ended.out)["images"]]
        assert ended.code == code
        assert verdicts[0] == "error"
