"""The nouns of identity: whom the emulator issues tokens to, and what proves who they are.

Frozen values; `identities_reader` makes them from YAML. What is issued is in `signed`.
"""

from dataclasses import dataclass

from scangate.emulator.moments import SECOND

DOCUMENTED_AUDIENCE = "https://iam.api.cloud.yandex.net/iam/v1/tokens"
DOCUMENTED_LIFE = 12 * 3600 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizedKey:
    """The public half of a service account's authorized key (yandex/cloud/iam/v1/key.proto)."""

    id: str
    account: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedCredential:
    """Whose ID tokens stand for a service account: all three have to match exactly.

    yandex/cloud/iam/v1/workload/federated_credential.proto and its federation.
    """

    account: str
    issuer: str
    audience: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubJob:
    """A job of GitHub Actions that may ask for ID tokens, with the bearer token it was given."""

    token: str
    repository: str
    ref: str = "refs/heads/main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """All proofs that are accepted. `life` is that of the tokens issued, in nanoseconds.

    `machine` is the service account of the virtual machine whose metadata service this is.
    """

    life: int = DOCUMENTED_LIFE
    audience: str = DOCUMENTED_AUDIENCE
    keys: tuple[AuthorizedKey, ...] = ()
    oauth: frozenset[str] = frozenset()
    federated: tuple[FederatedCredential, ...] = ()
    github: GitHubJob | None = None
    machine: str | None = None
