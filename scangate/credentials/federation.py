"""Workload identity federation: the CI system's word for a job, exchanged for a token.

Facts: docs, iam/operations/wlif/setup-wlif (the exchange, RFC 8693); docs.github.com, "OpenID
Connect reference"; docs.gitlab.com, "OpenID Connect (OIDC) authentication using ID tokens".
"""

import urllib.parse
from typing import NamedTuple

import msgspec

from scangate.address import refuse_unsafe
from scangate.credentials.answers import Issued, asking, issued_token, read_answer
from scangate.credentials.jwt import read_claims
from scangate.credentials.source import Found, Given, given_token
from scangate.errors import Unauthenticated, UsageError
from scangate.secret import Secret
from scangate.transport import Transport

ACCOUNT = "YC_SERVICE_ACCOUNT_ID"
ID_TOKEN = "SCANGATE_ID_TOKEN"  # noqa: S105 - a variable's name
_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
_URL_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - a variable's name

_GITHUB_HINT = (
    "the job needs `permissions: id-token: write` (naming it drops the defaults, so name "
    "`contents: read` too); pull requests from forks do not get it"
)
_GITLAB_HINT = (
    f"the job needs `id_tokens: {ID_TOKEN}: aud: <audience>`, with the audience that the "
    "workload identity federation expects"
)


class _Word(NamedTuple):
    """What the CI system says about the job, and where it was from."""

    token: Secret
    system: str


def workload_identity(given: Given) -> Found | None:
    """`YC_SERVICE_ACCOUNT_ID` with the ID token of GitHub Actions or GitLab CI."""
    account = _text(given, ACCOUNT)
    return None if account is None else _issue(given, account)


def _text(given: Given, name: str) -> str | None:
    """Return a variable that goes into a request. Raises Unauthenticated if it is no text."""
    text = given.variable(name)
    try:
        (text or "").encode()
    except UnicodeEncodeError as error:
        raise Unauthenticated(f"{name} is not UTF-8") from error
    return text


def _issue(given: Given, account: str) -> Found:
    url = _exchange(given)
    transport = given.bounded(given.limits.request)
    word = _word(given, transport)
    source = f"workload identity federation ({word.system}, service account {account})"
    with asking(source, hint=_refused_hint(word.token, account)):
        answer = transport.post(
            url,
            urllib.parse.urlencode(_form(account, word.token)).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    issued = read_answer(answer, Issued, source=source)
    return Found(
        source,
        issued_token(issued.access_token, source=source),
        expires=issued.expires(given),
        again=lambda: _issue(given, account),
    )


def _form(account: str, token: Secret) -> dict[str, str]:
    """`audience` is the service account here, not the audience of the token."""
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "audience": account,
        "subject_token": token.reveal(),
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    }


def _exchange(given: Given) -> str:
    url = given.where.token_exchange
    if url is None:
        raise Unauthenticated(
            f"it is not known where the cloud {given.where.cloud.name} exchanges ID tokens",
            hint="say so with --token-exchange-endpoint URL",
        )
    return url


def _refused_hint(token: Secret, account: str) -> str:
    claims = read_claims(token)
    named = ", ".join(f"{name} {claims[name]}" for name in ("iss", "aud", "sub") if name in claims)
    return (
        f"{account} needs a federated credential with exactly this external subject"
        f" (of the ID token: {named or 'it cannot be read'})"
    )


def _word(given: Given, transport: Transport) -> _Word:
    """What was given on purpose comes before what the CI system gives to every job."""
    if (text := given.variable(ID_TOKEN)) is not None:
        return _Word(given_token(text, source=ID_TOKEN), f"the ID token of {ID_TOKEN}")
    url, token = _text(given, _URL), given.variable(_URL_TOKEN)
    if url is not None and token is not None:
        secret = given_token(token, source=_URL_TOKEN)
        return _Word(_github(given, transport, url, secret), "GitHub Actions")
    raise Unauthenticated(
        f"{ACCOUNT} is given, but this job has no ID token to exchange: "
        f"{_URL} and {_URL_TOKEN} are not set, nor is {ID_TOKEN}",
        hint=_hint(given),
    )


def _hint(given: Given) -> str:
    if given.variable("GITHUB_ACTIONS"):
        return _GITHUB_HINT
    if given.variable("GITLAB_CI"):
        return _GITLAB_HINT
    return f"in GitHub Actions {_GITHUB_HINT}; in GitLab CI {_GITLAB_HINT}"


class _Answer(msgspec.Struct):
    """What GitHub answers."""

    value: str


def _github(given: Given, transport: Transport, url: str, token: Secret) -> Secret:
    source = "the ID token of GitHub Actions"
    try:
        refuse_unsafe(url)
    except UsageError as error:
        raise Unauthenticated(f"{_URL}: {error.message}") from error
    owner = _text(given, "GITHUB_REPOSITORY_OWNER")
    if owner is not None:
        server = _text(given, "GITHUB_SERVER_URL") or "https://github.com"
        audience = urllib.parse.quote(f"{server}/{owner}", safe="")
        url += f"{'&' if '?' in url else '?'}audience={audience}"
    with asking(source, hint=_GITHUB_HINT):
        answer = transport.get(url, headers={"Authorization": f"bearer {token.reveal()}"})
    secret = issued_token(read_answer(answer, _Answer, source=source).value, source=source)
    given.mask(secret)
    return secret
