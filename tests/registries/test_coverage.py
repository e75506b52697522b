"""Whether a push starts a scan."""

import pytest

from scangate.emulator import Reply
from scangate.errors import BadResponse
from tests.transport.serving import bad

from .asking import IMAGE, REGISTRY, ROOT, client, requests, told


def policy(*prefixes: str, disabled: bool = False, rule_disabled: bool = False) -> object:
    rule = {"repositoryPrefixes": list(prefixes), "disabled": rule_disabled}
    return {"id": "p", "rules": {"pushRule": rule}, "disabled": disabled}


COVERED = {
    "everything": policy("*"),
    "everything, with a slash": policy("*/"),
    "no prefixes": {"rules": {"pushRule": {}}},
    "the repository": policy("team/app"),
    "the repository and its registry": policy(f"{REGISTRY}/team/app"),
    "a repository above": policy("team"),
    "a repository above, with a slash": policy("team/"),
    "the registry": policy(REGISTRY),
    "one of several": policy("other", "team", "third"),
    "unknown fields": {"rules": {"pushRule": {"new": 1}, "scheduleRules": [{}]}, "new": {}},
}
NOT_COVERED = {
    "an empty policy": {},
    "no rules": {"rules": {}},
    "a schedule only": {"rules": {"scheduleRules": [{"repositoryPrefixes": ["*"]}]}},
    "another repository": policy("other"),
    "the beginning of the name": policy("tea"),
    "the beginning of the last part": policy("team/ap"),
    "a longer name": policy("team/app2"),
    "a repository below": policy("team/app/below"),
    "the last part": policy("app"),
    "capitals": policy("Team"),
    "another registry": policy("crp000000000000other/team"),
    "a glob": policy("team/*"),
    "nothing": policy(""),
    "a slash": policy("/"),
    "the policy is disabled": policy("*", disabled=True),
    "the rule is disabled": policy("*", rule_disabled=True),
}


@pytest.mark.parametrize("document", COVERED.values(), ids=COVERED)
def test_a_push_is_scanned(document: object) -> None:
    with client(told(document)) as (registry, server):
        assert registry.push_scan(IMAGE).covered
    assert [request.path for request in requests(server)] == [
        f"{ROOT}/scanPolicies/{REGISTRY}:byRegistry"
    ]


@pytest.mark.parametrize("document", NOT_COVERED.values(), ids=NOT_COVERED)
def test_a_push_is_not_scanned(document: object) -> None:
    with client(told(document)) as (registry, _):
        answer = registry.push_scan(IMAGE)
    assert not answer.covered
    assert REGISTRY in answer.why
    assert "--scan if-missing" in answer.remedy


@pytest.mark.parametrize(
    "answer",
    [
        bad(404, "Not found"),
        bad(404),
        bad(400, f"Scan policy not found for registry {REGISTRY}"),
        bad(400, "Scan policy Not Found"),
    ],
    ids=["404", "404 without a body", "400", "400 in capitals"],
)
def test_a_registry_without_a_policy(answer: Reply) -> None:
    with client(answer) as (registry, _):
        told_so = registry.push_scan(IMAGE)
    assert not told_so.covered
    assert "has no scan policy" in told_so.why
    assert f'"registryId": "{REGISTRY}"' in told_so.remedy
    assert "/container-registry/v1/scanPolicies" in told_so.remedy


@pytest.mark.parametrize(
    "answer",
    [
        bad(400, "Invalid registry ID"),
        bad(400),
        Reply(status=400, body=b"<html>policy not found</html>"),
        Reply(status=404, body=b"<html>not found</html>"),
        told({"disabled": "no"}),
    ],
    ids=["another 400", "400 without a body", "400 of a proxy", "404 of a proxy", "wrong type"],
)
def test_what_tells_nothing_about_the_policy(answer: Reply) -> None:
    with client(answer) as (registry, _), pytest.raises(BadResponse):
        registry.push_scan(IMAGE)
