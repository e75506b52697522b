"""The whole command over Cloud Registry: what it judges, and what the report says of it."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scangate.emulator import Emulator, load_world
from tests.running import Ended, Gate

DIGEST = "sha256:" + "a" * 64
WORLD = f"""
registries: [{{id: crp0000000000000test}}]
images:
  - {{name: crp0000000000000test/app, tags: [amd], digest: "{DIGEST}", scans: [{{finished: -1h}}]}}
  - name: crp0000000000000test/app
    tags: [arm]
    digest: "sha256:{"b" * 64}"
    scans: [{{finished: -1h, vulnerabilities: [{{severity: CRITICAL, name: CVE-1, package: p}}]}}]
  - name: crp0000000000000test/app
    tags: [both]
    index:
      - {{platform: linux/amd64, digest: "{DIGEST}"}}
      - {{platform: linux/arm64, digest: "sha256:{"b" * 64}"}}
      - {{platform: unknown/unknown, digest: "sha256:{"c" * 64}"}}
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(load_world(WORLD)) as emulator:
        yield emulator


def check(gate: Gate, tag: str, *more: str) -> Ended:
    image = f"cr.yandex/crp0000000000000test/app:{tag}"
    return gate.check("--api", "cloud-registry", "-o", "json=r.json", *more, image)


def report() -> dict[str, object]:
    told: dict[str, object] = json.loads(Path("r.json").read_text())
    return told


@pytest.mark.parametrize(
    ("tag", "code", "verdicts"),
    [("amd", 0, ["pass"]), ("arm", 1, ["fail"]), ("both", 1, ["pass", "fail"]), ("none", 3, [])],
)
def test_a_verdict(gate: Gate, tag: str, code: int, verdicts: list[str]) -> None:
    ended = check(gate, tag, "--start-timeout", "0")
    assert ended.code == code
    told = report()
    images = told["images"]
    assert isinstance(images, list)
    assert [each["verdict"] for each in images] == (verdicts or ["error"])
    assert told["api"] == "cloud-registry"
    assert told["endpoint"] == gate.emulator.url


def test_verbose_tells_what_was_asked(gate: Gate) -> None:
    ended = check(gate, "both", "-v")
    assert re.search(r"cr\.yandex/\S+/app:both: sha256:\w+, known to cloud-registry", ended.err)
    assert re.search(r"sha256:c{64} is an attestation", ended.err)
    assert "gRPC" in ended.err


def test_without_the_extra_it_is_a_usage_error(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)
    before = len(gate.emulator.requests)
    ended = check(gate, "amd")
    assert ended.code == 2
    assert "pip install 'scangate[cloud-registry]'" in ended.err
    assert not Path("r.json").exists()
    assert len(gate.emulator.requests) == before


def test_it_ends_as_a_process_of_its_own(gate: Gate) -> None:
    arguments = ("--api", "cloud-registry", "cr.yandex/crp0000000000000test/app:amd")
    ended = gate.finish(*arguments)
    assert ended.code == 0
    assert ended.err.count("\n") <= 2  # gRPC adds no lines of its own
