"""GitHub is told to hide new secrets, on stderr, once each."""

import io

import pytest

from scangate.credentials import masking
from scangate.secret import Secret


def told(environment: dict[str, str], *secrets: str) -> str:
    stream = io.StringIO()
    mask = masking(environment, stream)
    for secret in secrets:
        mask(Secret(secret))
    return stream.getvalue()


def test_once_each() -> None:
    environment = {"GITHUB_ACTIONS": "true"}
    assert told(environment, "secret-one", "secret-two", "secret-one") == (
        "::add-mask::secret-one\n::add-mask::secret-two\n"
    )


def test_what_github_decodes_is_encoded() -> None:
    assert told({"GITHUB_ACTIONS": "true"}, "a%0Asecret") == "::add-mask::a%250Asecret\n"


@pytest.mark.parametrize("value", [None, "", "false", "1"])
def test_nowhere_else(value: str | None) -> None:
    environment = {} if value is None else {"GITHUB_ACTIONS": value}
    assert told(environment, "secret-one") == ""


def test_a_closed_stream_is_no_error() -> None:
    stream = io.StringIO()
    mask = masking({"GITHUB_ACTIONS": "true"}, stream)
    stream.close()
    mask(Secret("secret-one"))
