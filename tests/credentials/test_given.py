"""Tokens that are given as they are, and the OAuth token that is exchanged."""

import io
from pathlib import Path
from typing import Any

import pytest

from scangate.errors import BadResponse, Unauthenticated, Unavailable

from .desk import IDENTITIES, OAUTH, SHORT, at, desk, echo, issued, refusal

TOKENS = "/iam/v1/tokens"
GOOD_EXPIRY = "2026-11-22T22:00:00Z"


def test_a_token_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("\n  token-of-a-file \n")
    with desk() as here:
        found = here.find({}, token_file=str(path))
    assert found.token.reveal() == "token-of-a-file"
    assert (found.source, found.expires) == (f"--token-file {path}", None)


def test_a_token_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("the-first-token")
    with desk() as here:
        found = here.find({}, token_file=str(path))
    path.write_text("the-second-token")
    assert found.again is not None
    assert found.again().token.reveal() == "the-second-token"


def test_standard_input_is_read_once() -> None:
    with desk() as here:
        here.stdin = b"token-of-stdin\n"
        found = here.find({}, token_file="-")
    assert (found.token.reveal(), found.again) == ("token-of-stdin", None)


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b" \n", "it is empty"),
    "two words": (b"some words", "it has blanks or odd characters"),
    "two lines": (b"some-token\r\nX-Header: of-an-attacker", "it has blanks or odd characters"),
    "not text": (b"\xff\xfe-some-token", "it is not text"),
    "not ascii": ("жетон-жетон".encode(), "it has blanks or odd characters"),
    "oauth": (OAUTH.encode(), "holds an OAuth token"),
}


@pytest.mark.parametrize(("data", "why"), FILES.values(), ids=FILES)
def test_a_file_without_a_token(data: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(data)
    secret = data.decode(errors="replace").strip() or "nothing-to-find"
    with desk() as here:
        assert why in here.fails({}, token_file=str(path), secrets=[secret]).message
        here.stdin = data
        assert why in here.fails({}, token_file="-", secrets=[secret]).message


def test_no_such_file(tmp_path: Path) -> None:
    with desk() as here:
        error = here.fails({}, token_file=str(tmp_path / "none"))
        assert error.message.endswith("cannot be read: No such file or directory")
        assert "cannot be read" in here.fails({}, token_file=str(tmp_path)).message
        assert "cannot be read" in here.fails({}, token_file="", stdin=io.BytesIO()).message


@pytest.mark.parametrize("name", ["YC_IAM_TOKEN", "YC_TOKEN"])
def test_a_variable(name: str) -> None:
    with desk() as here:
        found = here.find({name: " t1.some.token\n"})
        assert (found.source, found.token.reveal()) == (name, "t1.some.token")
        assert (found.expires, found.again, here.asked) == (None, None, [])


@pytest.mark.parametrize("name", ["YC_IAM_TOKEN", "YC_TOKEN"])
def test_a_variable_without_a_token(name: str) -> None:
    with desk() as here:
        error = here.fails({name: "some secret"}, secrets=["some secret"])
    assert error.message == f"{name} does not hold a token: it has blanks or odd characters"


def test_an_oauth_token_in_the_place_of_another() -> None:
    with desk() as here:
        error = here.fails({"YC_IAM_TOKEN": OAUTH}, secrets=[OAUTH])
    assert error.message == "YC_IAM_TOKEN holds an OAuth token, which the registry does not accept"
    assert "YC_TOKEN" in error.hint


KINDS = {
    "y0_": ("y0_AgAAAA", True),
    "y3_": ("y3_AgAAAA", True),
    "iam": ("t1.9euelZ.sig", False),
    "another shape": ("t2.whatever", False),
    "y4_": ("y4_AgAAAA", False),
    "y0 elsewhere": ("t1.y0_.sig", False),
}


@pytest.mark.parametrize(("token", "exchanged"), KINDS.values(), ids=KINDS)
def test_what_is_exchanged(token: str, exchanged: bool) -> None:
    with desk(type(IDENTITIES)(oauth=frozenset({token}))) as here:
        here.find({"YC_TOKEN": token})
        assert here.asked == ([f"POST {TOKENS}"] if exchanged else [])


def test_an_oauth_token_is_exchanged_with_a_warning() -> None:
    with desk() as here:
        found = here.find({"YC_TOKEN": OAUTH})
        assert issued(found).account == "the-user"
        assert str(found.expires) == GOOD_EXPIRY
        (warning,) = here.said
        assert "ends its exchange in 2026" in warning
        assert found.again is not None
        assert found.again().token != found.token
        assert len(here.said) == 1


def test_an_unknown_oauth_token() -> None:
    secret = "y0_unknown-oauth-token"
    with desk() as here:
        error = here.fails({"YC_TOKEN": secret}, secrets=[secret])
    assert error.message.startswith("YC_TOKEN (an OAuth token, exchanged): POST http://127.0.0.1")
    assert "OAuth token is invalid or expired" in error.message


def test_a_refusal_that_repeats_the_request() -> None:
    with desk(faults=echo) as here:
        error = here.fails({"YC_TOKEN": OAUTH}, secrets=[OAUTH])
    assert "***" in error.message


ANSWERS: dict[str, tuple[Any, type[Exception], str]] = {
    "400": (refusal(400, code=3, message="bad token"), Unauthenticated, "bad token"),
    "401": (refusal(401, code=16, message="no"), Unauthenticated, "answered 401: no"),
    "403": (refusal(403, code=7, message="no"), Unauthenticated, "answered 403: no"),
    "404": (refusal(404, code=5, message="no"), Unauthenticated, "answered 404: no"),
    "409": (refusal(409, code=10, message="no"), Unavailable, "answered 409"),
    "503": (refusal(503, code=14, message="busy"), Unavailable, "answered 503: busy"),
    "no token": (refusal(200, expiresAt=GOOD_EXPIRY), BadResponse, "missing required field"),
    "empty token": (refusal(200, iamToken=""), BadResponse, "it is empty"),
    "a number": (refusal(200, iamToken=5), BadResponse, "cannot be read"),
    "odd token": (refusal(200, iamToken="se cret\r\nX: y"), BadResponse, "blanks or odd"),
    "a list": (refusal(200), BadResponse, "missing required field"),
}


@pytest.mark.parametrize(("reply", "kind", "why"), ANSWERS.values(), ids=ANSWERS)
def test_what_iam_may_answer(reply: Any, kind: Any, why: str) -> None:
    with desk(faults=at(TOKENS, reply)) as here:
        error = here.fails({"YC_TOKEN": OAUTH}, secrets=[OAUTH, "se cret"], kind=kind)
    assert why in error.message


def test_trouble_that_passes_is_waited_out() -> None:
    answers = [refusal(503, code=14), refusal(429, code=8)]
    with desk(faults=lambda _: answers.pop() if answers else None) as here:
        assert issued(here.find({"YC_TOKEN": OAUTH})).account == "the-user"
        assert len(here.asked) == 3


def test_trouble_that_does_not_pass_ends_at_the_limit() -> None:
    with desk(faults=at(TOKENS, refusal(503, code=14)), limits=SHORT) as here:
        here.fails({"YC_TOKEN": OAUTH}, kind=Unavailable)
        assert here.clock.elapsed <= SHORT.request


def test_nobody_at_the_address() -> None:
    with desk(iam="http://127.0.0.1:1") as here:
        error = here.fails({"YC_TOKEN": OAUTH}, kind=Unavailable, secrets=[OAUTH])
    assert "127.0.0.1:1" in error.message


EXPIRIES = {
    "nanoseconds": ("2026-11-22T11:00:00.123456789Z", "2026-11-22T11:00:00.123456Z"),
    "offset": ("2026-11-22T12:00:00+01:00", "2026-11-22T11:00:00Z"),
    "absent": (None, "None"),
    "unreadable": ("soon", "None"),
}


@pytest.mark.parametrize(("told", "expected"), EXPIRIES.values(), ids=EXPIRIES)
def test_when_the_token_runs_out(told: str | None, expected: str) -> None:
    body = {"iamToken": "t1.x.y"} | ({"expiresAt": told} if told else {})
    with desk(faults=at(TOKENS, refusal(200, **body))) as here:
        assert str(here.find({"YC_TOKEN": OAUTH}).expires) == expected
