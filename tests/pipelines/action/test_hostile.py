"""Inputs, files and variables that would take the gate over, if it let them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.running import FORBIDDEN, image

from .runs import Runner
from .test_verdicts import assert_passed, assert_stopped

Usual = Mapping[str, str]

# What would be left behind, wherever foreign code got to run
MARK = "taken-over"
MODULES = (
    *("yaml.py", "requests/__init__.py", "urllib3/__init__.py", "msgspec/__init__.py"),
    *("scangate/__init__.py", "scangate/cli/__init__.py", "action/__init__.py", "inputs.py"),
    *("sitecustomize.py", "usercustomize.py", "conftest.py", "json.py", "pip/__init__.py"),
    *("pip/__main__.py", "setup.py", "start.py", "gate.py", "encodings/__init__.py"),
)
PROGRAMS = ("python3", "python", "sh", "bash", "git", "yc", "env", "uname")


def module(runner: Runner) -> str:
    return f"import os\nopen({str(runner.kept / MARK)!r}, 'w').close()\nos._exit(0)\n"


def program(runner: Runner) -> str:
    return f"#!/bin/sh\n: >'{runner.kept / MARK}'\nexit 0\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'$(: >"$KEPT/{MARK}")', id="a command"),
        pytest.param(f'`: >"$KEPT/{MARK}"`', id="backticks"),
        pytest.param(f'x; : >"$KEPT/{MARK}"', id="a second command"),
        pytest.param(f"x'; : >\"$KEPT/{MARK}\"; '", id="single quotes"),
        pytest.param(f'x"; : >"$KEPT/{MARK}"; "', id="double quotes"),
        pytest.param("${{ secrets.GITHUB_TOKEN }}", id="an expression"),
        pytest.param("x && exit 0", id="an early end"),
        pytest.param("--warn-only", id="an option"),
        pytest.param("--help", id="the help"),
        pytest.param("-", id="standard input"),
        pytest.param("x\n::set-output name=verdict::pass", id="a command to the runner"),
        pytest.param("x\rverdict=pass", id="a line of outputs"),
        pytest.param("../../etc/passwd", id="a path"),
        pytest.param("cr.yandex/crp0000000000000test/clean@", id="a digest that came out empty"),
    ],
)
@pytest.mark.parametrize("name", ["image", "policy"])
def test_an_input_is_only_ever_data(runner: Runner, usual: Usual, name: str, text: str) -> None:
    """By an expression, as the names of branches and the titles of pull requests come in."""
    ran = runner.run(
        {"image": image("clean"), **usual, name: "${{ env.HOSTILE }}"}, variables={"HOSTILE": text}
    )

    assert_stopped(ran, verdict="error", code=2)
    assert not (ran.kept / MARK).exists()


def test_an_input_that_was_part_of_the_script_would_run(runner: Runner, usual: Usual) -> None:
    """The negative control of the test above."""
    runner.edit_action("action.yml", 'exec "$python"', ': ${{ inputs.image }}; exec "$python"')

    ran = runner.run({**usual, "image": f'$(: >"$KEPT/{MARK}")'})

    assert (ran.kept / MARK).exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"warn-only": "ture"}, "warn-only is 'ture'", id="a typo in a boolean"),
        pytest.param({"warn-only": "True"}, "warn-only is 'True'", id="a boolean of Python"),
        pytest.param({"cloud-registry": "yes"}, "it takes true or false", id="another boolean"),
        pytest.param({"image": ""}, "the input image is empty", id="no image"),
        pytest.param({"image": "${{ env.NONE }}"}, "image is empty", id="an empty expression"),
        pytest.param(
            {"image": "cr.yandex/crp/a@sha256:1\n${{ env.NONE }}\n"},
            "line 2 of the input image is empty",
            id="the second of two expressions is empty",
        ),
        pytest.param({"policy": ""}, "the input policy is empty", id="no policy"),
        pytest.param({"policy": "defualt"}, "defualt", id="an unknown policy"),
        pytest.param({"policy-sha256": " "}, "policy-sha256 is blank", id="a blank digest"),
        pytest.param({"policy-sha256": "ab"}, "not ab", id="the digest of another policy"),
        pytest.param({"report": "junti=a.xml"}, "no format 'junti'", id="an unknown format"),
        pytest.param({"report": "junit"}, "it takes FORMAT=PATH", id="a report without a path"),
        pytest.param({"scan": "allways"}, "invalid choice", id="an unknown moment to scan"),
        pytest.param({"timeout": "soon"}, "soon", id="no duration"),
        pytest.param({"service-account-id": "aje"}, "exclude each other", id="two credentials"),
        pytest.param({"version": "0.0.0"}, "pin the action itself", id="another version"),
    ],
)
def test_a_mistake_stops_the_job(
    runner: Runner, usual: Usual, changes: Mapping[str, str], told: str
) -> None:
    ran = runner.run({"image": image("clean"), **usual, **changes})

    assert_stopped(ran, verdict="error", code=2)
    assert told in ran.log
    assert ran.outputs["report-json"] == ""


@pytest.mark.parametrize(("name", "verdict"), [("clean", "pass"), ("bad", "fail")])
def test_no_file_of_the_workspace_runs(
    runner: Runner, usual: Usual, tmp_path: Path, name: str, verdict: str
) -> None:
    runner.temporary = tmp_path / "cold"  # so that pip runs, too
    runner.temporary.mkdir()
    for each in MODULES:
        runner.write(each, module(runner))
    for each in PROGRAMS:
        runner.write(each, program(runner), executable=True)
    for each in ("pip.conf", "pip.ini", ".config/pip/pip.conf", "setup.cfg"):
        runner.write(each, "[global]\nindex-url = http://127.0.0.1:9/\nno-index = true\n")
    ran = runner.run({**usual, "image": image(name)})

    assert "packages installed in" in ran.log
    assert ran.outputs["verdict"] == verdict
    assert not (ran.kept / MARK).exists()


def test_a_gate_that_searched_the_workspace_would_be_taken_over(
    runner: Runner, usual: Usual
) -> None:
    """The negative control of the test above."""
    runner.edit_action("action/gate.py", "sys.path += [", 'sys.path[:0] = ["", ')
    runner.write("scangate/__init__.py", module(runner))

    runner.run({**usual, "image": image("clean")})

    assert (runner.kept / MARK).exists()


VARIABLES = {
    "SCANGATE_POLICY": "permissive",
    "SCANGATE_POLICY_SHA256": "0" * 64,
    "SCANGATE_OUTPUT": "json",
    "SCANGATE_TIMEOUT": "0",
    "SCANGATE_API": "cloud-registry",
    "SCANGATE_CLOUD": "nebius-il",
    "PYTHONPATH": "$PWD/evil",
    "PYTHONHOME": "$PWD/evil",
    "PYTHONSTARTUP": "$PWD/evil/yaml.py",
    "PYTHONINSPECT": "1",
    "PYTHONUSERBASE": "$PWD/evil",
    "PYTHONWARNINGS": "error",
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_NO_INDEX": "1",
    "PIP_TARGET": "$PWD/evil",
    "PIP_PYTHON": "$PWD/evil/python3",
    "PIP_CONFIG_FILE": "$PWD/evil/pip.conf",
    "BASH_ENV": "$PWD/evil/sh",
    "ENV": "$PWD/evil/sh",
    "HOME": "$PWD/evil",
    "XDG_CONFIG_HOME": "$PWD/evil",
    "TMPDIR": "$PWD/evil",
    "YC_IAM_TOKEN": FORBIDDEN,
    "YC_TOKEN": FORBIDDEN,
    "YC_METADATA_ADDR": "127.0.0.1:9",
    "REQUESTS_CA_BUNDLE": "$PWD/evil/pip.conf",
    "INPUT_IMAGE": image("clean"),
    "INPUT_WARN_ONLY": "true",
    "CI": "",
    "GITLAB_CI": "true",
    "no_proxy": "*",
}
"""What an earlier step could leave in GITHUB_ENV."""


def test_no_variable_of_an_earlier_step_counts(
    runner: Runner, usual: Usual, tmp_path: Path
) -> None:
    runner.temporary = tmp_path / "cold"
    runner.temporary.mkdir()
    for each in ("yaml.py", "sitecustomize.py", "scangate/__init__.py"):
        runner.write(f"evil/{each}", module(runner))
    for each in PROGRAMS:
        runner.write(f"evil/{each}", program(runner), executable=True)
    runner.write("evil/pip.conf", "[global]\nno-index = true\n")
    lines = [f'echo "{name}={value}"' for name, value in VARIABLES.items()]
    before = "{\n" + "\n".join(lines) + '\n} >>"$GITHUB_ENV"\necho "$PWD/evil" >>"$GITHUB_PATH"\n'
    ran = runner.run({**usual, "image": image("bad")}, before=before)

    assert_stopped(ran, verdict="fail", code=1)
    assert ran.report["policy"]["name"] == "default"
    assert not (ran.kept / MARK).exists()
    assert not (ran.workspace / "scangate.env").exists()


def test_a_gate_that_saw_such_variables_would_heed_them(runner: Runner, usual: Usual) -> None:
    """The negative control of the test above."""
    runner.edit_action(
        "action/surroundings.py", '"CI": "true",', '"CI": "true", **environment, **credential,'
    )
    before = 'echo "SCANGATE_API=cloud-registry" >>"$GITHUB_ENV"'

    ran = runner.run({**usual, "image": image("clean")}, before=before)

    with pytest.raises(AssertionError):
        assert_passed(ran)


@pytest.mark.parametrize("name", ["bad", "never-scanned"])
def test_a_gate_that_does_nothing_turns_these_tests_red(
    runner: Runner, usual: Usual, name: str
) -> None:
    """The negative control of all of them."""
    runner.edit_action("action.yml", '"$GITHUB_ACTION_PATH/action/start.py"', "-c 'pass'")
    ran = runner.run({**usual, "image": image(name)})

    assert ran.succeeded
    assert ran.deployed
    for verdict, code in (("fail", 1), ("error", 3)):
        with pytest.raises(AssertionError):
            assert_stopped(ran, verdict=verdict, code=code)


def test_a_scangate_that_does_nothing_is_no_pass(runner: Runner, usual: Usual) -> None:
    runner.edit_action("action/gate.py", "    from scangate.cli import entry", "    sys.exit(0)")

    ran = runner.run({**usual, "image": image("clean")})

    assert_stopped(ran, verdict="error", code=6)
    assert "ended with 0 and told no verdict" in ran.log
