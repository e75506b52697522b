"""The JSON of Cloud Registry, and what it means. Pure.

Shapes: yandex/cloud/cloudregistry/v1/{artifact,docker_content,scan_policy}.proto in their JSON
mapping. Scan results do not come as JSON: they are in `messages`.
"""

from scangate.errors import BadResponse
from scangate.instant import Instant
from scangate.registries.index import PlatformManifest, write_platform
from scangate.registries.rest import ListMessage, Message, decode, read_created

__all__ = ["Artifact", "ArtifactPage", "Docker", "ScanPolicy", "decode", "platforms_of"]


class Descriptor(Message, frozen=True):
    """Descriptor."""

    digest: str = ""


class Platform(Message, frozen=True):
    """Platform."""

    architecture: str = ""
    os: str = ""
    os_version: str = ""
    variant: str = ""


class PlatformEntry(Message, frozen=True):
    """PlatformManifest."""

    manifest_descriptor: Descriptor = Descriptor()
    platform: Platform = Platform()


class ManifestList(Message, frozen=True):
    """ManifestList."""

    manifests: tuple[PlatformEntry, ...] = ()


class ImageManifest(Message, frozen=True):
    """ImageManifest; what it is made of is not asked."""


class Docker(Message, frozen=True):
    """DockerContent; exactly one of the two manifests is set."""

    manifest_digest: str = ""
    image_manifest: ImageManifest | None = None
    manifest_list: ManifestList | None = None


class Content(Message, frozen=True):
    """Content."""

    docker: Docker = Docker()


class Artifact(Message, frozen=True):
    """Artifact. A folder or a package is one, too; only the kind ARTIFACT has content."""

    id: str = ""
    path: str = ""
    name: str = ""
    kind: str | int = "KIND_UNSPECIFIED"
    status: str | int = "STATUS_UNSPECIFIED"
    registry_id: str = ""
    created_at: str | None = None
    content: Content = Content()

    @property
    def created(self) -> Instant | None:
        """When it was made, None where that is not told."""
        return read_created(self.created_at)

    @property
    def digest(self) -> str:
        """The digest of the manifest; empty for what is no image, or is being deleted."""
        there = self.kind == "ARTIFACT" and self.status not in ("DELETING", "DELETED")
        return self.content.docker.manifest_digest if there else ""


class ArtifactPage(ListMessage, frozen=True):
    """ListArtifactsResponse."""

    artifacts: tuple[Artifact, ...] = ()


class PushRule(Message, frozen=True):
    """PushRule."""

    paths: tuple[str, ...] = ()
    disabled: bool = False


class Rules(Message, frozen=True):
    """ScanRules."""

    push_rule: PushRule | None = None


class ScanPolicy(Message, frozen=True):
    """ScanPolicy."""

    rules: Rules = Rules()
    disabled: bool = False


def platforms_of(artifact: Artifact) -> tuple[PlatformManifest, ...] | None:
    """Return the entries of an index, None for an image. Raises BadResponse for neither."""
    docker = artifact.content.docker
    if (docker.image_manifest is None) == (docker.manifest_list is None):
        raise BadResponse(f"artifact {artifact.id} is not said to be an image or an index")
    if docker.manifest_list is None:
        return None
    return tuple(map(_read_entry, docker.manifest_list.manifests))


def _read_entry(entry: PlatformEntry) -> PlatformManifest:
    platform = entry.platform
    return PlatformManifest(
        digest=entry.manifest_descriptor.digest,
        platform=write_platform(
            os=platform.os,
            architecture=platform.architecture,
            variant=platform.variant,
            version=platform.os_version,
        ),
    )
