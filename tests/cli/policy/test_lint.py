"""`scangate policy lint`: which files, which lines, which exit code."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from scangate.cli.shelves import BuiltIns
from tests.running import Gate

GOOD = "version: 1\nthresholds: {critical: 0}\n"
DOUBTFUL = "version: 1\nthresholds: {high: 1, total: 1}\n"
BAD = "version: 1\nthresholds:\n  critcal: 0\n  high: -1\n"
CASES = "policy: default\ncases: [{name: a, findings: [], expect: {verdict: pass}}]\n"
BAD_CASES = "policy: default\ncases: [{name: a, findings: []}]\n"
WARNING = (
    "d.yaml:2:14: warning: thresholds.high: max-high refuses nothing that max-total (d.yaml:2) "
    "does not refuse, too\n"
)
ERRORS = (
    "b.yaml:3:3: error: thresholds.critcal: unknown key 'critcal'; did you mean 'critical'?\n"
    "b.yaml:4:3: error: thresholds.high: "
)


@pytest.fixture(autouse=True)
def _policies(gate: Gate) -> None:
    for name, text in {
        "g.yaml": GOOD,
        "d.yaml": DOUBTFUL,
        "b.yaml": BAD,
        "c.test.yaml": CASES,
        "x.test.yaml": BAD_CASES,
    }.items():
        Path(name).write_text(text)


@pytest.mark.parametrize(
    ("arguments", "code", "summary"),
    [
        (["g.yaml"], 0, "0 errors, 0 warnings in 1 file"),
        (["strict"], 0, "0 errors, 0 warnings in 1 file"),
        (["d.yaml"], 0, "0 errors, 1 warning in 1 file"),
        (["--strict", "g.yaml"], 0, "0 errors, 0 warnings in 1 file"),
        (["--strict", "g.yaml", "d.yaml"], 1, "0 errors, 1 warning in 2 files"),
        (["b.yaml"], 2, "2 errors, 0 warnings in 1 file"),
        (["--strict", "d.yaml", "b.yaml", "g.yaml"], 2, "2 errors, 1 warning in 3 files"),
        (["c.test.yaml", "c.test.yaml"], 0, "0 errors, 0 warnings in 1 file"),
        (["x.test.yaml", "g.yaml"], 2, "1 error, 0 warnings in 2 files"),
        (["missing.yaml", "stirct"], 2, "2 errors, 0 warnings in 2 files"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_exit_codes(gate: Gate, arguments: Sequence[str], code: int, summary: str) -> None:
    ended = gate.run("policy", "lint", *arguments)

    assert (ended.code, ended.err) == (code, f"scangate: {summary}\n")
    assert gate.run("policy", "lint", "-q", *arguments).err == ""


def test_lines_are_of_stdout_and_the_summary_of_stderr(gate: Gate) -> None:
    ended = gate.run("policy", "lint", "b.yaml", "d.yaml")

    assert ended.out.startswith(ERRORS)
    assert ended.out.endswith(WARNING)
    assert gate.run("policy", "lint", "g.yaml").out == ""


def test_the_cases_of_a_policy_are_linted_too(gate: Gate) -> None:
    ended = gate.run("policy", "lint", "x.test.yaml")

    assert ended.out == "x.test.yaml:2:9: error: cases[0]: the key 'expect' is missing\n"


def test_what_cannot_be_read_is_told_in_its_turn(gate: Gate) -> None:
    ended = gate.run("policy", "lint", "missing.yaml", "d.yaml", "stirct", "x/missing.test.yaml")

    first, second, third, fourth = ended.out.splitlines()
    assert first.startswith("missing.yaml: error: missing.yaml cannot be read: No such file")
    assert f"{second}\n" == WARNING
    assert third == "stirct: error: there is no built-in policy 'stirct'; did you mean 'strict'?"
    assert fourth.startswith("x/missing.test.yaml: error: ")


def test_without_a_name_it_is_the_policy_here(gate: Gate) -> None:
    ended = gate.run("policy", "lint")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "scangate: error: there is no scangate.yaml here\n"
        "scangate: next: name a policy; scangate policy list has the built-ins\n"
    )

    Path("scangate.yaml").write_text(GOOD)
    assert gate.run("policy", "lint").code == 0


def test_a_link_here_that_leads_nowhere_is_a_mistake_of_the_policy(gate: Gate) -> None:
    Path("scangate.yaml").symlink_to("missing.yaml")

    ended = gate.run("policy", "lint")

    assert ended.code == 2
    assert ended.out.startswith("scangate.yaml: error: scangate.yaml cannot be read: No such file")


def test_policies_may_be_named_as_for_check(gate: Gate) -> None:
    ended = gate.run("policy", "lint", "-p", "g.yaml", "d.yaml", "--policy", "strict")

    assert (ended.code, ended.out) == (0, WARNING)
    assert ended.err == "scangate: 0 errors, 1 warning in 3 files\n"


def test_a_mistake_of_a_parent_is_told_once(gate: Gate) -> None:
    for name in ("one.yaml", "two.yaml"):
        Path(name).write_text(f"extends: b.yaml\n{GOOD}")

    ended = gate.run("policy", "lint", "one.yaml", "two.yaml")

    assert ended.code == 2
    assert ended.out.startswith(ERRORS)
    assert len(ended.out.splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("extends: missing.yaml\n", ": missing.yaml cannot be read"),
        (
            "thresholds: {critical: 0}\nvex: [missing.json]\n",
            ": 'missing.json' does not exist",
        ),
        ("name: x\n", ": the policy cannot fail: it has no limit"),
        (
            "rules: [{name: r, match: {kev: true}}]\n",
            ": no kev feed is named",
        ),
        (
            "extends: parent.yaml\nthresholds: {critical: 1}\n",
            ": max-critical allows 1 instead of 0, which parent.yaml locks",
        ),
    ],
    ids=["a parent", "a document", "no limit", "no feed", "a lock"],
)
def test_mistakes_that_no_file_shows_alone(gate: Gate, text: str, told: str) -> None:
    Path("parent.yaml").write_text(f"locked: [thresholds]\n{GOOD}")
    Path("p.yaml").write_text(f"version: 1\n{text}")

    ended = gate.run("policy", "lint", "p.yaml")

    assert ended.code == 2
    assert re.match(r"p\.yaml:[0-9]+:[0-9]+: error: [^ ]+: ", ended.out)
    assert told in ended.out


def test_a_feed_may_be_given(gate: Gate) -> None:
    Path("p.yaml").write_text("version: 1\nrules: [{name: r, match: {kev: true}}]\n")
    feed = BuiltIns.of_this_version().folder / "test-data" / "kev.json"

    assert gate.run("policy", "lint", "p.yaml", "--kev", str(feed)).code == 0
    assert gate.run("policy", "lint", "p.yaml", "--kev", "missing").code == 2


def test_the_day_may_be_given(gate: Gate) -> None:
    entry = "{id: CVE-2026-0001, reason: R1, expires: 2030-01-01}"
    Path("p.yaml").write_text(f"{GOOD}ignore: [{entry}]\n")

    assert gate.run("policy", "lint", "p.yaml", "--at", "2030-01-01").out == ""
    assert "p.yaml:3:42: warning: ignore[0].expires: " in (
        gate.run("policy", "lint", "p.yaml", "--at", "2030-01-02").out
    )


def test_a_policy_from_a_pipe(gate: Gate) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write(DOUBTFUL)
    try:
        ended = gate.run("policy", "lint", f"/dev/fd/{reading}")
    finally:
        os.close(reading)

    assert ended.code == 0
    assert ended.out.startswith(f"/dev/fd/{reading}:2:14: warning: thresholds.high: ")


def test_a_policy_of_a_revision(gate: Gate) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    git("init", "--initial-branch", "main", ".")
    git("add", "d.yaml", "x.test.yaml")
    git("commit", "--message", "first")
    Path("d.yaml").unlink()

    assert gate.run("policy", "lint", "git:main:d.yaml").out.startswith("git:main:d.yaml:2:14: w")
    assert gate.run("policy", "lint", "git:main:x.test.yaml").code == 2


def test_nothing_that_a_terminal_or_a_runner_would_obey(gate: Gate) -> None:
    Path("::error::.yaml").write_text('version: 1\n"::warning::x\\e[31m##vso[x]": 1\n')

    ended = gate.run("policy", "lint", "::error::.yaml")

    assert ended.code == 2
    assert "\x1b" not in ended.out
    assert "##" not in ended.out
    assert not any(line.startswith("::") for line in ended.out.splitlines())
