"""The CI/CD component for GitLab, as it is written: inputs, variables, script and guide agree."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scangate.cli import check_options
from scangate.clouds import CLOUDS
from scangate.gate import ScanWhen
from scangate.reports import FORMATS

ROOT = Path(__file__).resolve().parent.parent
HEADER, JOBS = yaml.safe_load_all((ROOT / "templates" / "scangate.yml").read_text(encoding="utf-8"))
INPUTS: dict[str, dict[str, Any]] = HEADER["spec"]["inputs"]
((NAME, JOB),) = JOBS.items()
(SCRIPT,) = JOB["script"]
TEXTS = {name: each for name, each in INPUTS.items() if each.get("type", "string") == "string"}
EXAMPLES = sorted((ROOT / "examples" / "gitlab").glob("*.yml"))
GUIDE = (ROOT / "docs" / "gitlab.md").read_text(encoding="utf-8")
TOLD = dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]*) \|", GUIDE, re.MULTILINE))

_USE = re.compile(r"\$\[\[ inputs\.([a-z0-9-]+) \]\]")
_ODD = ("'", '"', "`", "(", ";", "&", "|", "<", ">", "\\", "*", "\t", "é")
_BREAKING = ("\n", " --warn-only", "$(touch x)", "$HELD")

each = pytest.mark.parametrize


def accepts(name: str, value: str) -> bool:
    """Whether the input takes a value, as GitLab decides it (RE2 without its mode for lines)."""
    declared = INPUTS[name]
    if "options" in declared:
        return value in declared["options"]
    return re.search(declared["regex"].removesuffix("$") + r"\Z", value) is not None


def test_every_input_is_used_and_no_other() -> None:
    assert set(_USE.findall(yaml.safe_dump(JOBS))) == INPUTS.keys()


def test_no_input_becomes_a_part_of_the_script() -> None:
    assert "$[[" not in SCRIPT


@each("name", INPUTS)
def test_an_input_says_what_it_is(name: str) -> None:
    assert INPUTS[name]["description"].endswith((".", "report"))


@each("name", TEXTS)
def test_a_text_is_held_to_a_pattern_or_to_a_list(name: str) -> None:
    declared = TEXTS[name]
    whole = str(declared.get("regex", "")).startswith("^") and declared["regex"].endswith("$")

    assert whole or declared["options"]
    assert accepts(name, declared.get("default", "default"))
    assert [odd for odd in _ODD if accepts(name, declared.get("default", "x") + odd)] == []


@each("name", sorted(set(TEXTS) - {"image"}))
def test_a_text_has_no_line_break(name: str) -> None:
    assert not accepts(name, TEXTS[name].get("default", "x") + "\n")


@each(
    "name",
    ["scangate-image", "policy-sha256", "scan", "timeout", "start-timeout", "cloud", "endpoint"],
)
def test_what_could_redirect_the_gate_takes_no_variable(name: str) -> None:
    assert [text for text in _BREAKING if accepts(name, text)] == []


@each("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_gives_what_the_inputs_take(path: Path) -> None:
    for included in yaml.safe_load(path.read_text(encoding="utf-8")).get("include", []):
        given = included["inputs"]

        assert "policy" in given
        assert [name for name in TEXTS.keys() & given if not accepts(name, given[name])] == []


def test_only_the_policy_has_to_be_given() -> None:
    assert [name for name, declared in INPUTS.items() if "default" not in declared] == ["policy"]


def test_the_gate_and_its_image_are_pinned() -> None:
    assert not accepts("scangate-image", "ghcr.io/owner/scangate:1.2.3")
    assert accepts("scangate-image", f"ghcr.io/owner/scangate@sha256:{'a' * 64}")


def test_a_switch_is_on_or_off() -> None:
    assert (INPUTS["warn-only"]["type"], INPUTS["warn-only"]["default"]) == ("boolean", False)


def test_the_choices_are_those_of_the_program() -> None:
    assert INPUTS["cloud"]["options"] == ["", *CLOUDS]
    assert INPUTS["scan"]["options"] == [when.value for when in ScanWhen]


def test_the_script_gives_options_and_formats_that_exist() -> None:
    options = [name for action in check_options.parser()._actions for name in action.option_strings]
    reports = re.findall(r"\b([a-z]+)=[a-z-]+\.(?:xml|json|md|env)\b", SCRIPT)

    assert set(re.findall(r"(?<=[ \"])--[a-z0-9-]+", SCRIPT)) <= set(options)
    assert set(reports) <= FORMATS.keys()
    assert len(reports) == 6


def test_every_variable_is_read_and_given_and_is_no_setting_of_the_command() -> None:
    given = set(JOB["variables"]) - {"YC_SERVICE_ACCOUNT_ID"}

    assert set(re.findall(r"\$(SCANGATE_[A-Z0-9_]+)", SCRIPT)) == given
    assert not given & check_options.parser().variables.keys()


def test_a_variable_is_a_value_within_quotes() -> None:
    """All but the images, which blanks separate."""
    bare = re.findall(r'(?<!["=])\$\{?([A-Z_]+)|=\$([A-Z_]+)', SCRIPT)

    assert [one or other for one, other in bare] == ["SCANGATE_INPUT_IMAGE"]


def test_the_reports_that_gitlab_reads_are_those_that_are_written() -> None:
    files = re.findall(r"\b[a-z]+=([a-z-]+\.(?:xml|json|md|env))\b", SCRIPT)
    paths = {f"scangate-report/{name}" for name in files}

    assert set(JOB["artifacts"]["reports"].values()) <= paths
    assert JOB["artifacts"]["when"] == "always"
    assert JOB["artifacts"]["paths"] == ["scangate-report/"]


def test_nothing_lets_the_job_pass_that_failed() -> None:
    assert "allow_failure" not in JOB
    assert JOB["retry"] == {"max": 1, "exit_codes": [5]}
    assert SCRIPT.rstrip().splitlines()[-1] == 'scangate "$@"'


@each("name", INPUTS)
def test_the_guide_tells_every_input(name: str) -> None:
    assert f"`{name}`" in GUIDE


@each("name", TOLD)
def test_the_guide_tells_no_input_that_does_not_exist(name: str) -> None:
    assert name in INPUTS


@each("name", [name for name in TOLD if TOLD[name].startswith("`")])
def test_the_guide_tells_the_default(name: str) -> None:
    default = INPUTS[name]["default"]

    assert TOLD[name] == f"`{str(default).lower() if isinstance(default, bool) else default}`"
