"""Tokens: what proves an identity, what is issued for it, and how long it is good."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scangate.emulator import Reply, Request, World, WorldError, load_world, read_sample
from scangate.emulator.api import Api
from scangate.emulator.identities import (
    AuthorizedKey,
    FederatedCredential,
    GitHubJob,
    Identities,
)
from scangate.emulator.moments import SECOND, parse_moment
from scangate.emulator.signed import issue_id_token, read_id_token, read_token
from scangate.emulator.world import Access

from .asking import REGISTRY, START

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NOW = START // SECOND
AUDIENCE = "https://iam.api.cloud.yandex.net/iam/v1/tokens"
GITHUB = "https://token.actions.githubusercontent.com"
METADATA = "/computeMetadata/v1/instance/service-accounts/default/token"
# The shape that the page on IAM tokens gives (docs, iam/concepts/authorization)
SHAPE = re.compile(r"t1\.[A-Z0-9a-z_-]+[=]{0,2}\.[A-Z0-9a-z_-]{86}[=]{0,2}")


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


IDENTITIES = Identities(
    keys=(
        AuthorizedKey(id="key", account="account", public_key=pem(KEY)),
        AuthorizedKey(
            id="elliptic",
            account="account",
            public_key=pem(ec.generate_private_key(ec.SECP256R1())),
        ),
    ),
    oauth=frozenset({"y0_known"}),
    federated=(
        FederatedCredential(
            account="account",
            issuer=GITHUB,
            audience="https://github.com/acme",
            subject="repo:acme/shop:ref:refs/heads/main",
        ),
    ),
    github=GitHubJob(token="request-token", repository="acme/shop"),
    machine="account",
)


def ask(
    method: str,
    path: str,
    *,
    identities: Identities = IDENTITIES,
    headers: Mapping[str, str] = {},
    body: bytes = b"",
    at: str = "0s",
    number: int = 1,
    forbidden: frozenset[str] = frozenset(),
) -> Reply:
    """The answer of a world that lets in the tokens which it issued."""
    registries = load_world(f"registries: [{{id: {REGISTRY}}}]").registries
    access = Access(accepted=frozenset(), forbidden=forbidden)
    world = World(registries=registries, identities=identities, access=access)
    path, _, query = path.partition("?")
    request = Request(
        method=method, path=path, query=query, headers=headers, body=body, number=number
    )
    return Api(world=world, start=START).answer(request, now=parse_moment(at).at(START))


def answer_of(reply: Reply) -> Any:
    return json.loads(reply.body)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(header: Mapping[str, Any] = {}, *, salt: int = 32, **claims: Any) -> str:
    """A JWT as the documentation wants it, with these changes."""
    whole = {"typ": "JWT", "alg": "PS256", "kid": "key", **header}
    usual = {"iss": "account", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 3600}
    parts = (json.dumps(part).encode() for part in (whole, {**usual, **claims}))
    signed = ".".join(map(encoded, parts))
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=salt)
    return f"{signed}.{encoded(KEY.sign(signed.encode(), pss, hashes.SHA256()))}"


def create(proof: Mapping[str, object], **options: Any) -> Reply:
    return ask("POST", "/iam/v1/tokens", body=json.dumps(proof).encode(), **options)


def test_a_token_for_a_jwt() -> None:
    answer = answer_of(create({"jwt": jwt()}))
    assert answer.keys() == {"iamToken", "expiresAt"}
    assert answer["expiresAt"] == "2026-11-22T22:00:00Z"
    assert SHAPE.fullmatch(answer["iamToken"])
    token = read_token(answer["iamToken"])
    assert token is not None
    assert (token.account, token.expires) == ("account", START + 12 * 3600 * SECOND)


def test_a_token_for_an_oauth_token() -> None:
    assert read_token(answer_of(create({"yandexPassportOauthToken": "y0_known"}))["iamToken"])
    assert create({"yandexPassportOauthToken": "y0_unknown"}).status == 401


def test_each_token_is_another() -> None:
    first, second = (create({"jwt": jwt()}, number=number).body for number in (1, 2))
    assert first != second
    assert create({"jwt": jwt()}, number=1).body == first


UNPROVEN: dict[str, tuple[str, str]] = {
    "algorithm": (jwt({"alg": "RS256"}), "the algorithm must be PS256"),
    "type": (jwt({"typ": "JOSE"}), "the algorithm must be PS256"),
    "key": (jwt({"kid": "other"}), "the key is unknown"),
    "kind of key": (jwt({"kid": "elliptic"}), "the key is not an RSA key"),
    "salt": (jwt(salt=20), "the signature is wrong"),
    "changed": (jwt()[:-4] + "AAAA", "the signature is wrong"),
    "account": (jwt(iss="other"), "iss is not the service account of the key"),
    "audience": (jwt(aud="https://iam.api.yandexcloud.kz/iam/v1/tokens"), "aud is not https://iam"),
    "text for a time": (jwt(exp=str(NOW)), "iat and exp must be integers"),
    "expired": (jwt(iat=NOW - 3600, exp=NOW), "not valid at this time"),
    "not yet": (jwt(iat=NOW + 1, exp=NOW + 60), "not valid at this time"),
    "too long": (jwt(exp=NOW + 3601), "valid for more than 3600 seconds"),
    "two parts": ("a.b", "it cannot be read"),
    "not base64": ("!.!.!", "it cannot be read"),
    "not objects": ("W10.W10.c2ln", "it cannot be read"),
}


@pytest.mark.parametrize(("token", "why"), UNPROVEN.values(), ids=UNPROVEN)
def test_a_jwt_that_proves_nothing(token: str, why: str) -> None:
    reply = create({"jwt": token})
    assert (reply.status, answer_of(reply)["code"]) == (401, 16)
    assert why in answer_of(reply)["message"]


MALFORMED: dict[str, tuple[bytes, str]] = {
    "not json": (b"jwt=x", "the body is not JSON"),
    "list": (b"[]", "the body must be an object"),
    "nothing": (b"{}", "the body must be an object with one of jwt, yandexPassportOauthToken"),
    "both": (b'{"jwt": "a", "yandexPassportOauthToken": "b"}', "with one of"),
    "other": (b'{"token": "a"}', "with one of"),
    "empty": (b'{"jwt": ""}', "jwt: is required"),
    "long": (json.dumps({"jwt": "a" * 8001}).encode(), "length must be at most 8000"),
    "long oauth": (
        json.dumps({"yandexPassportOauthToken": "a" * 4001}).encode(),
        "length must be at most 4000",
    ),
}


@pytest.mark.parametrize(("body", "why"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_for_a_token(body: bytes, why: str) -> None:
    reply = ask("POST", "/iam/v1/tokens", body=body)
    assert (reply.status, answer_of(reply)["code"]) == (400, 3)
    assert why in answer_of(reply)["message"]


FORM = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
    "audience": "account",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
}
URLENCODED = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
CLAIMS = {
    "iss": GITHUB,
    "aud": "https://github.com/acme",
    "sub": "repo:acme/shop:ref:refs/heads/main",
    "exp": NOW + 60,
}


def exchange(claims: Mapping[str, object] = CLAIMS, **changes: str) -> Reply:
    form = {**FORM, "subject_token": issue_id_token(claims), **changes}
    return ask("POST", "/oauth/token", headers=URLENCODED, body=urlencode(form).encode())


def test_an_exchange() -> None:
    answer = answer_of(exchange())
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 43200)
    token = read_token(answer["access_token"])
    assert token is not None
    assert token.account == "account"


NOT_EXCHANGED: dict[str, tuple[Reply, str]] = {
    "grant": (exchange(grant_type="password"), "invalid_request"),
    "requested": (exchange(requested_token_type="x"), "invalid_request"),
    "kind of subject": (exchange(subject_token_type="x"), "invalid_request"),
    "json": (ask("POST", "/oauth/token", body=json.dumps(FORM).encode()), "invalid_request"),
    "no subject": (exchange(subject_token=""), "invalid_grant"),
    "signature": (exchange(subject_token=issue_id_token(CLAIMS)[:-4] + "AAAA"), "invalid_grant"),
    "expired": (exchange({**CLAIMS, "exp": NOW}), "invalid_grant"),
    "no expiry": (exchange({**CLAIMS, "exp": None}), "invalid_grant"),
    "issuer": (exchange({**CLAIMS, "iss": "https://gitlab.com"}), "invalid_grant"),
    "audience": (exchange({**CLAIMS, "aud": "https://github.com/other"}), "invalid_grant"),
    "subject": (exchange({**CLAIMS, "sub": "repo:acme/shop:pull_request"}), "invalid_grant"),
    "account": (exchange(audience="other"), "invalid_grant"),
}


@pytest.mark.parametrize(("reply", "error"), NOT_EXCHANGED.values(), ids=NOT_EXCHANGED)
def test_what_is_not_exchanged(reply: Reply, error: str) -> None:
    answer = answer_of(reply)
    assert (reply.status, answer["error"]) == (400, error)
    assert answer["error_description"]


def job_token(query: str = "", *, token: str = "request-token", **options: Any) -> Reply:
    headers = {"authorization": f"bearer {token}"}
    return ask("GET", f"/actions/idtoken{query}", headers=headers, **options)


@pytest.mark.parametrize(
    ("query", "audience"),
    [
        ("", "https://github.com/acme"),
        ("?api-version=2.0&audience=https%3A%2F%2Fexample.com", "https://example.com"),
    ],
)
def test_an_id_token_of_a_job(query: str, audience: str) -> None:
    answer = answer_of(job_token(query))
    claims = read_id_token(answer["value"])
    assert claims is not None
    assert claims.items() >= {**CLAIMS, "aud": audience, "exp": NOW + 300}.items()
    assert answer["count"] == len(answer["value"])


def test_a_job_without_the_permission() -> None:
    assert job_token(identities=Identities()).status == 403
    assert job_token(token="other").status == 401
    assert ask("GET", "/actions/idtoken").status == 401


def test_the_token_of_a_machine() -> None:
    answer = answer_of(ask("GET", METADATA, headers={"metadata-flavor": "Google"}))
    assert answer.keys() == {"access_token", "expires_in", "token_type"}
    assert answer["expires_in"] == 43200
    assert read_token(answer["access_token"])


def test_no_token_of_a_machine() -> None:
    assert ask("GET", METADATA).status == 403
    headers = {"metadata-flavor": "Google"}
    assert ask("GET", METADATA, headers=headers, identities=Identities()).status == 404


def images(token: str, *, at: str = "0s", forbidden: frozenset[str] = frozenset()) -> int:
    path = f"/container-registry/v1/images?registryId={REGISTRY}"
    headers = {"authorization": f"Bearer {token}"}
    return ask("GET", path, headers=headers, at=at, forbidden=forbidden).status


def test_what_was_issued_is_let_in_until_it_runs_out() -> None:
    token = answer_of(create({"jwt": jwt()}))["iamToken"]
    assert [images(token, at=at) for at in ("0s", "43199.999s", "12h", "13h")] == [
        200,
        200,
        401,
        401,
    ]
    assert images(token, forbidden=frozenset({"account"})) == 403
    assert images(token[:-4] + "AAAA") == 401
    assert images("t1.x.y") == 401


def test_the_life_of_a_token_is_the_worlds() -> None:
    answer = answer_of(create({"jwt": jwt()}, identities=IDENTITIES_OF_A_MINUTE))
    assert answer["expiresAt"] == "2026-11-22T10:01:00Z"


IDENTITIES_OF_A_MINUTE = Identities(keys=IDENTITIES.keys, life=60 * SECOND)


def test_every_key_of_a_world_is_read() -> None:
    identities = load_world(read_sample("every-key")).identities
    assert identities.life == 12 * 3600 * SECOND
    assert identities.audience == AUDIENCE
    assert identities.keys[0].public_key.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert identities.oauth == {"y0_an-oauth-token"}
    assert identities.federated[0].issuer == GITHUB
    assert identities.github is not None
    assert identities.github.ref == "refs/heads/main"
    assert identities.machine == "aje000000000account"


def test_a_world_has_no_identities_by_default() -> None:
    assert load_world("registries: []").identities == Identities()
    assert load_world("registries: []\nidentities: {}").identities == Identities()


MISTAKES = {
    "unknown": ("{key: []}", "identities.key: unknown key; is keys meant?"),
    "half a key": ("{keys: [{id: a, account: b}]}", "identities.keys[0]: the key public_key is"),
    "half a federation": ("{federated: [{account: a}]}", "federated[0]: the key audience is miss"),
    "life": ("{life: long}", "identities.life: 'long' is not a duration"),
    "oauth": ("{oauth: y0_a}", "identities.oauth: expected a list"),
    "github": ("{github: {token: a}}", "identities.github: the key repository is missing"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake(text: str, message: str) -> None:
    with pytest.raises(WorldError) as caught:
        load_world(f"registries: []\nidentities: {text}")
    assert message in str(caught.value)
