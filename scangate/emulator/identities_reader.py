"""YAML → the identities of a world. `samples/worlds/every-key.yaml` shows every key."""

from scangate.emulator.fields import Value
from scangate.emulator.identities import (
    DOCUMENTED_AUDIENCE,
    DOCUMENTED_LIFE,
    AuthorizedKey,
    FederatedCredential,
    GitHubJob,
    Identities,
)
from scangate.emulator.moments import parse_duration

GITHUB = "https://token.actions.githubusercontent.com"


def read_identities(value: Value) -> Identities:
    """Read the key `identities`. Raises WorldError."""
    known = ("life", "audience", "keys", "oauth", "federated", "github", "machine")
    fields = value.fields(*known)
    return Identities(
        life=fields.get("life", lambda life: life.parsed(parse_duration), DOCUMENTED_LIFE),
        audience=fields.get("audience", Value.text, DOCUMENTED_AUDIENCE),
        keys=tuple(map(_key, fields.get("keys", Value.items, ()))),
        oauth=frozenset(fields.get("oauth", Value.texts, ())),
        federated=tuple(map(_federated, fields.get("federated", Value.items, ()))),
        github=fields.get("github", _github, None),
        machine=fields.get("machine", Value.text, None),
    )


def _key(value: Value) -> AuthorizedKey:
    fields = value.fields("id", "account", "public_key")
    return AuthorizedKey(
        id=fields.need("id", Value.text),
        account=fields.need("account", Value.text),
        public_key=fields.need("public_key", Value.text),
    )


def _federated(value: Value) -> FederatedCredential:
    fields = value.fields("account", "issuer", "audience", "subject")
    return FederatedCredential(
        account=fields.need("account", Value.text),
        issuer=fields.get("issuer", Value.text, GITHUB),
        audience=fields.need("audience", Value.text),
        subject=fields.need("subject", Value.text),
    )


def _github(value: Value) -> GitHubJob:
    fields = value.fields("token", "repository", "ref")
    return GitHubJob(
        token=fields.need("token", Value.text),
        repository=fields.need("repository", Value.text),
        ref=fields.get("ref", Value.text, "refs/heads/main"),
    )
