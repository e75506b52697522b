"""The job that people paste today and the gate, in the same situations."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scangate.emulator import Emulator, load_world
from tests.end_to_end.incumbent.situations import RULE, SITUATIONS, TAG, Situation, markdown
from tests.running import TOKEN, Gate

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
REGISTRY = "crp0000000000000test"
NAME = f"{REGISTRY}/app"
each_situation = pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: each.name)


@pytest.fixture
def tools() -> None:
    missing = [name for name in ("bash", "jq") if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"in CI this must not be skipped: install {', '.join(missing)}")
    if missing:
        pytest.skip(f"the usual job needs {', '.join(missing)}")


def write_answers(situation: Situation, folder: Path) -> None:
    """What `yc` prints: its JSON has snake_case names, numbers as texts and no zeros."""
    if situation.denied:
        return
    listed = [{"id": "crp0app", "name": NAME, "tags": situation.tags}]
    scanned = {
        "id": "che0scan",
        "image_id": "crp0app",
        "scanned_at": "2026-11-22T10:00:00.424Z",
        "status": situation.status,
        "vulnerabilities": {word: str(number) for word, number in situation.counts.items()},
    }
    (folder / "list.json").write_text(json.dumps(listed))
    (folder / "scan.json").write_text(json.dumps(scanned))


@each_situation
def test_the_job(situation: Situation, tools: None, tmp_path: Path) -> None:
    write_answers(situation, tmp_path)

    done = subprocess.run(
        ["bash", "-eo", "pipefail", HERE / "job.sh"],
        env={
            "PATH": f"{HERE / 'bin'}:{os.environ['PATH']}",
            "ANSWERS": str(tmp_path),
            "REGISTRY_ID": REGISTRY,
            "TAG": TAG,
        },
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    says_clean = "no high or critical vulnerabilities" in done.stdout
    assert (done.returncode, says_clean) == (situation.job, situation.job == 0)


@pytest.fixture
def served(situation: Situation) -> Iterator[Emulator]:
    rows = [
        {"severity": word.upper(), "name": "CVE-1", "package": "p", "repeat": number}
        for word, number in situation.counts.items()
    ]
    scan = {"finished": "-1m", "ends": situation.status, "vulnerabilities": rows}
    world = {
        "registries": [{"id": REGISTRY}],
        "images": [{"name": NAME, "tags": situation.tags, "scans": [scan]}],
        "access": {"forbidden": [TOKEN] if situation.denied else []},
    }
    with Emulator(load_world(json.dumps(world))) as emulator:
        yield emulator


@each_situation
def test_the_gate(
    situation: Situation, served: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = Gate(served, capsys).check(*RULE, f"cr.yandex/{NAME}:{TAG}")

    assert ended.code == situation.gate
    assert f"exit code {situation.gate}" in ended.out
    if situation.denied:
        assert "the role container-registry.images.scanner is missing" in ended.out


def test_the_readme_shows_the_table() -> None:
    assert markdown() in (ROOT / "README.md").read_text(encoding="utf-8")
