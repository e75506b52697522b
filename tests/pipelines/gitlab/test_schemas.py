"""GitLab's own schema accepts the component and every example."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main

from tests.pipelines.gitlab.runner import ROOT, TEMPLATE

SCHEMA = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
INPUT = re.compile(r"\$\[\[ inputs\.([a-z0-9-]+) \]\]")
EXAMPLES = sorted((ROOT / "examples" / "gitlab").glob("*.yml"))


def accepted(path: Path) -> bool:
    with pytest.raises(SystemExit) as end:
        main([*SCHEMA, str(path)], standalone_mode=True)
    return end.value.code == 0


def job_of_the_component(folder: Path, **changes: object) -> Path:
    """Write the component's job as it is with the defaults of the inputs."""
    header, jobs = yaml.safe_load_all(TEMPLATE.read_text(encoding="utf-8"))
    defaults = {name: each.get("default") for name, each in header["spec"]["inputs"].items()}
    (job,) = interpolated(jobs, defaults).values()
    path = folder / "component.yml"
    path.write_text(yaml.safe_dump({"scangate": {**job, **changes}}), encoding="utf-8")
    return path


def interpolated(node: Any, values: Mapping[str, object]) -> Any:
    """Put the values in as GitLab does: alone they keep their type, in a text they are text."""
    if isinstance(node, dict):
        return {name: interpolated(each, values) for name, each in node.items()}
    if isinstance(node, list):
        return [interpolated(each, values) for each in node]
    if not isinstance(node, str):
        return node
    alone = INPUT.fullmatch(node)
    if alone:
        return values[alone[1]] if values[alone[1]] is not None else "given"
    return INPUT.sub(lambda found: str(values[found[1]]).lower(), node)


def test_the_components_job_is_one(tmp_path: Path) -> None:
    assert accepted(job_of_the_component(tmp_path))


def test_what_is_no_job_would_be_noticed(tmp_path: Path) -> None:
    assert not accepted(job_of_the_component(tmp_path, artifacts={"reports": {"junits": "x"}}))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_pipeline(path: Path) -> None:
    assert accepted(path)
