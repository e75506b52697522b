"""What a job sees of each way that the gate can end."""

import json
from collections.abc import Mapping

import pytest

from tests.running import FORBIDDEN, TOKEN, image

from .runs import Ran, Runner

Usual = Mapping[str, str]
REPORTS = {"junit.xml", "scangate.sarif", "scangate.md"}
DECLARED = {
    *("verdict", "exit-code", "image-digest", "pinned-image", "pinned-images", "report-json"),
    *("critical", "high", "medium", "low", "negligible", "undefined", "total"),
}


def assert_passed(ran: Ran) -> None:
    assert ran.succeeded
    assert ran.deployed
    assert (ran.outcome, ran.outputs["verdict"], ran.outputs["exit-code"]) == (
        "success",
        "pass",
        "0",
    )


def assert_stopped(ran: Ran, *, verdict: str, code: int) -> None:
    assert not ran.succeeded
    assert not ran.deployed
    assert (ran.outcome, ran.outputs["verdict"], ran.outputs["exit-code"]) == (
        "failure",
        verdict,
        str(code),
    )
    assert ran.outputs["pinned-image"] == ran.outputs["pinned-images"] == ""


def test_a_pass(runner: Runner, usual: Usual) -> None:
    ran = runner.run({**usual, "image": image("clean")})

    assert_passed(ran)
    assert set(ran.outputs) == DECLARED
    assert ran.outputs["pinned-image"] == ran.report["images"][0]["pinned"]
    assert ran.outputs["image-digest"] == ran.outputs["pinned-image"].partition("@")[2]
    assert (ran.outputs["critical"], ran.outputs["total"]) == ("0", "0")
    assert {path.name for path in (ran.workspace / "scangate-report").iterdir()} == REPORTS


def test_a_violation(runner: Runner, usual: Usual) -> None:
    ran = runner.run({**usual, "image": image("bad")})

    assert_stopped(ran, verdict="fail", code=1)
    assert (ran.outputs["critical"], ran.outputs["high"], ran.outputs["total"]) == ("1", "1", "2")
    assert ran.report["exitCode"] == 1
    assert "max-critical: 1 found, 0 allowed" in ran.log
    assert {path.name for path in (ran.workspace / "scangate-report").iterdir()} == REPORTS


@pytest.mark.parametrize(("name", "told"), [("clean", "PASS: 1 image"), ("bad", "FAIL: 1 image")])
def test_the_summary_comes_by_itself(runner: Runner, usual: Usual, name: str, told: str) -> None:
    runner.keep_summary()

    assert told in runner.run({**usual, "image": image(name)}).summary


@pytest.mark.parametrize(
    ("name", "token", "code", "verdict"),
    [
        pytest.param("clean", FORBIDDEN, 4, "error", id="permission denied"),
        pytest.param("never-scanned", TOKEN, 3, "error", id="no scan"),
        pytest.param("failed", TOKEN, 3, "error", id="a scan that failed"),
        pytest.param("broken", TOKEN, 5, "error", id="an answer that cannot be read"),
    ],
)
def test_no_verdict(
    runner: Runner, usual: Usual, name: str, token: str, code: int, verdict: str
) -> None:
    ran = runner.run({**usual, "image": image(name), "token": token, "timeout": "2s"})

    assert_stopped(ran, verdict=verdict, code=code)
    assert ran.report["exitCode"] == code


def test_several_images_are_all_judged(runner: Runner, usual: Usual) -> None:
    ran = runner.run({**usual, "image": f"{image('clean')}\n{image('bad')}\n{image('medium')}\n"})

    assert_stopped(ran, verdict="fail", code=1)
    assert [each["verdict"] for each in ran.report["images"]] == ["pass", "fail", "pass"]


def test_several_images_that_pass(runner: Runner, usual: Usual) -> None:
    ran = runner.run({**usual, "image": f"{image('clean')}\n{image('medium')}"})

    assert_passed(ran)
    pinned = [each["pinned"] for each in ran.report["images"]]
    assert json.loads(ran.outputs["pinned-images"]) == pinned


def test_an_image_id(runner: Runner, usual: Usual) -> None:
    assert_passed(runner.run({**usual, "image-id": "crp00000000000clean"}))


@pytest.mark.parametrize(("name", "passes"), [("clean", True), ("bad", False)])
def test_a_manifest(runner: Runner, usual: Usual, name: str, passes: bool) -> None:
    pod = {"containers": [{"name": "app", "image": image(name)}]}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app"}, "spec": pod}
    runner.write("deploy/app.yaml", json.dumps(manifest))
    ran = runner.run({**usual, "manifest": "deploy/app.yaml"})

    if passes:
        assert_passed(ran)
    else:
        assert_stopped(ran, verdict="fail", code=1)
    assert [each["reference"] for each in ran.report["images"]] == [image(name)]


def test_a_manifest_that_is_not_there(runner: Runner, usual: Usual) -> None:
    assert_stopped(runner.run({**usual, "manifest": "none.yaml"}), verdict="error", code=2)


def test_warn_only(runner: Runner, usual: Usual) -> None:
    ran = runner.run({**usual, "image": image("bad"), "warn-only": "true"})

    assert ran.succeeded
    assert (ran.outputs["exit-code"], ran.report["mode"]) == ("0", "warn-only")


def test_a_policy_and_reports_of_the_repository(runner: Runner, usual: Usual) -> None:
    runner.write("gate/policy.yaml", "version: 1\nthresholds: {medium: 0}\n")
    ran = runner.run(
        {
            **usual,
            "image": image("medium"),
            "policy": "gate/policy.yaml",
            "report": "json=out/report.json\nhtml=out/report.html\n",
        }
    )

    assert_stopped(ran, verdict="fail", code=1)
    assert ran.outputs["report-json"].endswith("/out/report.json")
    assert {path.name for path in (ran.workspace / "out").iterdir()} == {
        "report.json",
        "report.html",
    }
    assert not (ran.workspace / "scangate-report").exists()


def test_the_token_shows_nowhere(runner: Runner, usual: Usual) -> None:
    ran = runner.run({**usual, "image": image("bad")})

    told = [line for line in ran.log.splitlines() if "add-mask" not in line]
    assert TOKEN not in "\n".join(told)
    for path in (*ran.kept.rglob("*.json"), *ran.workspace.glob("scangate-report/*")):
        assert TOKEN not in path.read_text(encoding="utf-8")
