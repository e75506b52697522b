"""The table of scan histories, through the gate and over Cloud Registry's REST and gRPC.

The same worlds are held to the same table over Container Registry in `tests.end_to_end`.
"""

import dataclasses
import itertools
import json
from collections.abc import Iterator

import pytest
from yandex.cloud.cloudregistry.v1 import scanner_pb2

from scangate.clouds import CLOUDS, endpoints
from scangate.emulator import Arrival, Behaviour, Emulator, Reply, World
from scangate.emulator.behaviour import Clean, FailedOperation, Lists, Nodes, Nothing, Paths
from scangate.emulator.world import Tag
from scangate.gate import Plan, ScanWhen
from scangate.model import Value
from scangate.pipeline import Judging, judge
from scangate.reference import ImageReference
from scangate.registries import open_registry
from scangate.transport import Transport
from scangate.wait import Deadline
from tests import fakes
from tests.end_to_end.clock import SharedClock
from tests.end_to_end.test_histories import (
    FOREIGN_STARTS,
    NUMBERS,
    hides,
    image_of,
    world_of,
)
from tests.histories import HISTORIES, Row
from tests.registries.cloud_registry.asking import SERVICE
from tests.transport.serving import Tokens

NO_RESPONSE = "operation=no response"
SETTINGS = {
    "as-is": Behaviour(),
    "clean=empty": Behaviour(clean_vulnerabilities=Clean.EMPTY),
    "clean=zeros": Behaviour(clean_vulnerabilities=Clean.ZEROS),
    "never scanned=404": Behaviour(never_scanned_list=Nothing.NOT_FOUND),
    "running has time": Behaviour(running_has_time=True),
    "failed has no time": Behaviour(failed_has_time=False),
    "operation=response": Behaviour(failed_operation=FailedOperation.RESPONSE),
    NO_RESPONSE: Behaviour(scan_response=False),
    "operation=error before done": Behaviour(error_before_done=True),
    "nodes=tags, whole paths": Behaviour(artifact_nodes=Nodes.TAGS, artifact_path=Paths.WHOLE),
    "nodes=digests, short lists": Behaviour(
        artifact_nodes=Nodes.DIGESTS, listed_artifacts=Lists.DIGEST
    ),
}
STARTED = tuple(row for row in HISTORIES if row.started)
ROWS = {name: STARTED if name.startswith("operation") else HISTORIES for name in SETTINGS}
IMAGES = {image_of(row, Behaviour()).artifact_id: row for row in HISTORIES}


def foreign_answers(arrival: Arrival) -> Reply | None:
    """A started scan that is told as the table has it: of another image, or as another scan."""
    if arrival.request.path != f"{SERVICE}/Get":
        return None
    usual = arrival.usual()
    if usual.status != 200:
        return usual
    message = scanner_pb2.ScanResult.FromString(usual.body)
    told = FOREIGN_STARTS.get(f"image-{NUMBERS[IMAGES[message.artifact_id].name]}")
    if told is not None and told.image == "other":
        message.artifact_id = "another"
    elif told is not None:
        message.id = told.id
    return dataclasses.replace(usual, body=message.SerializeToString())


class Served(Value, frozen=True):
    """The table as a registry, under one setting."""

    emulator: Emulator
    clock: SharedClock
    behaviour: Behaviour

    def judge(self, row: Row) -> tuple[int, str, str | None]:
        """Judge the row's image; return the exit code, the kind of the error and the scan."""
        self.clock.elapsed = 0.0
        scan = {"max_age": row.max_age, "on_failed": row.on_failed, "on_running": row.on_running}
        policy = fakes.policy(f"thresholds: {{critical: 0}}\nscan: {json.dumps(scan)}")
        plan = Plan(
            scan_when=ScanWhen(row.when),
            start_timeout=row.start_timeout,
        )
        image = image_of(row, self.behaviour)
        deadline = Deadline.after(row.timeout, self.clock)
        where = endpoints(CLOUDS["yandex"], base=self.emulator.url, registry=None)
        transport = Transport(Tokens(), clock=self.clock, log=lambda line: None)
        registry = open_registry(
            "cr.yandex", transport.within(deadline), where, api="cloud-registry"
        )
        [outcome] = judge(
            ImageReference.parse(f"cr.yandex/{image.name}@{image.digest}"),
            registry,
            Judging(policy=policy, plan=plan, clock=self.clock),
            deadline=deadline,
            watch=fakes.unwatched,
        )
        assert self.clock.elapsed <= row.timeout
        kind = outcome.failure.kind if outcome.failure else ""
        return outcome.exit_code, kind, self._scan(row, outcome.scan.id if outcome.scan else None)

    def _scan(self, row: Row, scan: str | None) -> str | None:
        """The table's name of a scan; one that was started has no ID until it is told."""
        image = f"image-{NUMBERS[row.name]}"
        started = [each.scan.id for each in self.emulator.scans_started if each.image_id == image]
        if scan is None or (scan == "" and not started):
            return scan
        is_started = scan == "" or scan in started
        return "started" if is_started else scan.removeprefix(f"{NUMBERS[row.name]}-")


def tagged(world: World) -> World:
    """Where artifacts are named by tags alone, an image without any is not to be found."""
    images = (dataclasses.replace(image, tags=(Tag("1"),)) for image in world.images)
    return dataclasses.replace(world, images=tuple(images))


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    behaviour, clock = SETTINGS[request.param], SharedClock()
    with Emulator(tagged(world_of(behaviour)), clock=clock, faults=foreign_answers) as emulator:
        yield Served(emulator=emulator, clock=clock, behaviour=behaviour)


@pytest.mark.parametrize(
    ("name", "served"),
    [(name, name) for name in SETTINGS],
    indirect=["served"],
    ids=list(SETTINGS),
)
def test_every_history(name: str, served: Served) -> None:
    wrong = {}
    for row in ROWS[name]:
        if name == NO_RESPONSE and f"image-{NUMBERS[row.name]}" in FOREIGN_STARTS:
            continue  # nothing names the result that was started, so nothing contradicts it
        got = served.judge(row)
        hidden = hides(served.behaviour, row)
        if hidden and row.at_the_nanosecond:
            continue  # what is cut off decides such a row, so nothing is left of it
        right = got[0] == row.code or (row.code == 0 and hidden)
        if not right or (not hidden and got != (row.code, row.kind, row.scan)):
            wrong[row.name] = got
    assert wrong == {}


def test_the_table_is_not_empty() -> None:
    assert min(map(len, ROWS.values())) > 15
    assert len(set(itertools.chain(*ROWS.values()))) == len(HISTORIES)
