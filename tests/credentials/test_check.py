"""`scangate check` with tokens that are issued, run out, and are refused while it waits."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from scangate.cli import check
from scangate.emulator import Access, Arrival, Emulator, Faults, Reply, World, load_world
from scangate.emulator.identities import Identities
from scangate.emulator.moments import SECOND
from scangate.emulator.signed import Issued

from .desk import OAUTH, SharedClock, refusal, with_key
from .keys import ACCOUNT, KeyPair, key_json

IMAGE = "cr.yandex/crp0000000000000test/app:1"
WORLD = load_world("""
registries: [{id: crp0000000000000test, scan_policy: {push: ["*"]}}]
images: [{name: crp0000000000000test/app, tags: ["1"], scans: [{appears: 1s, takes: 100s}]}]
""")
TOKENS = "/iam/v1/tokens"


def world(identities: Identities, **access: frozenset[str]) -> World:
    """A scan that takes 100 seconds; only tokens that were issued are let in."""
    return replace(WORLD, identities=identities, access=Access(accepted=frozenset(), **access))


def checked(
    served: World, environment: Mapping[str, str], *options: str, faults: Faults | None = None
) -> tuple[int, Emulator]:
    clock = SharedClock()
    with Emulator(served, clock=clock, faults=faults) as emulator:
        arguments = ["--endpoint", emulator.url, *options, IMAGE]
        code = check.run(arguments, {"YC_METADATA_ADDR": "127.0.0.1:1", **environment}, clock=clock)
    return code, emulator


def statuses(emulator: Emulator) -> list[int | None]:
    return [each.status for each in emulator.requests]


def times_asked(emulator: Emulator, path: str) -> int:
    return sum(each.path == path for each in emulator.requests)


def test_tokens_that_run_out_while_waiting_are_renewed_before_that(pair: KeyPair) -> None:
    served = world(with_key(pair, life=30 * SECOND))
    code, emulator = checked(served, {"YC_SERVICE_ACCOUNT_KEY_FILE": key_json(pair)})
    assert code == 0
    assert set(statuses(emulator)) == {200}
    # 102 seconds, in steps of 20 (30 less the margin) or a little more
    assert 4 <= times_asked(emulator, TOKENS) <= 6


def test_a_token_that_is_refused_while_waiting_is_renewed_once(pair: KeyPair) -> None:
    first: list[str] = []

    def fault(arrival: Arrival) -> Reply | None:
        header = arrival.request.headers.get("authorization", "")
        first.extend([header] if header and not first else [])
        late = arrival.request.number > 8
        return refusal(401, code=16, message="revoked") if late and header in first else None

    served = world(with_key(pair))
    environment = {"YC_SERVICE_ACCOUNT_KEY_FILE": key_json(pair)}
    code, emulator = checked(served, environment, faults=fault)
    assert code == 0
    assert statuses(emulator).count(401) == 1
    assert times_asked(emulator, TOKENS) == 2


def test_a_given_token_that_runs_out_while_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    start = int(SharedClock().time()) * SECOND
    token = Issued("someone", start + 30 * SECOND, 1).sign()
    code, emulator = checked(world(Identities()), {"YC_IAM_TOKEN": token})
    assert code == 4
    assert statuses(emulator).count(401) == 1
    told = "".join(capsys.readouterr())
    assert "invalid or has expired" in told
    assert token not in told


def test_a_source_that_is_broken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    code, emulator = checked(world(Identities()), {"YC_TOKEN": OAUTH}, "-v", "-o", f"json={report}")
    assert code == 4
    assert times_asked(emulator, TOKENS) == 1
    told = "".join(capsys.readouterr()) + report.read_text()
    assert OAUTH not in told
    error = json.loads(report.read_text())["images"][0]["error"]
    assert error["kind"] == "unauthenticated"


def test_iam_is_in_trouble(pair: KeyPair) -> None:
    def fault(arrival: Arrival) -> Reply | None:
        return refusal(503, code=14) if arrival.request.path == TOKENS else None

    environment = {"YC_SERVICE_ACCOUNT_KEY_FILE": key_json(pair)}
    code, emulator = checked(world(with_key(pair)), environment, faults=fault)
    assert code == 5
    assert {each.path for each in emulator.requests} == {TOKENS}


def test_an_account_without_a_role(pair: KeyPair) -> None:
    served = world(with_key(pair), forbidden=frozenset({ACCOUNT}))
    code, _ = checked(served, {"YC_SERVICE_ACCOUNT_KEY_FILE": key_json(pair)})
    assert code == 4


def test_the_source_is_told_and_the_token_masked(
    pair: KeyPair, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"YC_SERVICE_ACCOUNT_KEY_FILE": key_json(pair), "GITHUB_ACTIONS": "true"}
    code, emulator = checked(world(with_key(pair)), environment, "-v")
    assert code == 0
    sent = {each.request.headers.get("authorization") for each in emulator.requests} - {None}
    (header,) = sent
    assert header is not None
    token = header.removeprefix("Bearer ")
    out, err = capsys.readouterr()
    assert f"credentials: YC_SERVICE_ACCOUNT_KEY_FILE (service account {ACCOUNT}" in err
    assert err.splitlines().count(f"::add-mask::{token}") == 1
    assert token not in out + err.replace(f"::add-mask::{token}", "")


def test_the_addresses_can_be_given_one_by_one(pair: KeyPair) -> None:
    with Emulator(replace(WORLD, identities=with_key(pair)), clock=SharedClock()) as iam:
        environment = {"YC_SERVICE_ACCOUNT_KEY_FILE": key_json(pair)}
        code, emulator = checked(world(Identities()), environment, "--iam-endpoint", iam.url)
        assert [each.path for each in iam.requests] == [TOKENS]
    assert code == 0
    assert times_asked(emulator, TOKENS) == 0
