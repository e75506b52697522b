"""One image, judged by its counts, near and far from the registry: two requests over TLS."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import certificate, serving, worlds
from benchmarks.calling import BY_COUNTS, TOKEN, check, write_policy
from benchmarks.certificate import HOST, Files
from benchmarks.distance import Door
from benchmarks.measuring import Command, Runs, run, take_turns
from benchmarks.results import Goal, Section

ROUND_TRIPS = (0, 20, 40, 80)
"""Milliseconds that are added."""

FLOOR, REQUESTS, SDK, CURL, OURS = "floor", "requests", "SDK stubs", "curl and jq", "scangate"

_CONTENDERS = Path(__file__).parent / "contenders"
_METHOD = """\
Two calls of the API, so that an image passes by its counts: `images` of its repository (31 of
them), and `scans` of the image. `scangate check` with a policy of two thresholds stands beside a
shell script of curl and jq, a script on the stubs of the official SDK (gRPC), a script with
`requests`, and the floor: http.client in a bare interpreter (`python -I -S`), both requests on one
connection. All over TLS 1.3 on loopback; the round trip is added to every exchange, that of the
TCP handshake included. Seconds of the whole command."""


def measure(*, rounds: int) -> Section:
    """Time all contenders at every distance."""
    with tempfile.TemporaryDirectory() as folder:
        files = certificate.write(Path(folder))
        policy = write_policy(folder, BY_COUNTS)
        with (
            serving.registry(worlds.one_image, files) as registry,
            serving.doors(_doors(registry, files)) as ports,
        ):
            measured = {
                milliseconds: take_turns(
                    list(_commands(ports, milliseconds, files, policy)), rounds=rounds
                )
                for milliseconds in ROUND_TRIPS
            }
            requests = _requests(registry, ports, files, policy)
    return Section(
        title="One image over TLS",
        method=_METHOD + _missing(),
        columns=("added round trip", *_heads(measured[0])),
        rows=[_row(milliseconds, runs) for milliseconds, runs in measured.items()],
        goals=[*_goals(measured), Goal("one image, requests", requests, 2, "")],
    )


def _doors(registry: serving.Served, files: Files) -> Mapping[str, Door]:
    doors = {"rest 0": Door(registry.port, files=files), "grpc 0": Door(registry.grpc)}
    for milliseconds in ROUND_TRIPS[1:]:
        doors[f"rest {milliseconds}"] = Door("rest 0", milliseconds / 1000)
        doors[f"grpc {milliseconds}"] = Door(registry.grpc, milliseconds / 1000)
    return doors


def _commands(
    ports: Mapping[str, int], milliseconds: int, files: Files, policy: Path
) -> Iterator[Command]:
    url = f"https://{HOST}:{ports[f'rest {milliseconds}']}"
    grpc = f"{HOST}:{ports[f'grpc {milliseconds}']}"
    authority = str(files.certificate)
    image = (worlds.REPOSITORY, worlds.TAG)
    trusting = {**TOKEN, "REQUESTS_CA_BUNDLE": authority}
    python = sys.executable
    yield Command(FLOOR, (python, "-I", "-S", _script("floor.py"), url, *image, authority), TOKEN)
    yield Command(REQUESTS, (python, _script("with_requests.py"), url, *image), trusting)
    yield Command(SDK, (python, _script("with_sdk.py"), grpc, *image, authority), TOKEN)
    if not _absent():
        yield Command(CURL, ("sh", _script("with_curl.sh"), url, *image, authority), TOKEN)
    yield Command(OURS, check(url, policy), trusting)


def _requests(
    registry: serving.Served, ports: Mapping[str, int], files: Files, policy: Path
) -> int:
    """Count what scangate asks; how many the others make is written in their scripts."""
    *_, ours = _commands(ports, 0, files, policy)
    registry.requests()
    run(ours)
    return registry.requests()


def _script(name: str) -> str:
    return str(_CONTENDERS / name)


def _absent() -> Sequence[str]:
    return [name for name in ("curl", "jq") if shutil.which(name) is None]


def _missing() -> str:
    absent = " and ".join(_absent())
    return f" Not on this machine, so left out: {absent}." if absent else ""


def _heads(runs: Mapping[str, Runs]) -> Iterator[str]:
    for name in runs:
        yield name
    for name in runs:
        if name != OURS:
            yield f"{OURS} / {name}"


def _row(milliseconds: int, runs: Mapping[str, Runs]) -> Sequence[str]:
    ours = runs[OURS]
    return [
        f"{milliseconds} ms",
        *(f"{each.seconds:.3f} s" for each in runs.values()),
        *(f"{ours.ratio(each):.2f} ×" for each in runs.values() if each is not ours),
    ]


def _goals(measured: Mapping[int, Mapping[str, Runs]]) -> Iterator[Goal]:
    near = measured[0]
    yield _goal("on loopback, beside `requests`", near, REQUESTS, 1.6)
    yield _goal("on loopback, beside the SDK's stubs", near, SDK, 0.8)
    for milliseconds in (40, 80):
        far = measured[milliseconds]
        at = f"at {milliseconds} ms of round trip, beside"
        if CURL in far:
            yield _goal(f"{at} curl and jq", far, CURL, 1.0)
        yield _goal(f"{at} the floor", far, FLOOR, 1.3)


def _goal(what: str, runs: Mapping[str, Runs], other: str, limit: float) -> Goal:
    return Goal(f"one image {what}", runs[OURS].ratio(runs[other]), limit)
