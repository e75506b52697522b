"""What of an environment reaches pip and scangate, and what is masked."""

import json
import pwd

import pytest

from action.surroundings import for_gate, for_installer, home_of, masks

RUNNER = {
    "GITHUB_STEP_SUMMARY": "/runner/summary",
    "GITHUB_REPOSITORY_OWNER": "acme",
    "GITHUB_SERVER_URL": "https://github.com",
}
ID_TOKEN = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
}
PROXIES = {"HTTPS_PROXY": "http://proxy", "no_proxy": "localhost"}
SET = {"PATH", "HOME", "CI", "GITHUB_ACTIONS"}
VARIABLES = (
    *("PATH", "HOME", "ENV", "BASH_ENV", "LD_PRELOAD", "LD_LIBRARY_PATH", "TMPDIR", "CI"),
    *("SCANGATE_POLICY", "SCANGATE_ID_TOKEN", "SCANGATE_ANYTHING", "GITLAB_CI"),
    *("PYTHONPATH", "PYTHONHOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME"),
    *("YC_IAM_TOKEN", "YC_TOKEN", "YC_SERVICE_ACCOUNT_KEY_FILE", "YC_METADATA_ADDR"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "INPUT_TOKEN", "GIT_DIR"),
    *("OPENSSL_CONF", "SSLKEYLOGFILE", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "NO_COLOR"),
)
HOSTILE = dict.fromkeys(VARIABLES, "hostile")
EVERYTHING = {**HOSTILE, **RUNNER, **ID_TOKEN, **PROXIES}


def test_the_gate_sees_what_is_listed() -> None:
    seen = for_gate(EVERYTHING, {"YC_IAM_TOKEN": "token"})

    assert set(seen) == {*SET, *RUNNER, *PROXIES, "YC_IAM_TOKEN"}
    assert "hostile" not in seen.values()
    assert seen["YC_IAM_TOKEN"] == "token"


def test_the_job_speaks_for_itself_only_where_it_is_asked_to() -> None:
    assert ID_TOKEN.items() <= for_gate(EVERYTHING, {"YC_SERVICE_ACCOUNT_ID": "aje"}).items()
    assert not ID_TOKEN.keys() & for_gate(EVERYTHING, {}).keys()


def test_pip_sees_no_secret_and_no_setting() -> None:
    assert set(for_installer({**EVERYTHING, "INPUT_TOKEN": "t"})) == {"PATH", "HOME", *PROXIES}


def test_the_home_is_that_of_the_user() -> None:
    assert home_of(0) == pwd.getpwuid(0).pw_dir
    assert home_of(2**31 - 7) == "/"


def test_a_token_is_masked() -> None:
    assert list(masks({"YC_IAM_TOKEN": "t1.a%b"})) == ["::add-mask::t1.a%25b"]


@pytest.mark.parametrize("indent", [None, 2])
def test_every_line_of_a_key_is_masked_in_both_spellings(indent: int | None) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\n"
    text = json.dumps({"id": "aje", "private_key": pem}, indent=indent)
    masked = [each.removeprefix("::add-mask::") for each in masks({"KEY": text})]

    assert "MIIEvQIBADANBgkqhkiG9w0BAQ" in masked
    assert any("MIIEvQIBADANBgkqhkiG9w0BAQ" in each and "private_key" in each for each in masked)
    assert min(map(len, masked)) >= 16


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("path/of/a/longer/name/key.json", id="a path is no secret"),
        pytest.param("{", id="too short to be one"),
    ],
)
def test_what_is_not_masked(value: str) -> None:
    assert list(masks({"YC_SERVICE_ACCOUNT_KEY_FILE": value})) == []


@pytest.mark.parametrize("text", ["{not-json-but-secret", '{"private_key": 12345678}', "{" * 5000])
def test_what_looks_like_a_key_is_masked_even_if_it_is_none(text: str) -> None:
    assert list(masks({"YC_SERVICE_ACCOUNT_KEY_FILE": text})) != []
