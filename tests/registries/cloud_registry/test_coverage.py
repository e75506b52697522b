"""Whether a push starts a scan, by Cloud Registry's scan policy."""

import json
from typing import Any

import pytest

from scangate.emulator import Arrival, Reply
from scangate.errors import BadResponse
from tests.registries.cloud_registry.asking import NAME, REGISTRY, A, client, world

WORLD = world(f'id: img, digest: "{A}"')


def answering(reply: Reply) -> Any:
    def faults(arrival: Arrival) -> Reply | None:
        return reply if arrival.request.path.endswith("/scanPolicy") else None

    return faults


def told(document: object) -> Reply:
    return Reply(headers={"Content-Type": "application/json"}, body=json.dumps(document).encode())


def policy(*paths: str, disabled: bool = False, rule_disabled: bool = False) -> object:
    return {
        "rules": {"pushRule": {"paths": list(paths), "disabled": rule_disabled}},
        "disabled": disabled,
    }


COVERED = [
    policy("*"),
    policy("/*"),
    policy(),
    policy("team/app"),
    policy("/team/app/"),
    policy("team"),
    policy("team/*"),
    policy(NAME),
    policy(REGISTRY),
    policy("other", "team"),
    {"rules": {"pushRule": {"new": 1}}, "scanPolicyOptions": {"scanLangPackages": True}},
]
NOT_COVERED = [
    {},
    {"rules": {}},
    {"rules": {"scheduleRules": [{"paths": ["*"]}]}},
    policy("other"),
    policy("tea"),
    policy("team/app2"),
    policy("team/app/below"),
    policy("app"),
    policy("Team"),
    policy(""),
    policy("/"),
    policy("*", disabled=True),
    policy("*", rule_disabled=True),
]


@pytest.mark.parametrize(
    ("document", "covered"),
    [*((each, True) for each in COVERED), *((each, False) for each in NOT_COVERED)],
)
def test_a_push_is_scanned_or_not(document: object, covered: bool) -> None:
    with client(WORLD, faults=answering(told(document))) as it:
        push_scan = it.registry.push_scan(it.image())
    assert push_scan.covered is covered
    assert covered or ("--scan if-missing" in push_scan.remedy and REGISTRY in push_scan.why)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404),
        Reply(status=400, body=b'{"code": 3, "message": "Scan policy not found for registry"}'),
    ],
)
def test_there_is_no_policy(reply: Reply) -> None:
    with client(WORLD, faults=answering(reply)) as it:
        push_scan = it.registry.push_scan(it.image())
    assert not push_scan.covered
    assert "yc cloud-registry registry scan-policy create" in push_scan.remedy


def test_another_complaint_is_no_absence() -> None:
    reply = Reply(status=400, body=b'{"code": 3, "message": "registryId is malformed"}')
    with client(WORLD, faults=answering(reply)) as it:
        image = it.image()
        with pytest.raises(BadResponse):
            it.registry.push_scan(image)
