"""The hooks for pre-commit: well-formed, and for the right files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scangate.cli.policy import COMMANDS

ROOT = Path(__file__).resolve().parents[3]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
LINT, TEST = HOOKS


def test_each_hook_has_what_pre_commit_needs() -> None:
    assert [hook["id"] for hook in HOOKS] == ["scangate-policy-lint", "scangate-policy-test"]
    for hook in HOOKS:
        assert set(hook) <= {
            *("id", "name", "description", "entry", "language", "types", "files"),
            "pass_filenames",
        }
        assert hook["language"] == "python"
        assert hook["types"] == ["yaml"]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_each_runs_a_command_that_exists(hook: dict[str, Any]) -> None:
    program, group, command = hook["entry"].split()

    assert (program, group) == ("scangate", "policy")
    assert command in COMMANDS


@pytest.mark.parametrize(
    ("path", "matches"),
    [
        ("scangate.yaml", True),
        ("scangate.test.yaml", True),
        ("services/payments/scangate.yaml", True),
        ("policies/production.yaml", True),
        ("policies/production.test.yaml", True),
        ("policies/production.yml", True),
        ("deploy/policies/production.yaml", True),
        ("my-scangate.yaml", False),
        ("scangate.yaml.j2", False),
        ("scangate_yaml", False),
        ("policies/vex/a.json", False),
        ("policies/bad/a.yaml", False),
        ("my-policies/a.yaml", False),
        ("values.yaml", False),
    ],
)
def test_the_files_that_are_linted(path: str, matches: bool) -> None:
    assert bool(re.search(LINT["files"], path)) == matches


@pytest.mark.parametrize("path", ["scangate.yaml", "scangate.test.yaml", "policies/a.test.yaml"])
def test_the_cases_are_run_whenever_a_policy_or_a_case_changes(path: str) -> None:
    assert re.search(TEST["files"], path)
    assert TEST["pass_filenames"] is False
