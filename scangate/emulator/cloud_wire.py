"""What is seen → the JSON of Cloud Registry's messages.

Field names are those of yandex/cloud/cloudregistry/v1/{artifact,docker_content,scan_policy}.proto.
Scan results are not JSON there, but for the one in an Operation.
"""

from scangate.emulator.behaviour import Lists, Paths
from scangate.emulator.moments import SECOND
from scangate.emulator.tree import Node
from scangate.emulator.view import Result, StartedScan
from scangate.emulator.wire import Json, Wire
from scangate.emulator.world import Image, PlatformManifest, Registry, ScanPolicy, derive_id

TYPES = "type.googleapis.com/yandex.cloud.cloudregistry.v1."


class CloudWire(Wire):
    """Writes the resources of one view."""

    __slots__ = ()

    def artifact(self, node: Node, *, listed: bool = False) -> Json:
        """An Artifact; a list may tell less of it."""
        created = self._time(self._created(node))
        account = derive_id("aje", "the account of every token")
        whole = self.behaviour.artifact_path is Paths.WHOLE
        return self._set(
            id=node.id,
            path=node.path if whole else node.folder,
            name=node.name,
            kind=node.kind,
            status="ACTIVE",
            createdAt=created,
            modifiedAt=created,
            createdBy=account,
            modifiedBy=account,
            content=self._content(node.image, listed=listed) if node.image else None,
            registryId=node.registry_id,
        )

    def _created(self, node: Node) -> int:
        """Of a folder or a package no world says when it was made."""
        if node.image is None:
            return self.view.start - 30 * 86400 * SECOND
        return node.image.created_at.at(self.view.start)

    def cloud_policy(self, policy: ScanPolicy, registry: Registry) -> Json:
        """A ScanPolicy."""
        push = None
        if policy.push is not None:
            push = self._set(paths=list(policy.push), disabled=policy.push_disabled)
        return self._set(
            id=policy.id,
            registryId=registry.id,
            name=policy.name,
            rules=self._set(pushRule=push, scheduleRules=[]),
            disabled=policy.disabled,
        )

    def scan_result(self, result: Result) -> Json:
        """A ScanResult, which here names an artifact."""
        told = super().scan_result(result)
        image_id = told.pop("imageId", "")
        own = image_id == result.image.id
        return {**told, "artifactId": result.image.artifact_id if own else image_id}

    def _operation_metadata(self, started: StartedScan) -> Json:
        image = self.view.image(started.image_id)
        return {"@type": f"{TYPES}ScanMetadata", "artifactId": image.artifact_id}

    def _operation_response(self, started: StartedScan, *, done: bool) -> Json | None:
        response = super()._operation_response(started, done=done)
        if response is None or not self.behaviour.scan_response:
            return None
        return {**response, "@type": f"{TYPES}ScanResult"}

    def _content(self, image: Image, *, listed: bool) -> Json:
        docker = self._set(manifestDigest=image.digest)
        if listed and self.behaviour.listed_artifacts is Lists.DIGEST:
            return {"docker": docker}
        if image.index:
            docker["manifestList"] = self._set(manifests=list(map(self._entry, image.index)))
        else:
            layers = [self._descriptor(f"{image.id} layer {n}") for n in range(image.layers)]
            config = self._descriptor(f"{image.id} config")
            docker["imageManifest"] = self._set(config=config, layers=layers)
        return {"docker": docker}

    def _entry(self, manifest: PlatformManifest) -> Json:
        names = ("os", "architecture", "variant")
        platform = dict(zip(names, manifest.platform.split("/"), strict=False))
        descriptor = self._set(digest=manifest.digest, size=self._size(1024))
        return self._set(manifestDescriptor=descriptor, platform=self._set(**platform))

    def _descriptor(self, seed: str) -> Json:
        blob = self._blob(seed, 4096)
        return self._set(digest=blob["digest"], size=blob["size"])
