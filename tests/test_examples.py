"""The examples and the guides, held against the program, the action and the component."""

import contextlib
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from scangate import cli
from scangate.swallowed import GITLAB, WORKFLOWS, find_in

ROOT = Path(__file__).resolve().parent.parent
ACTION = ROOT / "action.yml"
COMPONENT = ROOT / "templates" / "scangate.yml"

_CALL = re.compile(r"\bscangate\s+(?P<command>policy\s+\w+|\w+)\b(?P<rest>[^\n|;`]*)")
_COMMENT = re.compile(r"(?m)^\s*(?:#|//).*$")
_OPTION = re.compile(r"(?<!\S)(--[a-z][a-z0-9-]*)")
_PIN = re.compile(r"uses: ([\w.-]+/(?!scangate@)[\w.-]+)[^\s@]*@(.+)")
_COMMIT = re.compile(r"[0-9a-f]{40} # v\d+\.\d+\.\d+")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_MENTION = re.compile(r"(?<![\w./-])((?:docs|examples|templates)/[\w./-]*\w\.(?:md|ya?ml))")


def _under(folder: str, *endings: str) -> list[Path]:
    paths = sorted((ROOT / folder).rglob("*"))
    return [path for path in paths if path.is_file() and path.suffix in endings]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


FILES = [path for path in sorted((ROOT / "examples").rglob("*")) if path.is_file()]
YAML = _under("examples", ".yml", ".yaml")
WORKFLOW_EXAMPLES = _under("examples/github", ".yml")
GITLAB_EXAMPLES = _under("examples/gitlab", ".yml")
GUIDES = [*_under("docs", ".md"), *_under("examples", ".md")]
WORKFLOWS_OF_ALL = [*_under(WORKFLOWS, ".yml"), *WORKFLOW_EXAMPLES]

each = pytest.mark.parametrize


def _calls(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of scangate in a script or a guide, with the options that it is given."""
    for call in _CALL.finditer(_COMMENT.sub("", text).replace("\\\n", " ")):
        command = " ".join(call["command"].split())
        if command.split()[0] in cli.COMMANDS:
            yield command, _OPTION.findall(call["rest"])


@cache
def _options(command: str) -> frozenset[str]:
    with contextlib.redirect_stdout(io.StringIO()) as out, pytest.raises(SystemExit):
        cli.main([*command.split(), "--help"], {})
    return frozenset(re.findall(r"--[a-z][a-z0-9-]*", out.getvalue()))


def _unknown(text: str) -> list[str]:
    return [
        f"{command} {option}"
        for command, options in _calls(text)
        for option in options
        if option not in _options(command)
    ]


def _gates(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each job of a workflow with each step of it that uses the action."""
    for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
        for step in job.get("steps", []):
            if "/scangate@" in step.get("uses", ""):
                yield job, step


def _links(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [link for link in _LINK.findall(text) if not (path.parent / link).exists()]


@each("path", YAML, ids=_name)
def test_an_example_is_yaml(path: Path) -> None:
    assert list(yaml.compose_all(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))


@each("path", WORKFLOW_EXAMPLES, ids=_name)
def test_a_workflow_gates_or_audits(path: Path) -> None:
    assert any(_gates(path)) or any(_calls(path.read_text(encoding="utf-8")))


@each("path", [*FILES, *GUIDES], ids=_name)
def test_an_example_uses_options_that_exist(path: Path) -> None:
    assert _unknown(path.read_text(encoding="utf-8")) == []


def test_an_option_that_does_not_exist_is_noticed() -> None:
    text = 'scangate check --timeout 5m \\\n  --time-out 5m "$IMAGE" | tee --append log'

    assert _unknown(text) == ["check --time-out"]


@each("path", WORKFLOW_EXAMPLES, ids=_name)
def test_a_workflow_gives_the_action_inputs_that_it_has(path: Path) -> None:
    declared = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"]
    required = {name for name, each_input in declared.items() if each_input.get("required")}

    for _, step in _gates(path):
        assert required <= step["with"].keys() <= declared.keys()


@each("path", WORKFLOW_EXAMPLES, ids=_name)
def test_a_workflow_takes_outputs_that_the_action_has(path: Path) -> None:
    declared = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["outputs"]

    for job, step in _gates(path):
        pattern = rf"steps\.{step.get('id')}\.outputs\.([\w-]+)"
        assert set(re.findall(pattern, str(job))) <= declared.keys()


@each("path", GITLAB_EXAMPLES, ids=_name)
def test_a_pipeline_gives_the_component_inputs_that_it_has(path: Path) -> None:
    header = next(yaml.safe_load_all(COMPONENT.read_text(encoding="utf-8")))
    pipeline = yaml.safe_load(path.read_text(encoding="utf-8"))
    included = pipeline.get("include", [])

    for entry in included if isinstance(included, list) else [included]:
        assert entry.get("inputs", {}).keys() <= header["spec"]["inputs"].keys()


@each("path", WORKFLOW_EXAMPLES, ids=_name)
def test_a_workflow_loses_no_exit_code(path: Path) -> None:
    assert find_in(path.read_bytes(), file=f"{WORKFLOWS}/{path.name}") == []


@each("path", GITLAB_EXAMPLES, ids=_name)
def test_a_pipeline_loses_no_exit_code(path: Path) -> None:
    assert find_in(path.read_bytes(), file=GITLAB) == []


@each("path", WORKFLOWS_OF_ALL, ids=_name)
def test_a_workflow_grants_to_each_job_what_it_needs(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert workflow["permissions"] == {}
    assert [name for name, job in workflow["jobs"].items() if "permissions" not in job] == []


@each("path", WORKFLOWS_OF_ALL, ids=_name)
def test_a_workflow_never_runs_a_forks_code_with_secrets(path: Path) -> None:
    triggers = yaml.safe_load(path.read_text(encoding="utf-8"))[True]  # YAML 1.1 reads `on` so

    assert not {"pull_request_target", "workflow_run"} & set(triggers)


def test_an_action_of_others_is_pinned_to_one_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in [*WORKFLOWS_OF_ALL, ACTION]:
        for action, pin in _PIN.findall(path.read_text(encoding="utf-8")):
            assert _COMMIT.fullmatch(pin), f"{_name(path)}: {action}@{pin}"
            pins.setdefault(action, set()).add(pin)

    assert "actions/checkout" in pins
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


@each("path", GUIDES, ids=_name)
def test_a_guides_links_lead_somewhere(path: Path) -> None:
    assert _links(path) == []


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    guide = tmp_path / "guide.md"
    guide.write_text("[here](guide.md) [gone](gone.md) [out](https://example.com/)")

    assert _links(guide) == ["gone.md"]


@each("path", [*FILES, *_under(".github", ".yml"), COMPONENT, ACTION], ids=_name)
def test_what_a_file_points_to_exists(path: Path) -> None:
    mentioned = _MENTION.findall(path.read_text(encoding="utf-8"))

    assert [name for name in mentioned if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", _under("examples/deploy", ".yaml"), ids=_name)
def test_a_container_of_the_image_names_the_command(path: Path) -> None:
    """The image has no entry point."""
    assert "ENTRYPOINT" not in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        for container in document["spec"]["template"]["spec"]["containers"]:
            assert container["args"][0] == "scangate"
