"""How often the service is asked, and on how many connections."""

from dataclasses import replace

import pytest

from scangate.emulator import Arrival, Emulator, Reply, load_world

from .running import REGISTRY, Gate, Outcome

COUNTS_ONLY = "version: 1\nthresholds: {critical: 0, high: 5, undefined: 3}\n"
TABLE = {"table": "table.txt"}
WORLD = load_world(f"""
registries: [{{id: {REGISTRY}}}]
images:
  - {{name: {REGISTRY}/app, id: app, tags: [1], digest: "sha256:{"a" * 64}",
     scans: [{{id: s, finished: -1h, vulnerabilities: [{{severity: LOW, package: zlib}}]}}]}}
  - {{name: {REGISTRY}/slow, id: slow, tags: [1], digest: "sha256:{"b" * 64}",
     scans: [{{id: t, finished: -1h, vulnerabilities: [{{severity: LOW, package: zlib}}]}}]}}
  - {{name: {REGISTRY}/clean, id: clean, tags: [1], scans: [{{finished: -1h}}]}}
""")


def check(gate: Gate, emulator: Emulator, reference: str, *options: str) -> Outcome:
    policy = gate.folder / "counts.yaml"
    policy.write_text(COUNTS_ONLY)
    image = f"cr.yandex/{REGISTRY}/{reference}"
    arguments = ("--endpoint", emulator.url, "-p", str(policy), *options, image)
    return gate.check(*arguments, formats=TABLE)


def asked(emulator: Emulator) -> list[str]:
    return [exchange.path.rpartition("/")[2] for exchange in emulator.requests]


def connections(emulator: Emulator) -> set[int]:
    return {exchange.connection for exchange in emulator.requests}


@pytest.mark.parametrize("rest", [":1", f"@sha256:{'a' * 64}"], ids=["tag", "digest"])
def test_counts_alone_take_two_requests_on_one_connection(gate: Gate, rest: str) -> None:
    with gate.emulator(world=WORLD, speed=1) as emulator:
        assert check(gate, emulator, f"app{rest}").code == 0
    assert (asked(emulator), connections(emulator)) == (["images", "scans"], {1})


@pytest.mark.parametrize("polls", [1, 2, 4])
@pytest.mark.parametrize("rest", [":1", f"@sha256:{'b' * 64}"], ids=["tag", "digest"])
def test_each_poll_is_one_more(gate: Gate, rest: str, polls: int) -> None:
    """And after a wait a tag is looked up again."""
    running = [polls]

    def faults(arrival: Arrival) -> Reply | None:
        if not arrival.request.path.endswith("/scans") or running[0] == 0:
            return None
        running[0] -= 1
        body = arrival.usual().body.replace(b"READY", b"RUNNING")
        return replace(arrival.usual(), body=body)

    with gate.emulator(faults, world=WORLD) as emulator:
        assert check(gate, emulator, f"slow{rest}").code == 0
    expected = ["images", *["scans"] * (polls + 1)]
    assert asked(emulator) == (expected if "@" in rest else [*expected, "images"])
    assert connections(emulator) == {1}


def test_a_clean_result_is_proven_by_its_list(gate: Gate) -> None:
    with gate.emulator(world=WORLD, speed=1) as emulator:
        assert check(gate, emulator, "clean:1").code == 0
    assert [text.partition(":")[2] for text in asked(emulator)] == ["", "", "listVulnerabilities"]
    assert connections(emulator) == {1}
