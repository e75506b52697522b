"""The examples of docs/github.md, run as they stand but for their placeholders."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scangate.emulator import Emulator
from tests.running import image

from .runs import ACTION, CHECKOUT, ROOT, Runner
from .test_identity import ACCOUNT, cloud, job

__all__ = ["cloud"]

GUIDE = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
PLACEHOLDERS = {
    "actions/checkout@<commit>": CHECKOUT,
    "<owner>/scangate@<commit>": ACTION,
    "cr.yandex/<registry-id>/<name>@sha256:<digest>": "IMAGE",
    "<service-account-id>": ACCOUNT,
}


def whole_job() -> Any:
    (text,) = (each for each in EXAMPLES if each.startswith("on:"))
    for placeholder, value in PLACEHOLDERS.items():
        assert placeholder in text
        text = text.replace(placeholder, value)
    assert "<" not in text
    return yaml.load(text, yaml.BaseLoader)  # with which `on` is a word


@pytest.mark.parametrize(("name", "deployed"), [("clean", True), ("bad", False)])
def test_the_whole_job(runner: Runner, cloud: Emulator, name: str, deployed: bool) -> None:
    runner.write("gate/policy.yaml", "version: 1\nthresholds: {high: 0}\n")
    runner.write("deploy.sh", '#!/bin/sh\necho "$1" >"$KEPT/deployed"\n', executable=True)
    workflow = whole_job()
    workflow["jobs"]["gate"]["steps"][1]["with"] |= {"endpoint": cloud.url, "image": image(name)}

    succeeded, log = runner.act(workflow, job(cloud))

    assert succeeded is deployed, log
    assert (runner.kept / "deployed").exists() is deployed
    if deployed:
        repository = image(name).removesuffix(":1")
        assert (runner.kept / "deployed").read_text().startswith(f"{repository}@sha256:")


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_a_workflow(text: str, tmp_path: Path) -> None:
    """Those that are steps are put into a job."""
    found = yaml.load(text, yaml.BaseLoader)
    steps = {"on": "push", "jobs": {"gate": {"runs-on": "ubuntu-latest", "steps": found}}}
    path = tmp_path / "workflow.yaml"
    path.write_text(json.dumps(steps if isinstance(found, list) else found), encoding="utf-8")
    program = Path(sys.executable).with_name("check-jsonschema")

    ended = subprocess.run(
        [program, "--builtin-schema=vendor.github-workflows", path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout
