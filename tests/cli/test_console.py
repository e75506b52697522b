"""Colour, quiet and verbose, and what foreign text may not do to a terminal or a CI system."""

import io
import json
import sys

import pytest

from scangate.cli import console
from scangate.secret import Secret
from tests.running import FORBIDDEN, Gate, image


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "colour"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(choice: str, environment: dict[str, str], terminal: bool, colour: bool) -> None:
    assert console.wants_colour(choice, environment, terminal=terminal) is colour


def test_colour_is_for_the_table_on_stdout_alone(gate: Gate) -> None:
    assert "\x1b[" not in gate.check(image("bad")).out
    assert "\x1b[" in gate.check("--color", "always", image("bad")).out
    assert "\x1b[" in gate.check(image("bad"), environment={"FORCE_COLOR": "1"}).out
    ended = gate.check("--color", "always", "-o", "json", "-o", "table=table.txt", image("bad"))
    assert "\x1b" not in ended.out + ended.err
    with open("table.txt", encoding="utf-8") as file:  # noqa: PTH123 - a short one
        assert "\x1b" not in file.read()


def test_a_report_on_stdout_is_alone_there(gate: Gate) -> None:
    ended = gate.check("-v", "-o", "json", image("bad"), environment={"SCANGATE_X": "1"})

    assert json.loads(ended.out)["exitCode"] == 1
    assert all(line.startswith("scangate: ") for line in ended.err.splitlines())


def test_without_a_table_outcomes_are_told_on_stderr(gate: Gate) -> None:
    arguments = ("-o", "json=report.json", "--timeout", "0")
    ended = gate.check(*arguments, image("clean"), image("bad"), image("failed"))

    assert f"scangate: pass: {image('clean')}\n" in ended.err
    assert f"scangate: fail: {image('bad')}\n" in ended.err
    assert f"scangate: error: {image('failed')}\nscangate: error: scan " in ended.err
    assert image("clean") not in gate.check(image("clean")).err


def test_quiet_tells_only_what_is_wrong(gate: Gate) -> None:
    ended = gate.check("-q", "-o", "json=report.json", image("clean"))
    assert (ended.code, ended.out, ended.err) == (0, "", "")

    ended = gate.check("-q", "-o", "json=report.json", image("clean"), image("bad"))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        f"scangate: fail: {image('bad')}",
        "scangate:   max-critical: 1 found, 0 allowed",
    ]


def test_verbose_tells_every_request_and_never_the_token(gate: Gate) -> None:
    ended = gate.check("-v", image("clean"), environment={"YC_IAM_TOKEN": FORBIDDEN})

    assert ended.code == 4
    assert "credentials: YC_IAM_TOKEN" in ended.err
    assert f"GET {gate.emulator.url}/container-registry/v1/images?" in ended.err
    assert FORBIDDEN not in ended.err + ended.out


def test_in_ci_a_tag_gets_the_notice_that_shows_how_to_pin(gate: Gate) -> None:
    def notices(reference: str, **environment: str) -> list[str]:
        out = gate.check("-o", "json", reference, environment=environment).out
        return list(json.loads(out)["images"][0]["notices"])

    plain = json.loads(gate.check("-o", "json", image("clean")).out)["images"][0]
    repository = image("clean").partition(":")[0]
    assert plain["notices"] == notices(image("clean"), CI="") == []
    (notice,) = notices(image("clean"), CI="true")
    assert notice.endswith(f"pass what was built: {repository}@{plain['digest']}")
    assert notices(f"{repository}@{plain['digest']}", CI="true") == []
    (notice,) = notices(image("missing"), CI="true", SCANGATE_START_TIMEOUT="0")
    assert f"{image('missing').partition(':')[0]}@sha256:…" in notice


def test_a_notice_changes_no_verdict(gate: Gate) -> None:
    for name, code in (("clean", 0), ("bad", 1), ("failed", 3)):
        assert gate.check(image(name), environment={"CI": "true"}).code == code


FOREIGN = {
    "a command of GitHub": "::error file=a::b",
    "a command of GitHub in a line": "a ##[error]b",
    "a command of Azure Pipelines": "a ##vso[task.complete result=Succeeded;]b",
    "hashes": "a ##### b",
    "a command after a line break": "a\n::set-output name=x::y",
    "a command after a carriage return": "a\r::set-output name=x::y",
    "a command of TeamCity": "a\n##teamcity[buildStatus status='SUCCESS']",
    "a terminal sequence": "a\x1b]0;title\x07b\x1b[2Jc\x9b2J",
    "turned writing": "a\u202ebc\u2066",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_foreign_text_gives_no_commands(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    console.say(text)

    err = capsys.readouterr().err
    assert all(line.startswith("scangate: ") for line in err.splitlines())
    assert "##" not in err
    assert not set(err) & set("\r\x07\x1b\x9b\u202e\u2066")


@pytest.mark.parametrize("text", ["", "\n", "two\nlines", "\ud800", "ü"])
def test_every_text_can_be_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    console.say(text)
    console.complain(text, hint=text)
    console.write_out(text)

    capsys.readouterr()


def test_streams_that_are_not_there_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)

    console.say("nobody hears it")
    assert not console.is_terminal(sys.stdout)
    with pytest.raises(OSError, match="closed"):
        console.write_out("text")


def test_a_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    stream.close()

    assert not console.is_terminal(stream)


@pytest.mark.parametrize("between", ["\x01", "\u202a", "\x9f"])
def test_controls_between_its_letters_do_not_save_a_secret(
    between: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Secret("a-token-of-some-length")
    console.say(between.join("a-token-of-some-length"))

    assert capsys.readouterr().err == "scangate: ***\n"
