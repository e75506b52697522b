"""The manifests that the Docker protocol serves. An index has the digest of what it says."""

import hashlib
import json
from collections.abc import Sequence

from scangate.emulator.world import Image, PlatformManifest, derive_digest

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def write_manifest(image: Image) -> tuple[str, bytes]:
    """The media type and the text of an image's manifest, or of an index."""
    if image.index:
        return INDEX, _write_index(image.index)
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 4096}
    digest = derive_digest(f"{image.id} config")
    body = {"schemaVersion": 2, "mediaType": MANIFEST, "config": {**config, "digest": digest}}
    return MANIFEST, json.dumps({**body, "layers": []}).encode()


def digest_of(index: Sequence[PlatformManifest]) -> str:
    """The digest of an index with these entries; "" for none."""
    return f"sha256:{hashlib.sha256(_write_index(index)).hexdigest()}" if index else ""


def _write_index(index: Sequence[PlatformManifest]) -> bytes:
    body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [_entry(each) for each in index]}
    return json.dumps(body).encode()


def _entry(manifest: PlatformManifest) -> dict[str, object]:
    names = ("os", "architecture", "variant")
    platform = dict(zip(names, manifest.platform.split("/"), strict=False))
    return {
        "mediaType": MANIFEST,
        "digest": manifest.digest,
        "size": 1024,
        "platform": platform,
    }
