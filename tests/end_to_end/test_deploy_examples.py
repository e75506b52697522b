"""The deploy scripts of the examples, run as they are; only kubectl is another program."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.test_manifests import DIGEST, REGISTRY, pod
from tests.running import ENVIRONMENT, Ended, Gate, image

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "deploy"
APPLIED = Path("applied.yaml")


def run(gate: Gate, script: str, manifest: str, *, paths: Mapping[str, str]) -> Ended:
    folder = Path("bin")
    folder.mkdir()
    for name, text in paths.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    ended = subprocess.run(
        [EXAMPLES / script, "--policy", "default"],
        input=manifest,
        env={**ENVIRONMENT, "PATH": f"{folder.absolute()}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr)


@pytest.fixture
def paths(gate: Gate) -> Mapping[str, str]:
    arguments = f'-m scangate check --endpoint {gate.emulator.url} "$@"'
    return {
        "scangate": f"shift; exec {sys.executable} {arguments}",
        "kubectl": f'[ "$1 $2" = "apply -f" ] && cat "$3" > {APPLIED.absolute()}',
    }


def test_kubectl_applies_what_was_judged(gate: Gate, paths: Mapping[str, str]) -> None:
    ended = run(gate, "kubectl.sh", pod(image("clean")), paths=paths)

    assert (ended.code, ended.out) == (0, "")
    assert DIGEST.sub("#", APPLIED.read_text()) == pod(f"{REGISTRY}/clean@#")


@pytest.mark.parametrize(("name", "code"), [("bad", 1), ("failed", 3), ("broken", 5)])
def test_kubectl_is_not_started_without_a_pass(
    gate: Gate, paths: Mapping[str, str], name: str, code: int
) -> None:
    assert run(gate, "kubectl.sh", pod(image(name)), paths=paths).code == code
    assert not APPLIED.exists()


@pytest.mark.parametrize(("name", "code"), [("clean", 0), ("bad", 1)])
def test_the_post_renderer_writes_what_helm_may_deploy(
    gate: Gate, paths: Mapping[str, str], name: str, code: int
) -> None:
    ended = run(gate, "scangate-post-render", pod(image(name)), paths=paths)

    assert ended.code == code
    assert DIGEST.sub("#", ended.out) == (pod(f"{REGISTRY}/{name}@#") if code == 0 else "")
