"""Workload identity federation: GitHub's ID token and GitLab's, exchanged."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest

from scangate.emulator import Arrival, Reply
from scangate.emulator.signed import issue_id_token
from scangate.errors import BadResponse, Unauthenticated, Unavailable
from scangate.secret import Secret

from .desk import (
    AUDIENCE,
    GITLAB,
    IDENTITIES,
    JSON,
    REQUEST_TOKEN,
    SHORT,
    SUBJECT,
    Desk,
    SharedClock,
    at,
    desk,
    echo,
    issued,
    refusal,
)
from .keys import ACCOUNT

EXCHANGE = "/oauth/token"
ID_TOKENS = "/actions/idtoken"
NOW_SECONDS = int(SharedClock().time())


def github(here: Desk, **changes: str) -> Mapping[str, str]:
    """What GitHub Actions gives to a job with id-token: write."""
    return {
        "YC_SERVICE_ACCOUNT_ID": ACCOUNT,
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY_OWNER": "acme",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{here.emulator.url}{ID_TOKENS}?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
        **changes,
    }


def gitlab(**claims: Any) -> Mapping[str, str]:
    """What a GitLab job has whose `id_tokens` name SCANGATE_ID_TOKEN."""
    usual = {
        "iss": GITLAB.issuer,
        "aud": GITLAB.audience,
        "sub": GITLAB.subject,
        "exp": NOW_SECONDS + 60,
    }
    token = issue_id_token({**usual, **claims})
    return {"YC_SERVICE_ACCOUNT_ID": ACCOUNT, "GITLAB_CI": "true", "SCANGATE_ID_TOKEN": token}


def test_github() -> None:
    with desk() as here:
        found = here.find(github(here))
        assert issued(found).account == ACCOUNT
        assert str(found.expires) == "2026-11-22T22:00:00Z"
        assert here.asked == [f"GET {ID_TOKENS}", f"POST {EXCHANGE}"]
        asked, exchanged = (each.request for each in here.emulator.requests)
    assert found.source == (
        f"workload identity federation (GitHub Actions, service account {ACCOUNT})"
    )
    assert asked.query == "api-version=2.0&audience=https%3A%2F%2Fgithub.com%2Facme"
    form = parse_qs(exchanged.body.decode())
    assert form["audience"] == [ACCOUNT]
    assert here.masked == form["subject_token"]
    assert "authorization" not in exchanged.headers


def test_the_audience_on_another_server_of_github() -> None:
    with desk() as here:
        here.fails(github(here, GITHUB_SERVER_URL="https://github.acme.example"))
        assert "audience=https%3A%2F%2Fgithub.acme.example%2Facme" in (
            here.emulator.requests[0].request.query
        )


def test_without_an_owner_the_audience_is_githubs_default() -> None:
    with desk() as here:
        url = f"{here.emulator.url}{ID_TOKENS}"
        found = here.find(
            github(here, GITHUB_REPOSITORY_OWNER="", ACTIONS_ID_TOKEN_REQUEST_URL=url)
        )
        assert issued(found).account == ACCOUNT
        assert here.emulator.requests[0].request.query == ""


def test_gitlab() -> None:
    with desk() as here:
        found = here.find(gitlab())
        assert issued(found).account == ACCOUNT
        assert here.asked == [f"POST {EXCHANGE}"]
    assert "SCANGATE_ID_TOKEN" in found.source


def test_what_is_given_on_purpose_comes_before_what_github_gives() -> None:
    with desk() as here:
        found = here.find({**github(here), **gitlab()})
        assert "SCANGATE_ID_TOKEN" in found.source


def test_renewal_asks_for_another_id_token() -> None:
    with desk() as here:
        found = here.find(github(here))
        here.clock.elapsed = 3600
        assert found.again is not None
        assert issued(found.again()).expires > issued(found).expires
        assert here.asked.count(f"GET {ID_TOKENS}") == 2


@pytest.mark.parametrize(
    ("system", "says", "silent"),
    [
        ("GITHUB_ACTIONS", "permissions: id-token: write", "id_tokens:"),
        ("GITLAB_CI", "id_tokens: SCANGATE_ID_TOKEN: aud:", "permissions:"),
    ],
)
def test_the_job_has_no_id_token(system: str, says: str, silent: str) -> None:
    with desk() as here:
        error = here.fails({"YC_SERVICE_ACCOUNT_ID": ACCOUNT, system: "true"})
        assert here.asked == []
    for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "SCANGATE_ID_TOKEN"):
        assert name in error.message
    assert says in error.hint
    assert silent not in error.hint


def test_no_job_at_all() -> None:
    with desk() as here:
        error = here.fails({"YC_SERVICE_ACCOUNT_ID": ACCOUNT})
    assert "permissions: id-token: write" in error.hint
    assert "id_tokens: SCANGATE_ID_TOKEN" in error.hint


@pytest.mark.parametrize("missing", ["URL", "TOKEN"])
def test_half_of_what_github_gives(missing: str) -> None:
    with desk() as here:
        error = here.fails(github(here, **{f"ACTIONS_ID_TOKEN_REQUEST_{missing}": ""}))
    assert "permissions: id-token: write" in error.hint


UNSAFE = ["http://ci.example/token", "file:///etc/passwd", "https://user:pass@ci.example/", "x"]


@pytest.mark.parametrize("url", UNSAFE)
def test_the_request_token_is_not_sent_in_the_clear(url: str) -> None:
    with desk() as here:
        environment = github(here, ACTIONS_ID_TOKEN_REQUEST_URL=url)
        error = here.fails(environment, secrets=[REQUEST_TOKEN])
        assert error.message.startswith("ACTIONS_ID_TOKEN_REQUEST_URL: ")
        assert here.asked == []


GITHUB_ANSWERS: dict[str, tuple[Reply, type[Exception], str]] = {
    "403": (refusal(403, message="Forbidden"), Unauthenticated, "answered 403: Forbidden"),
    "401": (refusal(401), Unauthenticated, "answered 401"),
    "404": (refusal(404), Unauthenticated, "answered 404"),
    "500": (refusal(500, message="oops"), Unavailable, "answered 500: oops"),
    "no value": (refusal(200, count=0), BadResponse, "missing required field `value`"),
    "no text": (refusal(200, value=None), BadResponse, "cannot be read"),
    "empty": (refusal(200, value=""), BadResponse, "it is empty"),
    "html": (Reply(body=b"<p>", headers={"Content-Type": "text/html"}), BadResponse, "text/html"),
    "not json": (Reply(body=b"{", headers=JSON), BadResponse, "cannot be read"),
}


@pytest.mark.parametrize(("reply", "kind", "why"), GITHUB_ANSWERS.values(), ids=GITHUB_ANSWERS)
def test_what_github_may_answer(reply: Reply, kind: Any, why: str) -> None:
    with desk(faults=at(ID_TOKENS, reply)) as here:
        error = here.fails(github(here), secrets=[REQUEST_TOKEN], kind=kind)
    assert error.message.startswith("the ID token of GitHub Actions: ")
    assert why in error.message
    if kind is Unauthenticated:
        assert "permissions: id-token: write" in error.hint


def test_a_request_token_that_is_refused() -> None:
    with desk() as here:
        other = "another-request-token"
        environment = github(here, ACTIONS_ID_TOKEN_REQUEST_TOKEN=other)
        assert "answered 401" in here.fails(environment, secrets=[other]).message


NOT_FEDERATED: dict[str, dict[str, Any]] = {
    "subject": {"sub": "project_path:acme/shop:ref_type:branch:ref:other"},
    "audience": {"aud": "https://gitlab.com/acme/other"},
    "issuer": {"iss": "https://gitlab.example"},
}


@pytest.mark.parametrize("claims", NOT_FEDERATED.values(), ids=NOT_FEDERATED)
def test_a_job_that_is_not_federated_is_told_who_it_is(claims: dict[str, Any]) -> None:
    environment = gitlab(**claims)
    with desk() as here:
        error = here.fails(environment, secrets=[environment["SCANGATE_ID_TOKEN"]])
    assert "invalid_grant no federated credential matches" in error.message
    assert next(iter(claims.values())) in error.hint


def test_an_id_token_that_has_expired() -> None:
    with desk() as here:
        error = here.fails(gitlab(exp=NOW_SECONDS))
    assert "invalid_grant the subject token has expired" in error.message


def test_an_id_token_of_nobody() -> None:
    secret = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
    with desk() as here:
        error = here.fails({**gitlab(), "SCANGATE_ID_TOKEN": secret}, secrets=[secret])
    assert "the subject token's signature is wrong" in error.message
    assert "sub x" in error.hint


@pytest.mark.parametrize("secret", ["not-a-jwt", "a.b.c", "a.e30.c", "a.W10.c", "ы.ы.ы"])
def test_an_id_token_that_cannot_be_read(secret: str) -> None:
    with desk() as here:
        here.fails({**gitlab(), "SCANGATE_ID_TOKEN": secret})


EXCHANGE_ANSWERS: dict[str, tuple[Reply, type[Exception], str]] = {
    "description": (
        refusal(400, error="invalid_target", error_description="no such account"),
        Unauthenticated,
        "answered 400: invalid_target no such account",
    ),
    "error alone": (refusal(401, error="invalid_client"), Unauthenticated, "401: invalid_client"),
    "status": (refusal(403, code=7, message="Denied"), Unauthenticated, "answered 403: Denied"),
    "odd error": (refusal(400, error={"a": 1}), Unauthenticated, "answered 400"),
    "503": (refusal(503), Unavailable, "answered 503"),
    "no token": (refusal(200, expires_in=1), BadResponse, "field `access_token`"),
    "200 with an error": (refusal(200, error="x"), BadResponse, "field `access_token`"),
    "no number": (refusal(200, access_token="a", expires_in="soon"), BadResponse, "expires_in"),
    "negative": (refusal(200, access_token="a", expires_in=-1), BadResponse, "expires_in"),
    "huge": (refusal(200, access_token="a", expires_in=1e300), BadResponse, "expires_in"),
    "odd": (refusal(200, access_token="a b", expires_in=1), BadResponse, "blanks or odd"),
}


@pytest.mark.parametrize(("reply", "kind", "why"), EXCHANGE_ANSWERS.values(), ids=EXCHANGE_ANSWERS)
def test_what_the_exchange_may_answer(reply: Reply, kind: Any, why: str) -> None:
    environment = gitlab()
    with desk(faults=at(EXCHANGE, reply)) as here:
        error = here.fails(environment, secrets=[environment["SCANGATE_ID_TOKEN"]], kind=kind)
    assert error.message.startswith("workload identity federation (the ID token of SCANGATE_ID_TO")
    assert why in error.message


@pytest.mark.parametrize(
    ("told", "expires"),
    [(60, "2026-11-22T10:01:00Z"), ("60", "2026-11-22T10:01:00Z"), (None, "None")],
)
def test_when_the_token_runs_out(told: object, expires: str) -> None:
    with desk(faults=at(EXCHANGE, refusal(200, access_token="t1.a.b", expires_in=told))) as here:
        assert str(here.find(gitlab()).expires) == expires


def test_a_refusal_that_repeats_the_request() -> None:
    environment = gitlab()
    with desk(faults=echo) as here:
        here.fails(environment, secrets=[environment["SCANGATE_ID_TOKEN"]])
        here.fails(github(here), secrets=[REQUEST_TOKEN])


def test_githubs_id_token_is_a_secret_too() -> None:
    def fault(arrival: Arrival) -> Reply | None:
        return echo(arrival) if arrival.request.path == EXCHANGE else None

    with desk(faults=fault) as here:
        error = here.fails(github(here))
        (secret,) = here.masked
    assert secret not in error.message + error.hint
    assert SUBJECT in error.hint
    assert AUDIENCE in error.hint


def test_another_cloud_has_no_known_exchange() -> None:
    with desk(cloud="yandex-kz", base=None) as here:
        error = here.fails(gitlab())
        assert here.asked == []
    assert "yandex-kz" in error.message
    assert error.hint == "say so with --token-exchange-endpoint URL"


def test_the_exchange_of_another_cloud_can_be_given() -> None:
    with desk() as here:
        url = f"{here.emulator.url}{EXCHANGE}"
        with desk(cloud="yandex-kz", base=None, token_exchange=url) as other:
            assert issued(other.find(gitlab())).account == ACCOUNT
        assert here.asked == [f"POST {EXCHANGE}"]


def test_the_limit_is_one_for_all_requests() -> None:
    def late(_secret: Secret) -> None:
        here.clock.elapsed += here.limits.request

    with desk() as here:
        error = here.fails(github(here), kind=Unavailable, mask=late)
        assert here.asked == [f"GET {ID_TOKENS}"]
    assert error.message.endswith(": there was no token in time")


def test_trouble_ends_at_the_limit() -> None:
    with desk(IDENTITIES, faults=at(EXCHANGE, refusal(502)), limits=SHORT) as here:
        here.fails(gitlab(), kind=Unavailable)
        assert here.clock.elapsed <= SHORT.request


@pytest.mark.parametrize(
    "name",
    [
        "YC_SERVICE_ACCOUNT_ID",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "GITHUB_REPOSITORY_OWNER",
        "GITHUB_SERVER_URL",
    ],
)
def test_bytes_that_are_no_text(name: str) -> None:
    with desk() as here:
        given = github(here)
        error = here.fails({**given, name: given.get(name, "") + "\udcff"})
        assert here.asked == []
    assert error.message == f"{name} is not UTF-8"
