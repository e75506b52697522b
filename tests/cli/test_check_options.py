"""The options of `check`: from the command line, and some of them from the environment."""

import argparse
import datetime as dt

import pytest

from scangate.cli import check_options
from scangate.cli.check_options import CheckOptions
from scangate.errors import UsageError
from scangate.instant import Instant
from scangate.model import Severity
from tests.running import Gate, image

FROM_THE_ENVIRONMENT = {
    "SCANGATE_POLICY": ("strict", ["--policy", "strict"]),
    "SCANGATE_POLICY_SHA256": ("ab12", ["--policy-sha256", "ab12"]),
    "SCANGATE_OUTPUT": ("table\njunit=a.xml\n", ["-o", "table", "-o", "junit=a.xml"]),
    "SCANGATE_REQUIRE_DIGEST": ("true", ["--require-digest"]),
    "SCANGATE_SCAN": ("if-needed", ["--scan", "if-needed"]),
    "SCANGATE_TIMEOUT": ("90s", ["--timeout", "90s"]),
    "SCANGATE_START_TIMEOUT": ("0", ["--start-timeout", "0"]),
    "SCANGATE_CLOUD": ("nebius-il", ["--cloud", "nebius-il"]),
    "SCANGATE_API": ("container-registry", ["--api", "container-registry"]),
    "SCANGATE_VERBOSE": ("1", ["-v"]),
    "SCANGATE_QUIET": ("yes", ["-q"]),
    "SCANGATE_COLOR": ("never", ["--color", "never"]),
}
"""Each variable that may steer the gate, a value, and the same on the command line."""

READ_ELSEWHERE = {"SCANGATE_ID_TOKEN"}


def parse(*argv: str, **environment: str) -> CheckOptions:
    return check_options.parse(argv, environment)


def options() -> list[argparse.Action]:
    return [a for a in check_options.parser()._actions if a.option_strings and a.dest != "help"]


def test_these_variables_are_read_and_no_others() -> None:
    assert set(check_options.parser().variables) == set(FROM_THE_ENVIRONMENT)


@pytest.mark.parametrize("name", FROM_THE_ENVIRONMENT)
def test_a_variable_stands_for_its_option(name: str) -> None:
    value, argv = FROM_THE_ENVIRONMENT[name]

    read = check_options.parser().read

    assert read([], {name: value}) == read(argv, {}) != read([], {})


@pytest.mark.parametrize("name", FROM_THE_ENVIRONMENT)
def test_an_empty_variable_is_none(name: str) -> None:
    assert parse(**{name: ""}) == parse()


@pytest.mark.parametrize(
    "action",
    [a for a in options() if f"SCANGATE_{a.dest.upper()}" not in FROM_THE_ENVIRONMENT],
    ids=lambda action: action.option_strings[-1],
)
@pytest.mark.parametrize("value", ["true", "low", "/tmp", "2020-01-01"])
def test_what_weakens_or_redirects_the_gate_is_no_variable(
    action: argparse.Action, value: str
) -> None:
    assert parse(**{f"SCANGATE_{action.dest.upper()}": value}) == parse()


@pytest.mark.parametrize("name", ["WARN_ONLY", "AT", "ENDPOINT", "FAIL_ON", "POLCY", "TIMEOUTS"])
def test_a_variable_that_is_not_read_is_warned_of(gate: Gate, name: str) -> None:
    ended = gate.check(image("bad"), environment={f"SCANGATE_{name}": "1"})

    assert ended.code == 1
    assert f"warning: the variable SCANGATE_{name} is not one that scangate reads" in ended.err


@pytest.mark.parametrize("name", [*FROM_THE_ENVIRONMENT, *READ_ELSEWHERE])
def test_a_variable_that_is_read_is_not_warned_of(gate: Gate, name: str) -> None:
    assert "is not one that" not in gate.check(image("clean"), environment={name: ""}).err


@pytest.mark.parametrize(
    ("argv", "environment"),
    [
        (["--scan", "never"], {"SCANGATE_SCAN": "always"}),
        (["--timeout", "10m"], {"SCANGATE_TIMEOUT": "1s"}),
        (["--policy", "strict"], {"SCANGATE_POLICY": "permissive"}),
        (["-o", "json"], {"SCANGATE_OUTPUT": "junit"}),
        (["--require-digest"], {"SCANGATE_REQUIRE_DIGEST": "false"}),
        (["-v"], {"SCANGATE_VERBOSE": "no"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_command_line_wins(argv: list[str], environment: dict[str, str]) -> None:
    assert parse(*argv, **environment) == parse(*argv)


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("json", ("json",)),
        ("json\njunit=a b.xml", ("json", "junit=a b.xml")),
        ("\r\n json \r\n\r\njunit=x\r\n", ("json", "junit=x")),
        (" \n\t\n", ("table",)),
    ],
)
def test_a_list_has_a_line_for_each(text: str, outputs: tuple[str, ...]) -> None:
    assert parse(SCANGATE_OUTPUT=text).outputs == outputs


@pytest.mark.parametrize("text", ["true", "TRUE", "True", "1", "yes", " yes "])
def test_true_words(text: str) -> None:
    assert parse(SCANGATE_REQUIRE_DIGEST=text).require_digest


@pytest.mark.parametrize("text", ["false", "FALSE", "0", "no"])
def test_false_words(text: str) -> None:
    assert not parse(SCANGATE_REQUIRE_DIGEST=text).require_digest


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("REQUIRE_DIGEST", "ture"),
        ("REQUIRE_DIGEST", "on"),
        ("REQUIRE_DIGEST", "2"),
        ("REQUIRE_DIGEST", " "),
        ("VERBOSE", "y"),
        ("TIMEOUT", "10"),
        ("TIMEOUT", "-1s"),
        ("START_TIMEOUT", "2 m"),
        ("SCAN", "if_missing"),
        ("CLOUD", "aws"),
        ("API", "grpc"),
        ("COLOR", "sometimes"),
    ],
)
def test_a_mistyped_variable_is_named(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"SCANGATE_{name}: "):
        parse(**{f"SCANGATE_{name}": text})


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--nonsense"], "--nonsense"),
        (["--warn"], "--warn"),
        (["--time", "1s"], "--time"),
        (["--timeout"], "expected one argument"),
        (["--timeout", "10"], "not a duration"),
        (["--timeout", "1.5h"], "not a duration"),
        (["--timeout", "-1s"], "expected one argument"),
        (["--timeout=-1s"], "not a duration"),
        (["--timeout", "1" * 20 + "s"], "not a duration"),
        (["--start-timeout", "soon"], "not a duration"),
        (["--fail-on", "undefined"], "invalid choice"),
        (["--fail-on", "severe"], "invalid choice"),
        (["--fail-on", "high,critical"], "invalid choice"),
        (["--scan", "maybe"], "invalid choice"),
        (["--cloud", "aws"], "invalid choice"),
        (["--api", "grpc"], "invalid choice"),
        (["--color", "yes"], "invalid choice"),
        (["--at", "yesterday"], "not an RFC 3339 timestamp"),
        (["--at", "2026-02-30"], "day is out of range"),
        (["--at", "2026-11-22T10:00:00"], "not an RFC 3339 timestamp"),
        (["--require-digest=no"], "ignored explicit argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_arguments(argv: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told) as raised:
        parse(*argv)
    assert raised.value.hint == "scangate check --help"


@pytest.mark.parametrize(
    "action", [a for a in options() if a.nargs != 0], ids=lambda action: action.option_strings[-1]
)
@pytest.mark.parametrize(
    "given", [["{}", ""], ["{}="], ["{}=--"]], ids=["apart", "joined", "dashes"]
)
def test_an_empty_value_is_a_variable_that_was_not_set(
    action: argparse.Action, given: list[str]
) -> None:
    with pytest.raises(UsageError):
        parse(*(each.format(action.option_strings[-1]) for each in given))


def test_the_digest_of_a_policy_is_not_forgotten_when_it_is_empty(gate: Gate) -> None:
    assert gate.check("--policy-sha256", "", image("clean")).code == 2
    assert gate.check(image("clean"), environment={"SCANGATE_POLICY_SHA256": " "}).code == 2


@pytest.mark.parametrize(
    "argv",
    [["--", "--warn-only"], ["--", "a", "--warn-only"], ["a", "--", "--warn-only"], ["--", "--"]],
    ids=" ".join,
)
def test_after_two_dashes_everything_is_an_image(argv: list[str]) -> None:
    parsed = parse(*argv)

    assert not parsed.warn_only
    assert parsed.images == tuple(argv[: argv.index("--")] + argv[argv.index("--") + 1 :])


def test_images_and_options_mix() -> None:
    parsed = parse("a", "-o", "json", "b", "--timeout=5s", "c", "-vq", "--", "d")

    assert parsed.images == ("a", "b", "c", "d")
    assert (parsed.outputs, parsed.timeout) == (("json",), dt.timedelta(seconds=5))
    assert (parsed.verbose, parsed.quiet) == (True, True)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("0s", 0), ("90s", 90), ("10m", 600), ("2h", 7200)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse("--timeout", text).timeout == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22", "2026-11-22T00:00:00Z"),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
        ("2026-11-22T13:00:00.5+03:00", "2026-11-22T10:00:00.5Z"),
    ],
)
def test_at_is_a_date_or_a_time(text: str, moment: str) -> None:
    assert parse("--at", text).at == Instant.parse(moment)


def test_defaults() -> None:
    it = parse()

    assert (it.timeout, it.start_timeout) == (dt.timedelta(minutes=10), dt.timedelta(minutes=2))
    assert (it.outputs, it.scan_when.value, it.colour) == (("table",), "never", "auto")
    assert not any([it.warn_only, it.require_digest, it.allow_tag_move, it.verbose, it.quiet])
    assert not any([it.policy, it.fail_on, it.policy_sha256, it.at, it.cloud, it.endpoint])


def test_a_severity_to_fail_on() -> None:
    assert parse("--fail-on", "low").fail_on is Severity.LOW
