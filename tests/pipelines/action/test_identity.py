"""Workload identity federation, as far as a job sees it: no secret, and only who is asked for."""

from collections.abc import Iterator, Mapping

import pytest

from scangate.emulator import Emulator, load_world
from tests.running import WORLD, image

from .runs import Runner
from .test_verdicts import assert_passed, assert_stopped

ACCOUNT = "aje0000000000000test"
REQUEST_TOKEN = "request-token-of-the-job"
IDENTITIES = f"""
identities:
  github: {{token: {REQUEST_TOKEN}, repository: acme/shop}}
  federated:
    - account: {ACCOUNT}
      audience: https://github.com/acme
      subject: repo:acme/shop:ref:refs/heads/main
"""


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(load_world(WORLD + IDENTITIES)) as emulator:
        yield emulator


def job(cloud: Emulator) -> Mapping[str, str]:
    """What GitHub gives to a job with `id-token: write`."""
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{cloud.url}/actions/idtoken?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
    }


def inputs(cloud: Emulator, account: str) -> Mapping[str, str]:
    return {
        "image": image("clean"),
        "policy": "default",
        "endpoint": cloud.url,
        "service-account-id": account,
    }


def test_a_service_account_that_trusts_the_repository(runner: Runner, cloud: Emulator) -> None:
    ran = runner.run(inputs(cloud, ACCOUNT), variables=job(cloud))

    assert_passed(ran)


def test_a_service_account_that_does_not(runner: Runner, cloud: Emulator) -> None:
    ran = runner.run(inputs(cloud, "aje00000000000other0"), variables=job(cloud))

    assert_stopped(ran, verdict="error", code=4)
    assert "repo:acme/shop:ref:refs/heads/main" in ran.log


def test_a_job_without_the_permission(runner: Runner, cloud: Emulator) -> None:
    ran = runner.run(inputs(cloud, ACCOUNT))

    assert_stopped(ran, verdict="error", code=4)
    assert "id-token: write" in ran.log
