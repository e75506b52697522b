"""Which API judges an image, and which image a name means where two APIs could tell differently.

Yandex moves its users from Container Registry to Cloud Registry (docs:
container-registry/tutorials/container-registry-migration). Pushes then go to the new service while
the API of the old one may still answer with the tag's old image. So on the hosts concerned the
registry itself is asked which digest a name has, and only an image with that digest is judged.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from scangate.clouds import Endpoints
from scangate.errors import (
    BadResponse,
    ImageNotFound,
    NotScannable,
    Refused,
    ScangateError,
    Unavailable,
    UsageError,
)
from scangate.instant import Instant
from scangate.model import Image, PushScan, ScanResult, Vulnerability
from scangate.reference import ImageId, ImageReference, Target
from scangate.registries.cloud_registry import CloudRegistry
from scangate.registries.container_registry import ContainerRegistry
from scangate.registries.docker import DockerRegistry, Manifest
from scangate.registries.index import RECIPE, PlatformManifest, with_platforms
from scangate.transport import Transport

CONTAINER_REGISTRY, CLOUD_REGISTRY = "container-registry", "cloud-registry"

_MIGRATING = {
    "cr.yandex": (CONTAINER_REGISTRY, CLOUD_REGISTRY),
    "registry.yandexcloud.net": (CLOUD_REGISTRY,),
}
"""The hosts of images that may have moved, and the APIs that may know them, in order."""

Product = ContainerRegistry | CloudRegistry


def apis_of(host: str, *, wanted: str, endpoints: Endpoints) -> tuple[str, ...]:
    """Return the APIs to ask about images of a host, in order; `wanted` is one, or `auto`."""
    if wanted != "auto":
        return (wanted,)
    if endpoints.chosen:
        return (CONTAINER_REGISTRY,)
    return _MIGRATING.get(host, (CONTAINER_REGISTRY,))


class Lookup:
    """The registry of one image behind `gate.Source`.

    `api` is the API that has the image, empty as long as none is known to.
    """

    def __init__(self, apis: Sequence[str], transport: Transport, endpoints: Endpoints) -> None:
        self.api = ""
        self._transport = transport
        self._opened: dict[str, Product] = {}
        self._apis = apis
        self._endpoints = endpoints
        self._docker = DockerRegistry(transport, endpoints.docker)

    def served_at(self) -> Instant | None:
        """Return the service's own time of its newest answer, if it told one."""
        return self._transport.served_at()

    def find(self, target: Target) -> Image | None:
        """Return the image from the first API that has it, None when the registry has it not.

        Raises ImageNotFound when the registry has it and no API does. An API that refuses or
        fails is an error: it could have had the image.
        """
        manifest = None
        if isinstance(target, ImageReference) and self._must_look(target):
            manifest = self._docker.look(target)
            if manifest is None:
                return None
            target = msgspec.structs.replace(target, digest=manifest.digest)
        image = self._first(target, manifest)
        if image is None and manifest is not None:
            raise ImageNotFound(
                f"{target.text} is {manifest.digest} in the registry, and the API of "
                f"{' and '.join(self._apis)} has no such image",
                hint="it may only have been pushed now; or the other --api has it",
            )
        return image

    def scans(self, image: Image) -> Sequence[ScanResult]:
        """Return every scan result of the image, of all pages."""
        return self._product.scans(image)

    def push_scan(self, image: Image) -> PushScan:
        """Tell whether the registry's scan policy covers a push to the image's repository."""
        return self._product.push_scan(image)

    def start_scan(self, image: Image) -> str:
        """Start a scan, at most one however often it is sent."""
        return self._product.start_scan(image)

    def started_scan(self, scan_id: str) -> ScanResult | None:
        """Return the result of the scan that was started."""
        return self._product.started_scan(scan_id)

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        """Return every row of a result."""
        return self._product.vulnerabilities(scan)

    @property
    def asked(self) -> str:
        """The API that has the image, or the first one that was asked for it."""
        return self.api or self._apis[0]

    @property
    def _product(self) -> Product:
        return self._opened[self.api]

    def _must_look(self, target: ImageReference) -> bool:
        """Cloud Registry itself tells an index from an image, but of a tag it may tell nothing."""
        if CONTAINER_REGISTRY not in self._apis:
            return target.digest is None
        return target.host in _MIGRATING and self._endpoints.docker is None

    def _first(self, target: Target, manifest: Manifest | None) -> Image | None:
        """Return the image from the first API that has it; raise the last reason why none has."""
        reasons: list[ScangateError] = []
        for api in self._apis:
            image = self._ask(api, target, manifest, reasons=reasons)
            if image is not None:
                self._transport.log(f"{target.text}: {image.digest}, known to {api}")
                self.api = api
                return image
        if reasons:
            raise reasons[-1]
        return None

    def _ask(
        self,
        api: str,
        target: Target,
        manifest: Manifest | None,
        *,
        reasons: list[ScangateError],
    ) -> Image | None:
        """Ask one API; why it has not the image is added to `reasons` where it is known."""
        is_last = api == self._apis[-1]
        try:
            product = self._open(api)
            if manifest and manifest.is_index and isinstance(product, ContainerRegistry):
                assert isinstance(target, ImageReference), "only those are looked at"  # noqa: S101
                return self._index(product, target, manifest)
            return _checked(product.find(target), target, manifest)
        except NotScannable as error:
            if is_last:
                raise
            reasons.append(ImageNotFound(error.message, hint=error.hint))
        except UsageError as error:
            if len(self._apis) == 1:
                raise
            reasons.append(ImageNotFound(f"{target.text}: {error.message}", hint=error.hint))
        except (Refused, Unavailable) as error:
            if is_last:
                raise
            hint = f"{error.hint}; if it has moved: --api {CLOUD_REGISTRY}".removeprefix("; ")
            raise type(error)(error.message, hint=hint) from error
        return None

    def _open(self, api: str) -> Product:
        if api not in self._opened:
            self._opened[api] = PRODUCTS[api](self._transport, self._endpoints)
        return self._opened[api]

    def _index(
        self, product: ContainerRegistry, target: ImageReference, manifest: Manifest
    ) -> Image:
        """Container Registry's API does not know indexes, but the images that they name."""

        def find(platform: PlatformManifest) -> Image:
            found = product.find(_by_digest(target, platform.digest))
            if found is None:
                raise NotScannable(
                    f"{target.text} is an index, and its {platform.platform or 'image'} "
                    f"({platform.digest}) is not in Container Registry",
                    hint=RECIPE,
                )
            return found

        index = Image(
            id=manifest.digest,
            host=target.host,
            name=target.name,
            digest=manifest.digest,
            tags=(target.tag,) if target.tag else (),
        )
        manifests = self._docker.platforms(target, manifest)
        return with_platforms(index, manifests, find=find, log=self._transport.log)


def _by_digest(target: ImageReference, digest: str) -> ImageReference:
    text = f"{target.host}/{target.name}@{digest}"
    return ImageReference(text=text, host=target.host, name=target.name, digest=digest)


def _checked(image: Image | None, target: Target, manifest: Manifest | None) -> Image | None:
    """The API and the registry itself must mean the same thing."""
    if image is None or isinstance(target, ImageId):
        return image
    if target.digest not in (None, image.digest):
        raise BadResponse(f"asked for {target.digest}, got {image.digest}")
    if manifest is not None and manifest.is_index != bool(image.platforms):
        raise BadResponse(f"{image.pinned} is an index for one part of the service only")
    return image


PRODUCTS: Mapping[str, Callable[[Transport, Endpoints], Product]] = {
    CONTAINER_REGISTRY: ContainerRegistry,
    CLOUD_REGISTRY: CloudRegistry,
}
"""The names of the APIs, as reports and `--api` call them, and what asks them."""
