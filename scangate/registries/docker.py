"""The Docker Registry protocol: which digest a tag has, and which images an index has.

Only looks, as a `docker pull` begins: HEAD and GET of a manifest (OCI distribution specification,
"Pulling manifests"). The user is `iam` and its password an IAM token (docs:
container-registry/operations/authentication), so it is sent to registries of known clouds only.
"""

import hashlib
import json

import msgspec

from scangate.clouds import IMAGE_HOSTS
from scangate.errors import BadResponse, EvidenceIncomplete, NotScannable, PermissionDenied
from scangate.model import DIGEST, Value
from scangate.reference import ImageReference
from scangate.registries.index import PlatformManifest, write_platform
from scangate.transport import Answer, NotFound, Transport

_IMAGES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_ACCEPT = {"Accept": ", ".join((*_INDEXES, *_IMAGES))}
_ROLES = "container-registry.images.puller or cloud-registry.artifacts.puller"


class Manifest(Value, frozen=True):
    """What the registry itself says a reference is."""

    digest: str
    is_index: bool


class _Platform(msgspec.Struct):
    """The platform of a descriptor (OCI image index specification)."""

    os: str = ""
    architecture: str = ""
    variant: str = ""
    version: str = msgspec.field(name="os.version", default="")


class _Descriptor(msgspec.Struct, rename="camel"):
    """One manifest of an index."""

    digest: str
    media_type: str = ""
    platform: _Platform | None = None


class _Index(msgspec.Struct):
    """An image index, or a Docker manifest list."""

    manifests: tuple[_Descriptor, ...]


class DockerRegistry:
    """The registry that a container runtime would ask. `root` None: each image's own host."""

    def __init__(self, transport: Transport, root: str | None) -> None:
        self._transport = transport.as_user("iam")
        self._root = root

    def look(self, target: ImageReference) -> Manifest | None:
        """Return what the reference names now, None when there is no such thing."""
        named = target.digest or target.tag or ""
        try:
            answer = self._ask("HEAD", target, named)
        except NotFound:
            return None
        digest = answer.headers.get("Docker-Content-Digest", "")
        if not DIGEST.fullmatch(digest):
            raise BadResponse(f"{answer.url} does not tell the digest of the manifest")
        if target.digest not in (None, digest):
            raise BadResponse(f"asked for {target.digest}, the registry answered {digest}")
        return Manifest(digest=digest, is_index=_is_index(answer))

    def platforms(self, target: ImageReference, index: Manifest) -> tuple[PlatformManifest, ...]:
        """Return the manifests of an index. What it says must have the digest that it has."""
        answer = self._ask("GET", target, index.digest)
        if f"sha256:{hashlib.sha256(answer.body).hexdigest()}" != index.digest:
            raise BadResponse(f"{answer.url} answered a manifest of another digest")
        return tuple(map(_read_descriptor, _decode(answer).manifests))

    def _ask(self, method: str, target: ImageReference, named: str) -> Answer:
        url = f"{self._root or _own_root(target)}/v2/{target.name}/manifests/{named}"
        try:
            return self._transport.look(method, url, headers=_ACCEPT)
        except PermissionDenied as error:
            hint = f"to look at a tag takes one more role: {_ROLES}"
            raise PermissionDenied(error.message, hint=hint) from error


def _own_root(target: ImageReference) -> str:
    if target.host not in IMAGE_HOSTS:
        raise EvidenceIncomplete(
            f"which digest {target.text} has can only be asked of {target.host}, which is not the "
            "registry of a known cloud, and so gets no token",
            hint="name the image by its digest: host/registry-id/name@sha256:…",
        )
    return f"https://{target.host}"


def _is_index(answer: Answer) -> bool:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in (*_INDEXES, *_IMAGES):
        raise BadResponse(f"{answer.url} answered {kind[:80] or 'no type'}, which is no manifest")
    return kind in _INDEXES


def _decode(answer: Answer) -> _Index:
    try:
        json.loads(answer.body, object_pairs_hook=_refuse_ambiguous_names)
        return msgspec.json.decode(answer.body, type=_Index)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotScannable(f"the index {answer.url} cannot be read: {error}"[:300]) from error


def _refuse_ambiguous_names(members: list[tuple[str, object]]) -> None:
    """Whoever pushed an index wrote its JSON, and the runtimes' parser does not tell case apart."""
    if len({name.casefold() for name, _ in members}) < len(members):
        raise ValueError("a name comes twice in one object")


def _read_descriptor(descriptor: _Descriptor) -> PlatformManifest:
    if descriptor.media_type.lower() in _INDEXES:
        raise NotScannable(f"the index has another index in it: {descriptor.digest[:80]}")
    platform = descriptor.platform or _Platform()
    return PlatformManifest(
        digest=descriptor.digest,
        platform=write_platform(
            os=platform.os,
            architecture=platform.architecture,
            variant=platform.variant,
            version=platform.version,
        ),
    )
