"""Ctrl-C and SIGTERM in an audit: what is known so far is told, and it is never a pass."""

import json
import signal
import threading
from pathlib import Path

import pytest

from scangate.emulator import Arrival, Emulator, load_world
from tests.running import finished, start

REGISTRY = "crp0000000000000test"
SCAN = "scans: [{finished: -1h, vulnerabilities: [{severity: LOW, name: CVE-1, package: p}]}]"
WORLD = load_world(f"""
registries: [{{id: {REGISTRY}}}]
images:
  - {{name: {REGISTRY}/known, {SCAN}}}
  - {{name: {REGISTRY}/slow, {SCAN}}}
""")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_what_is_known(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    reached, over = threading.Event(), threading.Event()
    seen: list[str] = []

    def faults(arrival: Arrival) -> None:
        if arrival.request.path.endswith("/scans"):
            seen.append(arrival.request.query)
            if len(seen) == 2:
                reached.set()
                over.wait(20)

    report = tmp_path / "report.json"
    with Emulator(WORLD, faults=faults) as emulator:
        options = ("--endpoint", emulator.url, "--fail-on", "high", "--concurrency", "1")
        target = f"cr.yandex/{REGISTRY}"
        process = start("audit", *options, "-o", f"json={report}", target)
        assert reached.wait(20)
        process.send_signal(number)
        ended = finished(process)
        over.set()

    document = json.loads(report.read_text())
    assert ended.code == document["exitCode"] == code
    assert sorted(each["verdict"] for each in document["images"]) == ["error", "pass"]
    assert [each["error"]["kind"] for each in document["unknown"]] == ["interrupted"]
