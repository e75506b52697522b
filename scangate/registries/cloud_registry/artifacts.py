"""From a reference to an artifact, over REST: the registry's tree of folders and artifacts.

How a repository, its tags and its digests lie in that tree is not documented, so several ways are
tried; whichever leads to it, an artifact counts only if it has the wanted digest.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping

from scangate.errors import BadResponse, EvidenceIncomplete, ImageNotFound, NotScannable
from scangate.model import DIGEST, Image
from scangate.reference import ImageId, ImageReference, Target
from scangate.registries.cloud_registry.wire import (
    Artifact,
    ArtifactPage,
    decode,
    platforms_of,
)
from scangate.registries.index import PlatformManifest, with_platforms
from scangate.registries.paging import PAGE_SIZE, pages
from scangate.registries.rest import quote
from scangate.transport import InvalidRequest, NotFound

Get = Callable[[str, Mapping[str, str | int]], bytes]
_REGISTRY_ID = re.compile(r"c[a-z0-9]{19}")


class Artifacts:
    """The artifacts of one registry product; `get` asks a path below the API's root."""

    def __init__(self, get: Get, *, log: Callable[[str], None]) -> None:
        self._get = get
        self._log = log

    def find(self, target: Target) -> Image | None:
        """Return the image with that ID or digest, an index with all of its platforms.

        Raises ImageNotFound when one of those is not there.
        """
        if isinstance(target, ImageId):
            found = self._by_id(target)
            return None if found is None else self._image(found, target, name=_repository(found))
        artifact = self._search(target)
        if artifact is None:
            return None
        path = target.name.partition("/")[2]
        return self._image(artifact, target, name=f"{artifact.registry_id}/{path}")

    def within(self, registry: str, path: str) -> Iterator[Artifact]:
        """Yield everything that lies directly in a folder, "" being the registry itself.

        Raises NotFound when there is none.
        """

        def fetch(token: str) -> ArtifactPage:
            given = {"path": path, "pageToken": token}
            sized: dict[str, str | int] = {"pageSize": PAGE_SIZE}
            sized |= {name: value for name, value in given.items() if value}
            return decode(
                self._get(f"registries/{quote(registry)}:listArtifacts", sized), ArtifactPage
            )

        for page in pages(fetch):
            yield from page.artifacts

    def complete(self, artifact: Artifact) -> Artifact:
        """Return it with what a list may leave out: what it is made of."""
        docker = artifact.content.docker
        if docker.image_manifest or docker.manifest_list or not artifact.id:
            return artifact
        whole = self._by_id(ImageId(text=artifact.id, host=""))
        if whole is None or whole.digest != artifact.digest:
            raise BadResponse(f"artifact {artifact.id} is not what it was listed as")
        return whole

    def _search(self, target: ImageReference) -> Artifact | None:
        if target.digest is None:
            raise EvidenceIncomplete(f"the digest of {target.text} is not known")
        for artifact in self._candidates(target):
            if artifact.digest == target.digest:
                return self.complete(_of_registry(artifact, target))
        return None

    def _candidates(self, target: ImageReference) -> Iterator[Artifact]:
        """Yield what may be it, by the cheapest way first."""
        registry, _, path = target.name.partition("/")
        names = [name for name in (target.tag, target.digest) if name]
        for name in names:
            yield from self._by_path(registry, f"{path}/{name}")
        for artifact in self._below(registry, path):
            yield artifact
            if artifact.kind in ("FOLDER", "PACKAGE") and artifact.name in names:
                yield from self._below(registry, f"{path}/{artifact.name}")

    def _by_path(self, registry: str, path: str) -> Iterator[Artifact]:
        try:
            data = self._get(f"registries/{quote(registry)}/artifacts:getByPath", {"path": path})
        except (NotFound, InvalidRequest):
            return  # a name that no path of this registry can have
        yield decode(data, Artifact)

    def _below(self, registry: str, path: str) -> Iterator[Artifact]:
        with contextlib.suppress(NotFound):
            yield from self.within(registry, path)

    def _by_id(self, target: ImageId) -> Artifact | None:
        try:
            artifact = decode(self._get(f"artifacts/{quote(target.text)}", {}), Artifact)
        except NotFound:
            return None
        if artifact.id != target.text:
            raise BadResponse(f"asked for artifact {target.text}, got {artifact.id or 'no ID'}")
        return artifact

    def _image(self, artifact: Artifact, target: Target, *, name: str) -> Image:
        image = _read_image(artifact, target, name=name)
        manifests = platforms_of(artifact)
        if manifests is None:
            return image

        def find(manifest: PlatformManifest) -> Image:
            return self._platform(image, manifest)

        return with_platforms(image, manifests, find=find, log=self._log)

    def _platform(self, index: Image, manifest: PlatformManifest) -> Image:
        text = f"{index.repository}@{manifest.digest}"
        target = ImageReference(text=text, host=index.host, name=index.name, digest=manifest.digest)
        artifact = self._search(target)
        if artifact is None:
            raise ImageNotFound(
                f"{manifest.platform or 'an image'} of the index {index.pinned} is not in the "
                f"registry: {manifest.digest}",
                hint="was it deleted, or never pushed? Every platform has to be judged",
            )
        if platforms_of(artifact) is not None:
            raise NotScannable(f"the index {index.pinned} has another index in it: {text}")
        return _read_image(artifact, target, name=index.name)


def _of_registry(artifact: Artifact, target: ImageReference) -> Artifact:
    """The name's first part may be an alias, for which the service answers with the ID."""
    asked = target.name.partition("/")[0]
    if artifact.registry_id != asked and (
        not artifact.registry_id or _REGISTRY_ID.fullmatch(asked)
    ):
        told = artifact.registry_id or "no registry"
        raise BadResponse(f"asked for an artifact of {asked}, got one of {told}")
    return artifact


def _repository(artifact: Artifact) -> str:
    """Whether the path ends with the artifact's own name is not documented."""
    path = artifact.path.strip("/").removesuffix(f"/{artifact.name}")
    if not path or not artifact.registry_id:
        raise BadResponse(f"artifact {artifact.id} does not tell where it is")
    return f"{artifact.registry_id}/{path}"


def _read_image(artifact: Artifact, target: Target, *, name: str) -> Image:
    if not artifact.id or not DIGEST.fullmatch(artifact.digest):
        raise BadResponse(f"artifact {artifact.id!r} has no ID or is no image with a digest")
    tag = target.tag if isinstance(target, ImageReference) else None
    return Image(
        id=artifact.id,
        host=target.host,
        name=name,
        digest=artifact.digest,
        tags=(tag,) if tag else (),
    )
