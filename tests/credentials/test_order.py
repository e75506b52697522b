"""Which source wins, and that one which is broken is never passed over."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scangate import credentials
from scangate.credentials.command import Finished
from scangate.emulator.identities import Identities
from scangate.emulator.signed import issue_id_token
from scangate.errors import Unauthenticated

from .desk import GITLAB, IDENTITIES, OAUTH, desk, with_key
from .keys import ACCOUNT, KeyPair, key_json
from .yc import profile

ID_TOKEN = issue_id_token(
    {"iss": GITLAB.issuer, "aud": GITLAB.audience, "sub": GITLAB.subject, "exp": 2**40}
)
FEDERATED = {"YC_SERVICE_ACCOUNT_ID": ACCOUNT, "SCANGATE_ID_TOKEN": ID_TOKEN}
NAMES = [source.__name__ for source in credentials.SOURCES]


def environments(pair: KeyPair, home: Path) -> dict[str, Mapping[str, str]]:
    """What gives each of the sources, in the order of the contract."""
    return {
        "token_variable": {"YC_IAM_TOKEN": "token-of-a-variable"},
        "undecided_variable": {"YC_TOKEN": "t1.token.of-another"},
        "authorized_key": {"YC_SERVICE_ACCOUNT_KEY_FILE": key_json(pair)},
        "workload_identity": FEDERATED,
        "yc_profile": profile(home),
        "metadata_service": {},
    }


SOURCES = {
    "token_variable": "YC_IAM_TOKEN",
    "undecided_variable": "YC_TOKEN",
    "authorized_key": "YC_SERVICE_ACCOUNT_KEY_FILE (service account",
    "workload_identity": "workload identity federation (the ID token of SCANGATE_ID_TOKEN",
    "yc_profile": "yc iam create-token",
    "metadata_service": "the metadata service at 127.0.0.1",
}


@pytest.mark.parametrize("first", SOURCES)
def test_the_first_that_is_given_wins(first: str, pair: KeyPair, tmp_path: Path) -> None:
    given: dict[str, str] = {}
    all_of_them = environments(pair, tmp_path)
    assert list(all_of_them) == NAMES[1:]
    for name in NAMES[NAMES.index(first) :]:
        given |= all_of_them[name]
    with desk(identities(pair)) as at:
        assert at.find(given).source.startswith(SOURCES[first])


def test_a_token_file_comes_before_all(pair: KeyPair, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("token-of-a-file\n")
    given: dict[str, str] = {}
    for environment in environments(pair, tmp_path).values():
        given |= environment
    with desk(identities(pair)) as at:
        found = at.find(given, token_file=str(path))
        assert found.source == f"--token-file {path}"
        assert found.token.reveal() == "token-of-a-file"
        assert at.asked == []


BROKEN = {
    "token file": ({}, "/nowhere/token"),
    "YC_IAM_TOKEN": ({"YC_IAM_TOKEN": "two words"}, None),
    "YC_TOKEN": ({"YC_TOKEN": "y0_unknown-to-the-emulator"}, None),
    "key": ({"YC_SERVICE_ACCOUNT_KEY_FILE": "{}"}, None),
    "federation": ({**FEDERATED, "YC_SERVICE_ACCOUNT_ID": "aje00000000000another"}, None),
    "federation without a token": ({"YC_SERVICE_ACCOUNT_ID": ACCOUNT}, None),
}


@pytest.mark.parametrize(("environment", "token_file"), BROKEN.values(), ids=BROKEN)
def test_a_broken_source_does_not_let_the_next_one_in(
    environment: dict[str, str], token_file: str | None
) -> None:
    with desk() as at:
        assert at.find({}).source.startswith("the metadata service")
        at.fails(environment, token_file=token_file)


def test_a_broken_yc_does_not_let_the_metadata_service_in(tmp_path: Path) -> None:
    failing = Finished(code=1, output="", complaint="ERROR: unauthenticated")
    with desk() as at:
        at.fails(profile(tmp_path), run=lambda *_: failing)
        assert at.asked == []


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_variable_is_not_given(blank: str) -> None:
    names = (
        "YC_IAM_TOKEN",
        "YC_TOKEN",
        "YC_SERVICE_ACCOUNT_KEY_FILE",
        "YC_SERVICE_ACCOUNT_ID",
        "SCANGATE_ID_TOKEN",
    )
    with desk() as at:
        found = at.find(dict.fromkeys(names, blank))
        assert found.source.startswith("the metadata service")


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scangate.credentials.metadata._USUAL_HOST", "metadata.invalid")
    with desk() as at:
        error = at.fails({"YC_METADATA_ADDR": ""})
    assert type(error) is Unauthenticated
    assert error.message == "there are no credentials"
    assert "YC_SERVICE_ACCOUNT_ID" in error.hint


def identities(pair: KeyPair) -> Identities:
    return with_key(
        pair,
        oauth=frozenset({OAUTH}),
        federated=IDENTITIES.federated,
        github=IDENTITIES.github,
        machine=ACCOUNT,
    )
