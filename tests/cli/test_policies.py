"""Which policy judges: how it is named, found, pinned, and what it is to be found invalid."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from scangate.cli.shelves import BuiltIns
from tests.running import Gate, image

LENIENT = "version: 1\nthresholds: {critical: 100}\n"
NO_MEDIUM = "version: 1\nthresholds: {medium: 0}\n"


def source(gate: Gate, *arguments: str) -> str:
    ended = gate.check("-q", "-o", "json", *arguments, image("medium"))
    return str(json.loads(ended.out)["policy"]["source"])


@pytest.mark.parametrize("name", BuiltIns.of_this_version().names)
def test_a_bare_word_is_a_built_in(gate: Gate, name: str) -> None:
    assert source(gate, "-p", name, "--baseline", image("clean")) == f"built-in {name}"


def test_a_bare_word_is_never_a_file(gate: Gate) -> None:
    Path("strict").write_text(LENIENT)
    Path("mine").write_text(LENIENT)

    assert source(gate, "-p", "strict") == "built-in strict"
    assert gate.check("-p", "mine", image("clean")).code == 2


@pytest.mark.parametrize("path", ["mine.yaml", "mine.yml", "./mine", "folder/mine", "./strict"])
def test_a_path_has_a_slash_or_an_ending(gate: Gate, path: str) -> None:
    Path("folder").mkdir()
    Path(path).write_text(NO_MEDIUM)

    assert source(gate, "-p", path) == path
    assert gate.check("-p", path, image("medium")).code == 1


def test_an_absolute_path(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "p").write_text(NO_MEDIUM)

    assert gate.check("-p", str(tmp_path / "p"), image("medium")).code == 1


def test_without_a_name_it_is_the_policy_here_else_the_default(gate: Gate) -> None:
    assert source(gate) == "built-in default"
    Path("scangate.yaml").write_text(NO_MEDIUM)
    assert source(gate) == "scangate.yaml"


def test_it_is_told_which_policy_was_found(gate: Gate) -> None:
    told = "no policy is named: judging by "

    assert f"{told}built-in default" in gate.check(image("clean")).err
    assert told not in gate.check("-p", "default", image("clean")).err
    assert told not in gate.check("-q", image("clean")).err
    Path("scangate.yaml").write_text(NO_MEDIUM)
    assert f"{told}scangate.yaml" in gate.check(image("clean")).err


def test_a_policy_here_that_cannot_be_read_is_not_passed_over(gate: Gate) -> None:
    Path("scangate.yaml").symlink_to("nowhere")
    assert gate.check(image("clean")).code == 2

    Path("scangate.yaml").unlink()
    Path("scangate.yaml").symlink_to("scangate.yaml")
    assert gate.check(image("clean")).code == 2

    Path("scangate.yaml").unlink()
    Path("scangate.yaml").mkdir()
    assert gate.check(image("clean")).code == 2


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("stirct", "there is no built-in policy 'stirct'; did you mean 'strict'?"),
        ("Strict", "there is no built-in policy 'Strict'"),
        ("*", "there is no built-in policy '*'"),
        ("-", "there is no built-in policy '-'"),
        ("missing.yaml", "the policy missing.yaml cannot be read: No such file"),
        ("./", "the policy ./ cannot be read: Is a directory"),
        ("../default", "the policy ../default cannot be read"),
        ("git:main:scangate.yaml", "the policy git:main:scangate.yaml: git:main cannot be read"),
        ("https://example.com/p.yaml", "cannot be read"),
    ],
)
def test_a_policy_that_is_not_there(gate: Gate, name: str, told: str) -> None:
    ended = gate.check("-p", name, image("clean"))

    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


def test_an_invalid_policy_tells_every_mistake_with_its_place(gate: Gate) -> None:
    Path("p.yaml").write_text("version: 1\nthresholds:\n  critcal: 0\n  high: -1\n")

    ended = gate.check("-p", "p.yaml", image("clean"))

    assert (ended.code, ended.out) == (2, "")
    assert "p.yaml:3:3: thresholds.critcal: unknown key 'critcal'" in ended.err
    assert "p.yaml:4:3: thresholds.high: " in ended.err


def test_a_policy_has_at_most_a_mebibyte(gate: Gate) -> None:
    text = NO_MEDIUM + "#" * (2**20 - len(NO_MEDIUM) - 1) + "\n"
    Path("p.yaml").write_text(text)
    assert gate.check("-p", "p.yaml", image("clean")).code == 0

    Path("p.yaml").write_text(text + "\n")
    assert gate.check("-p", "p.yaml", image("clean")).code == 2


def test_an_endless_policy_ends(gate: Gate) -> None:
    assert gate.check("-p", "/dev/zero", image("clean")).code == 2


@pytest.mark.parametrize("spelling", ["{}", "sha256:{}", "upper"])
def test_a_policy_is_pinned_by_its_digest(gate: Gate, spelling: str) -> None:
    Path("p.yaml").write_text(NO_MEDIUM)
    digest = hashlib.sha256(NO_MEDIUM.encode()).hexdigest()
    pin = digest.upper() if spelling == "upper" else spelling.format(digest)

    assert gate.check("-p", "p.yaml", "--policy-sha256", pin, image("clean")).code == 0
    environment = {"SCANGATE_POLICY": "p.yaml", "SCANGATE_POLICY_SHA256": pin}
    assert gate.check(image("medium"), environment=environment).code == 1

    Path("p.yaml").write_text(LENIENT)
    for refused in (
        gate.check("-p", "p.yaml", "--policy-sha256", pin, image("clean")),
        gate.check(image("clean"), environment=environment),
    ):
        assert (refused.code, refused.out) == (2, "")
        assert f"has the digest {hashlib.sha256(LENIENT.encode()).hexdigest()}" in refused.err


@pytest.mark.parametrize("pin", ["0", "x" * 64, "e3b0c442", "*"])
def test_a_pin_is_the_whole_digest(gate: Gate, pin: str) -> None:
    assert gate.check("-p", "default", "--policy-sha256", pin, image("clean")).code == 2


def test_the_pin_holds_for_the_policy_that_is_found_and_the_built_ins(gate: Gate) -> None:
    digest = hashlib.sha256(NO_MEDIUM.encode()).hexdigest()
    Path("scangate.yaml").write_text(NO_MEDIUM)
    assert gate.check("--policy-sha256", digest, image("clean")).code == 0

    Path("scangate.yaml").unlink()
    assert gate.check("--policy-sha256", digest, image("clean")).code == 2


@pytest.mark.parametrize(
    ("severity", "name", "code"),
    [
        ("critical", "bad", 1),
        ("high", "bad", 1),
        ("critical", "medium", 0),
        ("high", "medium", 0),
        ("medium", "medium", 1),
        ("low", "medium", 1),
        ("negligible", "medium", 1),
        ("negligible", "clean", 0),
    ],
)
def test_fail_on_is_a_policy_without_a_file(
    gate: Gate, severity: str, name: str, code: int
) -> None:
    Path("scangate.yaml").write_text(LENIENT)  # it does not matter

    assert gate.check("--fail-on", severity, image(name)).code == code


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["-p", "strict"], {}),
        (["--policy-sha256", "ab"], {}),
        ([], {"SCANGATE_POLICY": "permissive"}),
        ([], {"SCANGATE_POLICY_SHA256": "ab"}),
    ],
)
def test_fail_on_and_a_policy_exclude_each_other(
    gate: Gate, arguments: list[str], environment: dict[str, str]
) -> None:
    arguments = ["--fail-on", "high", *arguments, image("clean")]

    assert gate.check(*arguments, environment=environment).code == 2


@pytest.mark.parametrize(
    ("name", "code"), [("bad", 0), ("clean", 0), ("failed", 3), ("broken", 5), ("never-scanned", 3)]
)
def test_warn_only_turns_violations_alone_into_passes(gate: Gate, name: str, code: int) -> None:
    ended = gate.check("--warn-only", "-o", "json", image(name))
    report = json.loads(ended.out)

    assert (ended.code, report["exitCode"], report["mode"]) == (code, code, "warn-only")
    assert report["verdict"] == ("error" if code else "warn" if name == "bad" else "pass")


def test_warn_only_does_not_excuse_a_policy_or_a_token(gate: Gate) -> None:
    assert gate.check("--warn-only", "-p", "missing.yaml", image("clean")).code == 2
    assert gate.check("--warn-only", image("bad"), environment={"YC_IAM_TOKEN": ""}).code == 4


def test_a_policy_from_a_pipe(gate: Gate) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write(NO_MEDIUM)
    try:
        assert gate.check("-p", f"/dev/fd/{reading}", image("medium")).code == 1
    finally:
        os.close(reading)


def test_the_other_ending_is_no_policy_by_mistake(gate: Gate) -> None:
    Path("scangate.yml").write_text("version: 1\nthresholds: {critical: 0}\n")

    ended = gate.check(image("clean"))

    assert ended.code == 2
    assert "scangate.yml is not read" in ended.err


def test_a_policy_that_a_variable_names_is_told_even_when_quiet(gate: Gate) -> None:
    ended = gate.check("-q", image("clean"), environment={"SCANGATE_POLICY": "strict"})

    assert "the policy strict is named by SCANGATE_POLICY" in ended.err


@pytest.mark.parametrize("arguments", [[], ["-p", "./scangate.yaml"]], ids=["found", "named"])
@pytest.mark.parametrize("target", [None, "/dev/zero"], ids=["a pipe", "a device"])
def test_what_is_no_regular_file_is_no_policy(
    gate: Gate, arguments: list[str], target: str | None
) -> None:
    if target is None:
        os.mkfifo("scangate.yaml")
    else:
        Path("scangate.yaml").symlink_to(target)

    ended = gate.check(*arguments, image("clean"))

    assert ended.code == 2
    assert "it is no regular file" in ended.err


def test_a_policy_through_a_pipe_that_is_open(gate: Gate) -> None:
    reading, writing = os.pipe()
    os.write(writing, NO_MEDIUM.encode())
    os.close(writing)
    try:
        assert gate.check("-p", f"/dev/fd/{reading}", image("medium")).code == 1
    finally:
        os.close(reading)
