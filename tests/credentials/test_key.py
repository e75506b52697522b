"""Authorized keys: the emulator verifies each JWT with the public half."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from scangate.clouds import CLOUDS
from scangate.credentials.jwt import read_claims
from scangate.secret import Secret

from .desk import SharedClock, at, desk, echo, issued, refusal, with_key
from .keys import ACCOUNT, EXTRA_LINE, KEY_ID, KeyPair, camel_json, key_json

VARIABLE = "YC_SERVICE_ACCOUNT_KEY_FILE"
PKCS8 = PrivateFormat.PKCS8
NOW_SECONDS = int(SharedClock().time())

SPELLINGS: dict[str, Callable[[KeyPair], str]] = {
    "as the cloud writes it": key_json,
    "camel case": camel_json,
    "without the extra line": lambda pair: key_json(pair, private_key=pair.private),
    "indented": lambda pair: "\n  " + json.dumps(json.loads(key_json(pair)), indent=2) + "\n",
    "pkcs1": lambda pair: key_json(pair, private_key=traditional(pair)),
    "crlf": lambda pair: key_json(pair, private_key=pair.private.replace("\n", "\r\n")),
}


def traditional(pair: KeyPair) -> str:
    form = PrivateFormat.TraditionalOpenSSL
    return pair.key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("as_file", [False, True], ids=["json", "path"])
def test_every_spelling(
    spell: Callable[[KeyPair], str], as_file: bool, pair: KeyPair, tmp_path: Path
) -> None:
    text = spell(pair)
    if as_file:
        path = tmp_path / "key.json"
        path.write_text(text)
        path.chmod(0o600)
        text = str(path)
    with desk(with_key(pair)) as here:
        found = here.find({VARIABLE: text})
        assert issued(found).account == ACCOUNT
        assert found.source == f"{VARIABLE} (service account {ACCOUNT}, key {KEY_ID})"
        assert str(found.expires) == "2026-11-22T22:00:00Z"
        assert here.said == []


def jwt_of(pair: KeyPair, **where: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims that were sent."""
    with desk(with_key(pair), faults=at("/iam/v1/tokens", refusal(401)), **where) as here:
        here.fails({VARIABLE: key_json(pair)})
        (exchange,) = here.emulator.requests
    body = json.loads(exchange.request.body)
    assert body.keys() == {"jwt"}
    head = Secret(f".{body['jwt'].split('.')[0]}.")
    return dict(read_claims(head)), dict(read_claims(Secret(body["jwt"])))


def test_the_jwt(pair: KeyPair) -> None:
    header, claims = jwt_of(pair)
    assert header == {"typ": "JWT", "alg": "PS256", "kid": KEY_ID}
    assert claims == {
        "iss": ACCOUNT,
        "aud": "https://iam.api.cloud.yandex.net/iam/v1/tokens",
        "iat": NOW_SECONDS - 10,
        "exp": NOW_SECONDS - 10 + 3600,
    }


@pytest.mark.parametrize("name", CLOUDS)
def test_the_audience_is_the_iam_of_the_cloud(name: str, pair: KeyPair) -> None:
    _, claims = jwt_of(pair, cloud=name)
    assert claims["aud"] == f"https://iam.{CLOUDS[name].base}/iam/v1/tokens"


def test_a_key_of_another_cloud_is_refused(pair: KeyPair) -> None:
    with desk(with_key(pair), cloud="yandex-kz") as here:
        error = here.fails({VARIABLE: key_json(pair)}, secrets=[pair.private])
    assert "aud is not https://iam.api.cloud.yandex.net/iam/v1/tokens" in error.message
    assert "yandex-kz" in error.hint


def test_the_signature_has_to_be_that_of_the_key(pair: KeyPair, other_pair: KeyPair) -> None:
    with desk(with_key(pair)) as here:
        error = here.fails({VARIABLE: key_json(other_pair)}, secrets=[other_pair.private])
    assert "the signature is wrong" in error.message


def test_a_deleted_key(pair: KeyPair) -> None:
    with desk() as here:
        error = here.fails({VARIABLE: key_json(pair)}, secrets=[pair.private])
    assert "the key is unknown" in error.message
    assert "was the key deleted" in error.hint


class AheadClock(SharedClock):
    """A machine whose clock is that much ahead; the emulator's is right."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.ahead = seconds

    def time(self) -> float:
        return super().time() - self.ahead


@pytest.mark.parametrize(("ahead", "accepted"), [(9, True), (60, False), (-60, True)])
def test_a_clock_that_is_wrong(ahead: float, accepted: bool, pair: KeyPair) -> None:
    with desk(with_key(pair), clock=AheadClock(ahead)) as here:
        if accepted:
            # What counts is how long it is good for, whatever this machine takes for now
            assert str(here.find({VARIABLE: key_json(pair)}).expires) == "2026-11-22T22:00:00Z"
        else:
            assert "clock right?" in here.fails({VARIABLE: key_json(pair)}).hint


def test_renewal_signs_again(pair: KeyPair) -> None:
    with desk(with_key(pair)) as here:
        found = here.find({VARIABLE: key_json(pair)})
        here.clock.elapsed = 5 * 3600
        assert found.again is not None
        assert str(found.again().expires) == "2026-11-23T03:00:00Z"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read(mode: int, pair: KeyPair, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(key_json(pair))
    path.chmod(mode)
    with desk(with_key(pair)) as here:
        here.find({VARIABLE: str(path)})
        assert here.said == [
            f"warning: others can read the private key that {VARIABLE} names: chmod 600"
        ]


def ec_pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PKCS8, NoEncryption()).decode()


def short_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return key.private_bytes(Encoding.PEM, PKCS8, NoEncryption()).decode()


def encrypted(pair: KeyPair) -> str:
    form = BestAvailableEncryption(b"password")
    return pair.key.private_bytes(Encoding.PEM, PKCS8, form).decode()


def cut(pair: KeyPair) -> str:
    return EXTRA_LINE + pair.private[:400] + "\n-----END PRIVATE KEY-----\n"


GARBLED: dict[str, tuple[Callable[[KeyPair], str], str]] = {
    "not json": (lambda pair: '{"private_key": "' + pair.private, "it is not JSON"),
    "truncated": (lambda pair: key_json(pair)[:-50], "it is not JSON"),
    "no object": (lambda pair: "{} []", "it is not JSON"),
    "pem as the variable": (lambda pair: pair.private, "cannot be read"),
    "no id": (lambda pair: key_json(pair, id=None), "id is missing"),
    "empty id": (lambda pair: key_json(pair, id=""), "id is missing"),
    "no account": (lambda pair: key_json(pair, service_account_id=None), "service_account_id is"),
    "no key": (lambda pair: key_json(pair, private_key=None), "private_key is missing"),
    "key is a list": (lambda pair: key_json(pair, private_key=[pair.private]), "private_key is"),
    "no pem": (lambda pair: key_json(pair, private_key="c2VjcmV0IHNlY3JldA"), "is not PEM"),
    "cut": (lambda pair: key_json(pair, private_key=cut(pair)), "no private key in PEM"),
    "public": (lambda pair: key_json(pair, private_key=pair.public), "no private key in PEM"),
    "encrypted": (lambda pair: key_json(pair, private_key=encrypted(pair)), "or is encrypted"),
    "elliptic": (lambda pair: key_json(pair, private_key=ec_pem()), "is not an RSA key"),
}


@pytest.mark.parametrize(("spell", "why"), GARBLED.values(), ids=GARBLED)
@pytest.mark.parametrize("as_file", [False, True], ids=["json", "path"])
def test_a_garbled_key(
    spell: Callable[[KeyPair], str], why: str, as_file: bool, pair: KeyPair, tmp_path: Path
) -> None:
    text = given = spell(pair)
    if as_file:
        path = tmp_path / "key.json"
        path.write_text(text)
        given = str(path)
        why = "it is not JSON" if text == pair.private else why
    lines = [line for line in pair.private.splitlines() if len(line) > 30]
    with desk(with_key(pair)) as here:
        error = here.fails({VARIABLE: given}, secrets=[pair.private, *lines, "c2VjcmV0IHNlY3JldA"])
        assert here.asked == []
    assert why in error.message
    assert error.message.startswith((VARIABLE, f"the file that {VARIABLE} names"))


def test_no_such_file() -> None:
    with desk() as here:
        error = here.fails({VARIABLE: "/nowhere/key.json"})
    assert error.message == f"the file that {VARIABLE} names cannot be read: " + os.strerror(2)
    assert "yc iam key create" in error.hint


@pytest.mark.parametrize("value", ["/nowhere\0/key.json", "x" * 5000])
def test_what_is_no_path_is_not_told(value: str) -> None:
    with desk() as here:
        here.fails({VARIABLE: value}, secrets=[value])


def test_a_refusal_that_repeats_the_request(pair: KeyPair) -> None:
    with desk(with_key(pair), faults=echo) as here:
        here.fails({VARIABLE: key_json(pair)}, secrets=[pair.private])
        (exchange,) = here.emulator.requests
        here.fails({VARIABLE: key_json(pair)}, secrets=[json.loads(exchange.request.body)["jwt"]])


def test_without_cryptography(pair: KeyPair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cryptography.exceptions", None)
    with desk(with_key(pair)) as here:
        error = here.fails({VARIABLE: key_json(pair)}, secrets=[pair.private])
    assert "needs the package cryptography" in error.message
    assert error.hint == "python -m pip install cryptography"
