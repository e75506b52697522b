"""An index: one name for the images of several platforms, every one of which has to be judged."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from scangate.errors import NotScannable
from scangate.model import DIGEST, Image, Value

_ATTESTATION = "unknown/unknown"
"""What buildx writes as the platform of an attestation, so that no runtime chooses it."""

RECIPE = (
    "push an image instead of an index: "
    "docker buildx build --provenance=false --platform linux/amd64 --push …"
)


class PlatformManifest(Value, frozen=True):
    """One entry of an index; `platform` is empty where it names none."""

    digest: str
    platform: str


def write_platform(*, os: str, architecture: str, variant: str, version: str) -> str:
    """Write a platform as container tools do: `linux/arm64/v8`, `windows/amd64:10.0.20348`."""
    platform = "/".join(part for part in (os, architecture, variant) if part)
    return f"{platform}:{version}" if version else platform


def with_platforms(
    index: Image,
    manifests: Sequence[PlatformManifest],
    *,
    find: Callable[[PlatformManifest], Image],
    log: Callable[[str], None],
) -> Image:
    """Return the index with the image of every platform; `find` raises where there is none.

    Attestations are passed over, told by name. Raises NotScannable when nothing else is there.
    """
    images = []
    for manifest in manifests:
        if manifest.platform == _ATTESTATION:
            log(f"{index.pinned}: {manifest.digest} is an attestation, which is not scanned")
            continue
        images.append(_of_index(find(_checked(manifest)), index, platform=manifest.platform))
    if not images:
        raise NotScannable(f"the index {index.pinned} names no image", hint=RECIPE)
    return msgspec.structs.replace(index, platforms=tuple(images))


def images_in(manifests: Iterable[PlatformManifest]) -> frozenset[str]:
    """Return the digests of the images that an index names, without its attestations."""
    return frozenset(each.digest for each in manifests if each.platform != _ATTESTATION)


def _checked(manifest: PlatformManifest) -> PlatformManifest:
    if not DIGEST.fullmatch(manifest.digest):
        raise NotScannable(f"the index names {manifest.digest[:80]!r}, which is no sha256 digest")
    return manifest


def _of_index(image: Image, index: Image, *, platform: str) -> Image:
    return msgspec.structs.replace(
        image, platform=platform or "no platform", index_digest=index.digest, tags=index.tags
    )
