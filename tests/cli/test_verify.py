"""`scangate verify`: what the gate wrote is what the deploy believes."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.running import Ended, Gate, image

EMULATED = ("--allow-endpoint", "127.0.0.1")


def judge(gate: Gate, name: str, *arguments: str) -> str:
    """Gate an image into `report.json`, and return the reference to deploy."""
    gate.check("-p", "default", "-o", "json=report.json", *arguments, image(name))
    [judged] = json.loads(Path("report.json").read_text())["images"]
    pinned: str = judged["pinned"]
    return pinned


def verify(gate: Gate, *arguments: str) -> Ended:
    return gate.run("verify", "report.json", *arguments)


def test_what_passed_may_be_deployed(gate: Gate) -> None:
    pinned = judge(gate, "clean")
    ended = verify(gate, *EMULATED, pinned)

    assert ended.code == 0
    assert ended.out.startswith(f"pass: {pinned} was judged at 2")
    assert "by the policy default (sha256 " in ended.out


def test_quiet_says_nothing_of_a_pass(gate: Gate) -> None:
    ended = verify(gate, "-q", *EMULATED, judge(gate, "clean"))

    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_violation_is_1(gate: Gate) -> None:
    ended = verify(gate, *EMULATED, judge(gate, "bad"))

    assert ended.code == 1
    assert ended.err.startswith("scangate: fail: cr.yandex/")
    assert ended.out == ""


@pytest.mark.parametrize("arguments", [["--warn-only"], ["--at", "2026-11-22"]])
def test_what_was_not_enforced_is_3(gate: Gate, arguments: list[str]) -> None:
    assert verify(gate, *EMULATED, judge(gate, "clean", *arguments)).code == 3


def test_an_endpoint_of_no_known_cloud_is_3(gate: Gate) -> None:
    ended = verify(gate, judge(gate, "clean"))

    assert ended.code == 3
    assert "--allow-endpoint HOST" in ended.err
    assert "next: if it was meant to be judged so, accept it with the option" in ended.err
    assert "gate the digest" not in ended.err


def test_an_endpoint_is_allowed_as_check_was_given_it(gate: Gate) -> None:
    pinned = judge(gate, "clean")
    port = gate.emulator.port
    other = port - 1

    for endpoint in (gate.emulator.url, f"{gate.emulator.url}/", f"127.0.0.1:{port}"):
        assert verify(gate, "--allow-endpoint", endpoint, pinned).code == 0
    assert verify(gate, "--allow-endpoint", f"http://127.0.0.1:{other}", pinned).code == 3


def test_another_digest_is_3(gate: Gate) -> None:
    pinned = judge(gate, "clean")
    ended = verify(gate, *EMULATED, f"{pinned[:-1]}{'0' if pinned[-1] != '0' else '1'}")

    assert ended.code == 3
    assert "it has not judged" in ended.err


def test_a_report_that_is_too_old_is_3(gate: Gate) -> None:
    pinned = judge(gate, "clean")

    assert verify(gate, *EMULATED, "--max-age", "0s", pinned).code == 3


def test_the_policy_is_compared(gate: Gate) -> None:
    pinned = judge(gate, "clean")
    digest = json.loads(Path("report.json").read_text())["policy"]["sha256"]

    assert verify(gate, *EMULATED, "--policy-sha256", f"sha256:{digest.upper()}", pinned).code == 0
    assert verify(gate, *EMULATED, "--policy-sha256", "0" * 64, pinned).code == 3


def test_a_policy_digest_of_the_environment_is_compared_too(gate: Gate) -> None:
    told = {"SCANGATE_POLICY_SHA256": "0" * 64}
    pinned = judge(gate, "clean")

    assert gate.run("verify", "report.json", *EMULATED, pinned, environment=told).code == 3


def test_vex_beside_the_policy_is_told_and_has_to_be_allowed(gate: Gate) -> None:
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex-1",
        "author": "Security",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": [],
    }
    Path("vex.json").write_text(json.dumps(document))
    digest = hashlib.sha256(Path("vex.json").read_bytes()).hexdigest()
    pinned = judge(gate, "clean", "--vex", "vex.json", "-o", "table")

    assert verify(gate, *EMULATED, pinned).code == 3
    assert verify(gate, *EMULATED, "--allow-vex", digest, pinned).code == 0
    assert digest in gate.check("--vex", "vex.json", image("clean")).out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["report.json", "cr.yandex/crp0/app:1.4"], "has no digest"),
        (["report.json", "app"], "is not an image reference"),
        (["report.json"], "one REPORT and one IMAGE"),
        (["--policy-sha256", "abc", "report.json", "cr.yandex/a/b"], "is not 64 hex digits"),
        (["--policy-sha256", "", "report.json", "cr.yandex/a/b"], "'' is not 64 hex"),
        (["--allow-endpoint", "", "report.json", "cr.yandex/a/b"], "'' is neither HOST nor"),
        (["--allow-endpoint", "h.io/path", "r.json", "cr.yandex/a/b"], "is neither HOST nor HOST:"),
        (
            ["--allow-endpoint", "u@h.io", "r.json", "cr.yandex/a/b"],
            "is neither HOST nor HOST:PORT",
        ),
        (
            ["--allow-endpoint", "ftp://h.io", "r.json", "cr.yandex/a/b"],
            "is neither HOST nor HOST:",
        ),
        (["--max-age", "1 hour", "report.json", "cr.yandex/a/b"], "not a duration"),
    ],
)
def test_a_mistake_of_the_command_is_2(gate: Gate, arguments: list[str], why: str) -> None:
    ended = gate.run("verify", *arguments)

    assert ended.code == 2
    assert why in ended.err


def test_a_report_that_is_not_there_is_3(gate: Gate) -> None:
    ended = verify(gate, f"cr.yandex/crp0/app@sha256:{'0' * 64}")

    assert ended.code == 3
    assert "report.json cannot be read: No such file" in ended.err


def test_a_report_may_come_by_standard_input(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = judge(gate, "clean")
    with Path("report.json").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert gate.run("verify", *EMULATED, "-", pinned).code == 0


def test_standard_input_that_is_closed_is_3(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ended = gate.run("verify", "-", f"cr.yandex/crp0/app@sha256:{'0' * 64}")

    assert ended.code == 3
    assert "standard input is closed" in ended.err


def test_foreign_text_of_a_report_commands_nothing(gate: Gate) -> None:
    pinned = judge(gate, "clean")
    whole = json.loads(Path("report.json").read_text())
    whole["policy"]["name"] = "x\n::error::owned\x1b[31m ##[error]"
    Path("report.json").write_text(json.dumps(whole))
    ended = verify(gate, *EMULATED, pinned)

    assert ended.code == 0
    assert "\n::error" not in ended.out
    assert "\x1b" not in ended.out
    assert "##[" not in ended.out
