"""How much is asked of the service: two requests when counts are enough, one more per look."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scangate.cli import check
from scangate.emulator import Emulator, load_world
from scangate.wait import pause
from tests.end_to_end.clock import SharedClock
from tests.running import ENVIRONMENT

REPOSITORY = "crp0000000000000test/app"
DIGEST = "sha256:" + "a" * 64
WORLD = f"""
registries: [{{id: crp0000000000000test, scan_policy: {{push: ["*"]}}}}]
images:
  - name: {REPOSITORY}
    digest: {DIGEST}
    tags: ["1"]
    scans: [%s]
"""
MEDIUM = "vulnerabilities: [{severity: MEDIUM, name: CVE-1, package: p}]"
IMAGES = ("GET", "/container-registry/v1/images")
SCANS = ("GET", "/container-registry/v1/scans")


@contextmanager
def served(scan: str) -> Iterator[tuple[Emulator, SharedClock]]:
    clock = SharedClock()
    with Emulator(load_world(WORLD % scan), clock=clock) as emulator:
        yield emulator, clock


def run(emulator: Emulator, clock: SharedClock, *arguments: str) -> int:
    whole = ("--endpoint", emulator.url, "--fail-on", "critical", *arguments)
    return check.run(whole, ENVIRONMENT, clock=clock)


def asked(emulator: Emulator) -> list[tuple[str, str]]:
    assert {exchange.connection for exchange in emulator.requests} <= {1}
    return [(exchange.method, exchange.path) for exchange in emulator.requests]


@pytest.mark.parametrize("reference", ["@" + DIGEST, ":1", ":1@" + DIGEST])
@pytest.mark.parametrize("output", ["table", "json", "junit"])
def test_counts_take_two_requests_on_one_connection(
    reference: str, output: str, tmp_path: Path
) -> None:
    with served(f"{{finished: -1h, {MEDIUM}}}") as (emulator, clock):
        code = run(emulator, clock, "-o", f"{output}={tmp_path / output}", image(reference))

    assert (code, asked(emulator)) == (0, [IMAGES, SCANS])
    assert clock.elapsed == 0


def image(reference: str) -> str:
    return f"cr.yandex/{REPOSITORY}{reference}"


@pytest.mark.parametrize("seconds", [1, 2, 5, 30, 90])
def test_every_look_is_one_request_more(seconds: int) -> None:
    with served(f"{{finished: {seconds}s, takes: 2m, {MEDIUM}}}") as (emulator, clock):
        code = run(emulator, clock, image("@" + DIGEST))

    looks, waited = 0, 0.0
    while waited < seconds:
        waited += pause(waited)
        looks += 1
    assert (code, asked(emulator)) == (0, [IMAGES, SCANS, *[SCANS] * looks])
    assert clock.elapsed == waited


def test_after_a_wait_a_tag_is_looked_up_again() -> None:
    with served(f"{{finished: 1s, takes: 2m, {MEDIUM}}}") as (emulator, clock):
        code = run(emulator, clock, image(":1"))

    assert (code, asked(emulator)) == (0, [IMAGES, SCANS, SCANS, IMAGES])


def test_a_result_without_counts_is_clean_only_if_its_list_is() -> None:
    with served("{id: scan-1, finished: -1h}") as (emulator, clock):
        code = run(emulator, clock, image("@" + DIGEST))

    rows = ("GET", "/container-registry/v1/scans/scan-1:listVulnerabilities")
    assert (code, asked(emulator)) == (0, [IMAGES, SCANS, rows])


def test_a_hundred_images_share_their_connections() -> None:
    with served(f"{{finished: -1h, {MEDIUM}}}") as (emulator, clock):
        assert run(emulator, clock, *[image("@" + DIGEST)] * 100) == 0

    assert len(emulator.requests) == 200
    assert len({exchange.connection for exchange in emulator.requests}) <= 8
