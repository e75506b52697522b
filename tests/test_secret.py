"""Secrets are not printed, and what is printed nevertheless is removed."""

import base64
import copy
import json
import logging
import pickle
import traceback
import urllib.parse

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate import secret as module
from scangate.secret import MASK, Secret, redact

TOKEN = "aK9-plain/secret+with=odd_chars~0123456789.xyzXYZ"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
IAM = f"t1.{'9euelZqOzI' * 3}.{'Ab0-_' * 17}Q=="


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> Secret:
    """The one secret that is known; those of a test are forgotten after it."""
    monkeypatch.setattr(module, "_known", {})
    monkeypatch.setattr(module, "_pieces", {})
    return Secret(TOKEN)


def test_a_secret_is_told_to_who_asks_for_it(secret: Secret) -> None:
    assert secret.reveal() == TOKEN


@pytest.mark.parametrize(
    "show",
    [
        *(str, repr, ascii, format, lambda it: f"{it}", lambda it: f"{it!r:>60}", "%s".__mod__),
        *(lambda it: str([it]), lambda it: str({"a": it}), lambda it: f"{it:x<50}"),
        lambda it: str(RuntimeError(it)),
        lambda it: "".join(traceback.format_exception(RuntimeError(it))),
        lambda it: logging.LogRecord("x", 1, "x", 1, "%s %r", (it, it), None).getMessage(),
    ],
)
def test_a_secret_shows_itself_as_a_mask(show, secret: Secret) -> None:  # type: ignore[no-untyped-def]  # anything that formats
    text = show(secret)
    assert MASK in text
    assert TOKEN[:8] not in text


@pytest.mark.parametrize(
    "store",
    [pickle.dumps, json.dumps, msgspec.json.encode, copy.copy, copy.deepcopy, vars, bytes, list],
)
def test_a_secret_is_not_stored(store, secret: Secret) -> None:  # type: ignore[no-untyped-def]  # anything that stores
    with pytest.raises(TypeError):
        store(secret)


def test_equal_secrets_are_equal() -> None:
    assert Secret("one-secret") == Secret("one-secret") != Secret("another-secret")
    assert len({Secret("one-secret"), Secret("one-secret")}) == 1
    assert Secret("one-secret") != "one-secret"


def base64_of(text: str, *, lead: int = 0) -> str:
    return base64.b64encode(b"user:x"[:lead] + text.encode() + b":rest").decode()


ENCODED = {
    "plain": TOKEN,
    "JSON": json.dumps(TOKEN),
    "Python": repr(TOKEN),
    "URL": urllib.parse.quote(TOKEN, safe=""),
    "URL with slashes": urllib.parse.quote(TOKEN),
    "URL in lower case": urllib.parse.quote(TOKEN, safe="").replace("%2F", "%2f"),
    "form": urllib.parse.urlencode({"token": TOKEN}),
    **{f"base64 after {lead}": base64_of(TOKEN, lead=lead) for lead in range(6)},
    "URL base64": base64.urlsafe_b64encode(TOKEN.encode()).decode(),
    "base64 without padding": base64.b64encode(TOKEN.encode()).decode().rstrip("="),
    "JWT payload": base64.urlsafe_b64encode(json.dumps({"token": TOKEN}).encode()).decode(),
}


@pytest.mark.parametrize("text", ENCODED.values(), ids=ENCODED)
def test_a_secret_is_removed_in_every_encoding(text: str) -> None:
    left = redact(f"before {text} after")
    assert MASK in left
    assert left.startswith("before ")
    assert left.endswith(" after")
    longest = max(left.split(MASK), key=len)
    assert not [text[at : at + 16] for at in range(len(text) - 15) if text[at : at + 16] in longest]


@pytest.mark.parametrize(
    "odd", ['quo"te\\back', "new\nline", "üñî-çødé", "a<b&c>'d'", "tab\tand space"]
)
def test_odd_secrets_are_removed_too(odd: str) -> None:
    text = f"{odd}-{odd}"
    Secret(text)
    for form in (text, json.dumps(text), repr(text), urllib.parse.quote(text), base64_of(text)):
        assert text[:8] not in redact(form)
        assert MASK in redact(form)


@given(st.integers(0, len(TOKEN)), st.integers(0, len(TOKEN)))
def test_of_a_secret_that_was_cut_little_is_left(start: int, end: int) -> None:
    left = redact(f"<{TOKEN[start:end]}>")
    assert all(len(part) < 16 for part in left.strip("<>").split(MASK))


def test_a_secret_that_was_broken_into_lines() -> None:
    lines = "\n".join(TOKEN[at : at + 20] for at in range(0, len(TOKEN), 20))
    assert all(len(part) < 16 for part in redact(lines).split(MASK))


@pytest.mark.parametrize("text", ["", "abc", "1234567", "a" * 7])
def test_what_is_too_short_is_no_secret(text: str) -> None:
    Secret(text)
    assert redact("abc 1234567 aaaaaaa") == "abc 1234567 aaaaaaa"


def test_a_dull_secret_does_not_take_other_text_with_it() -> None:
    Secret("0" * 40)
    Secret('{"service_account_id": "ajexxxxxxxxxxxxxxxxx", "key": "x"}')
    text = f'sha256:{"0" * 30} {{"service_account_id": "aje", "private": "x"}}'
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        IAM,
        IAM.replace("Q==", "Q"),
        "eyJhbGciOiJQUzI1NiJ9.eyJpc3MiOiJhamUifQ.c2lnbmF0dXJl",
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhamUifQ.",
        "y0_AgAAAAABCDEFGHIJKLMNOPQRSTUVWXYZ",
        PEM,
        PEM.replace("PRIVATE", "RSA PRIVATE"),
        PEM[:60],
    ],
    ids=["IAM", "IAM without padding", "JWT", "JWT unsigned", "OAuth", "PEM", "RSA", "cut PEM"],
)
def test_what_looks_like_a_secret_is_removed_unseen(text: str) -> None:
    assert redact(f"a {text} b").startswith(f"a {MASK}")
    assert "MII" not in redact(text)
    assert text[5:25] not in redact(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("http://user:word@proxy:3128/x", f"http://{MASK}@proxy:3128/x"),
        ("https://token@host", f"https://{MASK}@host"),
        ("Failed to parse: http://u:p@[bad", f"Failed to parse: http://{MASK}@[bad"),
    ],
)
def test_the_user_of_an_address_is_removed(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cr.yandex/crp0/app:1.4@sha256:" + "ab" * 32,
        "https://container-registry.api.cloud.yandex.net/container-registry/v1/images?a=b@c",
        "security@example.com",
        "t1 is the first token; eyJ begins a JWT; y0_ an OAuth token",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text())
def test_removing_twice_is_removing_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(st.text(st.characters(), min_size=8, max_size=60))
def test_any_text_can_be_a_secret(text: str) -> None:
    Secret(text)
    assert text not in redact(f"<{text}>") or text in MASK


@pytest.mark.parametrize(
    "text", ["not text \udcff\udc80 of an environment", "\ud800 lone surrogate"]
)
def test_what_is_no_text_can_be_a_secret(text: str) -> None:
    assert text not in redact(f"a {Secret(text).reveal()} b")


@pytest.mark.parametrize(
    "text",
    ["eyJ" * 300_000, "t1." * 300_000, "://" * 300_000, "-----BEGIN " * 100_000, "y0_" * 300_000],
)
def test_a_hostile_text_takes_linear_time(text: str) -> None:
    redact(text)  # quadratic, this would take hours
