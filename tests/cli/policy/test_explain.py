"""`scangate policy explain`: which policy, how its lines are laid out."""

from pathlib import Path

import pytest

from tests.running import Gate

POLICY = """version: 1
name: payments
description: What may reach production.
thresholds:
  critical: 0
  high: {fixable: 0}
overrides:
  - images: ["*/legacy"]
    thresholds: {critical: 9}
"""


def test_the_policy_that_check_would_use(gate: Gate) -> None:
    assert "(built-in default)\n" in gate.run("policy", "explain").out
    Path("scangate.yaml").write_text(POLICY)
    ended = gate.run("policy", "explain")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("payments: What may reach production.  (scangate.yaml)\n")
    assert "(built-in strict)\n" in gate.run("policy", "explain", "strict").out


def test_the_policy_may_be_named_as_for_check(gate: Gate) -> None:
    for option in ("-p", "--policy"):
        assert gate.run("policy", "explain", option, "strict") == (
            gate.run("policy", "explain", "strict")
        )
    assert gate.run("policy", "explain", "-p", "strict", "default").code == 2


def test_an_image_beside_the_policy_is_told_how_to_be_named(gate: Gate) -> None:
    ended = gate.run("policy", "explain", "strict", "cr.yandex/crp0/app:1")

    assert (ended.code, ended.out) == (2, "")
    assert "what holds for an image: --image IMAGE" in ended.err


def test_places_stand_under_each_other(gate: Gate) -> None:
    Path("scangate.yaml").write_text(POLICY)

    out = gate.run("policy", "explain").out

    assert (
        "limits:\n"
        "  no critical finding, whether or not fixed  (scangate.yaml:5)\n"
        "  no high finding that has a fix; an unrated one counts as high  (scangate.yaml:6)\n"
    ).replace("fixed  (", "fixed                      (") in out.replace("\n\n", "\n")


@pytest.mark.parametrize(
    "image",
    [
        "cr.yandex/crp0/legacy",
        "cr.yandex/crp0/legacy:1",
        f"cr.yandex/crp0/legacy@sha256:{'0' * 64}",
    ],
    ids=["repository", "tag", "digest"],
)
def test_an_image_may_be_named(gate: Gate, image: str) -> None:
    Path("scangate.yaml").write_text(POLICY)

    out = gate.run("policy", "explain", "--image", image).out

    assert "for the images of cr.yandex/crp0/legacy:\n" in out
    assert "at most 9 critical findings" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.yaml"],
        ["stirct"],
        ["strict", "default"],
        ["--image", "app"],
        ["--at", "yesterday"],
        ["--kev", "missing.json"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_explained(gate: Gate, arguments: list[str]) -> None:
    ended = gate.run("policy", "explain", *arguments)

    assert (ended.code, ended.out) == (2, "")


def test_the_day_may_be_given(gate: Gate) -> None:
    entry = "{id: CVE-2026-0001, reason: R1, expires: 2030-01-01}"
    Path("scangate.yaml").write_text(f"{POLICY}ignore: [{entry}]\n")

    assert "its last day is today" in gate.run("policy", "explain", "--at", "2030-01-01").out
    assert "EXPIRED: " in gate.run("policy", "explain", "--at", "2030-01-02").out


def test_an_invalid_policy_is_refused_with_every_mistake(gate: Gate) -> None:
    Path("scangate.yaml").write_text("version: 1\nthresholds: {critcal: 0, high: -1}\n")

    ended = gate.run("policy", "explain")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("scangate.yaml:2:") == 2


def test_nothing_that_a_terminal_or_a_runner_would_obey(gate: Gate) -> None:
    text = '"::error::\\e[31mx\\n##vso[y]\\u202e"'
    Path("scangate.yaml").write_text(
        f"version: 1\nname: {text}\ndescription: {text}\nthresholds: {{critical: 0}}\n"
        f"rules: [{{name: {text}, match: {{package: {text}}}, message: {text}}}]\n"
        f"ignore: [{{id: CVE-1, reason: {text}, expires: never, owner: {text}, ticket: {text}}}]\n"
    )

    out = gate.run("policy", "explain").out

    assert not {"\x1b", "\u202e"} & set(out)
    assert "##" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
