"""`scangate demo`: the whole gate without an account or a network."""

import json
import time
from pathlib import Path

import pytest

from tests.running import Ended, Gate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def test_the_demo_shows_all_it_promises(gate: Gate, folder: Path) -> None:
    began = time.monotonic()
    Path("scangate.yaml").write_text("version: 1\nthresholds: {critical: 1000}\n")  # no matter
    environment = {"SCANGATE_POLICY": "permissive", "SCANGATE_OUTPUT": "json"}
    ended = gate.run("demo", "--output-dir", str(folder), environment=environment)

    assert ended.code == 0
    assert time.monotonic() - began < 15
    _tells_three_images(ended)
    report = json.loads((folder / "report.json").read_text())
    assert [each["verdict"] for each in report["images"]] == ["pass", "fail", "pass"]
    assert report["images"][2]["scan"]["waitedSeconds"] > 0
    assert report["policy"]["source"] == "built-in default"
    assert (folder / "junit.xml").read_text().count("<testsuite ") == 3


def _tells_three_images(ended: Ended) -> None:
    assert ended.out.splitlines()[-1] == "FAIL  3 images (1 fail, 2 pass), exit code 1"
    assert "waiting " in ended.err
    assert "check gave exit code 1: the policy is violated, so a pipeline would stop" in ended.err
    assert "scangate check cr.yandex/<registry-id>/<name>@sha256:<digest>" in ended.err


def test_reports_that_cannot_be_written_are_2(gate: Gate) -> None:
    Path("file").write_text("")

    assert gate.run("demo", "--output-dir", "file").code == 2
    assert gate.run("demo", "--output-dir", "").code == 2


def test_it_takes_no_image(gate: Gate) -> None:
    """A pipeline that runs `demo` where it means `check` must not go green."""
    assert gate.run("demo", "cr.yandex/crp0/app:1").code == 2
