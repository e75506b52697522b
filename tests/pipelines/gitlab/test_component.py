"""The component as jobs run it: exit codes, artifacts, and what must not steer the gate."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from junitparser import JUnitXml

from tests.pipelines.gitlab.runner import COMPONENT, Project
from tests.running import FORBIDDEN, image

INCLUDES = {"component": COMPONENT, "local": {"local": "/templates/scangate.yml"}}

CLEAN: dict[str, object] = {"image": image("clean")}
BAD: dict[str, object] = {"image": image("bad")}
BUILT: dict[str, object] = {"images-from": "image.txt", "dependencies": ["build"]}


@pytest.mark.parametrize("include", INCLUDES.values(), ids=INCLUDES)
def test_a_pass_hands_on_what_was_judged(project: Project, include: dict[str, str]) -> None:
    ended = project.run({"include": [project.include(CLEAN, by=include)]})

    assert (ended.code, ended.codes) == (0, ()), ended.log
    handed = project.dotenv()
    assert handed["GATE_VERDICT"] == "pass"
    assert handed["GATE_PINNED_IMAGE"] == f"{image('clean')[:-2]}@{handed['GATE_IMAGE_DIGEST']}"


def test_a_violation_fails_the_job_and_leaves_every_report(project: Project) -> None:
    ended = project.run({"include": [project.include(BAD)]})

    assert (ended.code, ended.codes) == (1, (1,)), ended.log
    assert JUnitXml.fromfile(str(project.artifact("junit.xml"))).failures == 1
    scanned = json.loads(project.artifact("gl-container-scanning-report.json").read_text())
    found = {each["identifiers"][0]["value"] for each in scanned["vulnerabilities"]}
    assert found == {"CVE-2026-0001", "CVE-2026-0002"}
    quality = json.loads(project.artifact("gl-code-quality-report.json").read_text())
    assert {each["location"]["path"] for each in quality} == {"scangate.yaml"}
    assert json.loads(project.artifact("scangate.json").read_text())["exitCode"] == 1
    assert "CVE-2026-0001" in project.artifact("scangate.md").read_text()
    handed = project.dotenv()
    assert (handed["GATE_EXIT_CODE"], handed["GATE_PINNED_IMAGE"]) == ("1", "")


def test_a_gate_that_does_nothing_would_be_noticed(project: Project) -> None:
    project.install("scangate", "true")

    ended = project.run({"include": [project.include(BAD)]})

    assert (ended.code, ended.codes) == (0, ()), ended.log
    assert not project.artifact("scangate.env").exists()


ENDINGS: dict[str, tuple[int, dict[str, object], dict[str, str]]] = {
    "one of several images": (1, {"image": f"{image('clean')}\n{image('bad')}"}, {}),
    "no image": (2, {}, {}),
    "no such manifest": (2, {"manifest": "absent.yaml"}, {}),
    "no such policy": (2, {**CLEAN, "policy": "absent"}, {}),
    "another policy than reviewed": (2, {**CLEAN, "policy-sha256": "0" * 64}, {}),
    "no scan": (3, {"image": image("never-scanned")}, {}),
    "no role": (4, CLEAN, {"YC_IAM_TOKEN": FORBIDDEN}),
    "an ID token that no federation takes": (
        4,
        {**CLEAN, "service-account-id": "ajetest"},
        {"YC_IAM_TOKEN": "", "SCANGATE_ID_TOKEN": "of.another.fork"},
    ),
    "an answer that is none": (5, {"image": image("broken")}, {}),
    "a violation as a warning": (0, {**BAD, "warn-only": True}, {}),
}


@pytest.mark.parametrize(("code", "inputs", "variables"), ENDINGS.values(), ids=ENDINGS)
def test_the_job_ends_with_the_commands_code(
    project: Project, code: int, inputs: dict[str, object], variables: dict[str, str]
) -> None:
    ended = project.run({"include": [project.include(inputs)]}, **variables)

    assert ended.codes == ((code,) if code else ()), ended.log
    assert ended.code == (1 if code else 0)


def test_a_manifest_is_gated_by_what_it_names(project: Project) -> None:
    (project.folder / "deploy.yaml").write_text(f"kind: Pod\nspec: {{image: '{image('bad')}'}}\n")

    ended = project.run({"include": [project.include({"manifest": "deploy.yaml"})]})

    assert ended.codes == (1,), ended.log
    assert project.dotenv()["GATE_VERDICT"] == "fail"


HOSTILE = {
    "commands": "$(touch hostile) `touch hostile`",
    "the end of a command": "x; touch hostile; #",
    "quotes": "\"'; touch hostile; '\"",
    "options": "--warn-only --fail-on=critical",
    "a pattern": "cr.yandex/*/clean:1",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_a_variable_holds_is_only_ever_a_value(project: Project, text: str) -> None:
    """An input may name a variable of the pipeline, and that may hold anything."""
    matching = project.folder / image("clean")
    matching.parent.mkdir(parents=True)
    matching.touch()
    inputs = {"image": f"{image('bad')} $HELD", "policy": "$HELD", "images-from": "$HELD"}
    gates = [
        project.include({**BAD, name: value, "job-name": f"gate {name}"})
        for name, value in inputs.items()
    ]

    ended = project.run({"include": gates}, HELD=text)

    assert ended.codes == (2, 2, 2), ended.log
    assert not list(project.folder.rglob("hostile"))


REFUSED: dict[str, tuple[str, object]] = {
    "a command as an image": ("image", "$(touch hostile)"),
    "a quote in a policy": ("policy", "x'; touch hostile; '"),
    "a tag in place of a digest": ("scangate-image", "registry.example/scangate:latest"),
    "another word for a boolean": ("warn-only", "yes"),
    "a boolean as text": ("warn-only", "true"),
    "no boolean at all": ("warn-only", 1),
}


@pytest.mark.parametrize(("name", "value"), REFUSED.values(), ids=REFUSED)
def test_an_input_that_cannot_be_meant_makes_no_pipeline(
    project: Project, name: str, value: object
) -> None:
    ended = project.preview({"include": [project.include({**CLEAN, name: value})]})

    assert ended.code == 1, ended.log
    assert f"`{name}` input" in ended.log


def test_a_policy_has_to_be_chosen(project: Project) -> None:
    ended = project.preview({"include": [project.include({**CLEAN, "policy": None})]})

    assert ended.code == 1
    assert "`policy` input: required value has not been provided" in ended.log


def test_a_switch_that_is_neither_on_nor_off_is_an_error(project: Project) -> None:
    included = project.include(CLEAN)

    ended = project.run({"include": [included]}, SCANGATE_INPUT_WARN_ONLY="warn-only=ture")

    assert ended.codes == (2,), ended.log


def test_settings_beside_the_inputs_do_not_steer_the_gate(project: Project) -> None:
    """The command line alone would take these, and Python a module of the repository."""
    (project.folder / "requests.py").write_text("open('hostile', 'w')\n")
    settings = {
        "SCANGATE_POLICY": "permissive",
        "SCANGATE_POLICY_SHA256": "0" * 64,
        "SCANGATE_OUTPUT": "json=elsewhere.json",
        "PYTHONPATH": ".",
        "PYTHONINSPECT": "1",
    }

    ended = project.run({"include": [project.include(BAD)]}, **settings)

    assert ended.codes == (1,), ended.log
    assert not list(project.folder.rglob("hostile"))
    assert not list(project.folder.rglob("elsewhere.json"))


def steering(project: Project, inputs: Mapping[str, object]) -> dict[str, Any]:
    """Return a pipeline whose build job hands on variables that switch the gate off."""
    build = {
        "stage": "build",
        "script": [
            "echo SCANGATE_INPUT_WARN_ONLY=warn-only=true > build.env",
            f"echo {image('bad')} > image.txt",
        ],
        "artifacts": {"paths": ["image.txt"], "reports": {"dotenv": "build.env"}},
    }
    included = project.include(inputs)
    return {"stages": ["build", "test"], "include": [included], "build": build}


def test_a_job_before_the_gate_does_not_steer_it(project: Project) -> None:
    ended = project.run(steering(project, BAD))

    assert ended.codes == (1,), ended.log


def test_a_job_that_the_gate_depends_on_could(project: Project) -> None:
    """What docs/gitlab.md warns of; it also shows that the test above can fail."""
    ended = project.run(steering(project, BUILT))

    assert (ended.code, ended.codes) == (0, ()), ended.log


def test_what_was_built_arrives_in_a_file(project: Project) -> None:
    pipeline = steering(project, BUILT)
    del pipeline["build"]["artifacts"]["reports"]

    ended = project.run(pipeline)

    assert ended.codes == (1,), ended.log


def test_a_report_that_lies_in_the_repository_is_not_the_gates(project: Project) -> None:
    """What cannot be understood ends the command before it looks at the reports' places."""
    folder = project.folder / "scangate-report"
    folder.mkdir()
    (folder / "scangate.env").write_text("GATE_PINNED_IMAGE=forged\n")

    ended = project.run({"include": [project.include(CLEAN)]}, SCANGATE_INPUT_TIMEOUT="soon")

    assert ended.codes == (2,), ended.log
    assert not project.artifact("scangate.env").exists()


def test_the_deploy_job_gets_the_judged_digest(project: Project) -> None:
    ended = project.run(deploying(project, CLEAN))

    assert (ended.code, ended.codes) == (0, ()), ended.log
    assert f"deploying {project.dotenv()['GATE_PINNED_IMAGE']}" in ended.log


def test_nothing_is_deployed_without_a_pass_even_where_the_job_may_fail(project: Project) -> None:
    """A job of the same name overrides what the component says, as docs/gitlab.md tells."""
    allowed = {"scangate": {"allow_failure": {"exit_codes": [1]}}}

    ended = project.run({**deploying(project, BAD), **allowed})

    assert ended.code == 1, ended.log
    assert "WARN" in ended.log
    assert "the gate handed on no image" in ended.log


def deploying(project: Project, inputs: Mapping[str, object]) -> dict[str, Any]:
    """Return a pipeline that deploys what the gate hands on."""
    deploy = {
        "stage": "deploy",
        "needs": ["scangate"],
        "script": ['echo "deploying ${GATE_PINNED_IMAGE:?the gate handed on no image}"'],
    }
    return {"stages": ["test", "deploy"], "include": [project.include(inputs)], "deploy": deploy}


def test_the_job_has_the_name_stage_and_rules_that_are_asked_for(project: Project) -> None:
    asked = {"job-name": "gate: app", "stage": "verify", "rules": [{"if": "$GATED"}]}
    pipeline = {
        "stages": ["verify"],
        "include": [project.include({**BAD, **asked})],
        "other": {"stage": "verify", "script": ["true"]},
    }

    without = project.run(pipeline)
    gated = project.run(pipeline, GATED="yes")

    assert (without.code, without.codes) == (0, ()), without.log
    assert (gated.code, gated.codes) == (1, (1,)), gated.log
    assert "gate: app starting shell (verify)" in gated.log
