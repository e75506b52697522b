"""Pipelines that lose the gate's exit code, and look-alikes that do not."""

import re

import pytest

from scangate.documents import DocumentError
from scangate.swallowed import find_in

WORKFLOW = """\
on: push
{top}
jobs:
  gate:
    {job}
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - {step}
"""


def swallows(text: str, *, file: str) -> list[str]:
    return [swallow.what for swallow in find_in(text.encode(), file=file)]


@pytest.mark.parametrize(
    ("step", "word"),
    [
        pytest.param("run: scangate check x || true", "hides", id="or true"),
        pytest.param("run: 'scangate check x || :'", "hides", id="or colon"),
        pytest.param("run: scangate check x || echo no", "hides", id="or a message"),
        pytest.param("run: scangate check x || exit 0", "hides", id="or exit 0"),
        pytest.param("run: 'scangate check x; true'", "hides", id="and then true"),
        pytest.param("run: scangate check x | tee log", "pipefail", id="a pipe in the usual shell"),
        pytest.param("run: /opt/bin/scangate check x | tee log", "pipefail", id="called by a path"),
        pytest.param('run: "scangate check \\\\\\n  x | tee log"', "pipefail", id="over two lines"),
        pytest.param('run: "set +e\\nscangate check x\\nls"', "set \\+e", id="errexit is off"),
        pytest.param(
            "{run: scangate check x, continue-on-error: true}", "continue-on-error", id="the step"
        ),
        pytest.param(
            "{uses: org/scangate@v1, continue-on-error: true}", "continue-on-error", id="the action"
        ),
        pytest.param(
            "{run: scangate check x, continue-on-error: '${{ inputs.soft }}'}",
            "continue-on-error",
            id="an expression that may be true",
        ),
    ],
)
def test_a_github_step_that_swallows(step: str, word: str) -> None:
    [what] = swallows(WORKFLOW.format(top="", job="", step=step), file=".github/workflows/gate.yml")

    assert re.search(word, what)


@pytest.mark.parametrize(
    ("top", "job", "step"),
    [
        pytest.param("", "", "run: scangate check x", id="plain"),
        pytest.param("", "", "run: scangate check x || exit 1", id="or another failure"),
        pytest.param("", "", "{shell: bash, run: scangate check x | tee log}", id="shell: bash"),
        pytest.param("", "", 'run: "set -o pipefail\\nscangate check x | tee log"', id="pipefail"),
        pytest.param(
            "", "", 'run: "set -euo pipefail\\nscangate check x | tee log"', id="-euo pipefail"
        ),
        pytest.param(
            "defaults: {run: {shell: bash}}", "", "run: scangate check x | tee log", id="defaults"
        ),
        pytest.param(
            "", "defaults: {run: {shell: bash}}", "run: scangate check x | tee log", id="the job's"
        ),
        pytest.param("", "", "run: make test || true", id="another command"),
        pytest.param("", "", "run: 'true || scangate check x'", id="before the gate"),
        pytest.param("", "", "run: '# scangate check x || true'", id="a comment"),
        pytest.param("", "", "{run: scangate check x, continue-on-error: false}", id="off"),
        pytest.param("", "", "{run: make, continue-on-error: true}", id="another step"),
    ],
)
def test_a_github_step_that_does_not(top: str, job: str, step: str) -> None:
    text = WORKFLOW.format(top=top, job=job, step=step)

    assert swallows(text, file=".github/workflows/gate.yml") == []


def test_a_github_job_that_swallows() -> None:
    text = WORKFLOW.format(top="", job="continue-on-error: true", step="run: scangate check x")

    [what] = swallows(text, file="gate.yml")

    assert "continue-on-error" in what


@pytest.mark.parametrize(
    ("rest", "word"),
    [
        pytest.param("{script: scangate check x, allow_failure: true}", "any", id="allow_failure"),
        pytest.param(
            "{script: [scangate check x], allow_failure: {exit_codes: [5]}}", "5", id="some codes"
        ),
        pytest.param("{script: [make], after_script: [scangate check x]}", "after", id="after"),
        pytest.param("{script: [scangate check x || true]}", "hides", id="or true"),
    ],
)
def test_a_gitlab_job_that_swallows(rest: str, word: str) -> None:
    [what] = swallows(f"stages: [test]\ngate: {rest}\n", file=".gitlab-ci.yml")

    assert word in what


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("{script: [scangate check x | tee log]}", id="its runner sets pipefail"),
        pytest.param("{script: [scangate check x], allow_failure: false}", id="off"),
        pytest.param("{script: [make], allow_failure: true}", id="another job"),
    ],
)
def test_a_gitlab_job_that_does_not(rest: str) -> None:
    assert swallows(f"gate: {rest}\n", file=".gitlab-ci.yml") == []


def test_a_component_has_a_header_and_its_lines_count() -> None:
    text = "spec:\n  inputs: {}\n---\ngate:\n  script: [scangate check x || true]\n"

    [swallow] = find_in(text.encode(), file=".gitlab-ci.yml")

    assert (swallow.place.line, swallow.place.file) == (5, ".gitlab-ci.yml")


def test_what_is_no_yaml_is_told() -> None:
    with pytest.raises(DocumentError):
        find_in(b"jobs: [", file="gate.yml")
