"""ImageService: List and Get (yandex/cloud/containerregistry/v1/image_service.proto)."""

import re
from collections.abc import Iterable

from scangate.emulator.behaviour import Nothing
from scangate.emulator.call import Call
from scangate.emulator.query import Filter, Listing
from scangate.emulator.refusals import invalid, missing
from scangate.emulator.wire import Json
from scangate.emulator.world import Image

_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*(/([a-z0-9]+(?:[._-][a-z0-9]+)*))*")

# The most specific first: the proto lets repository_name win over registry_id over folder_id
_PARENTS = ("repositoryName", "registryId", "folderId")


def list_images(call: Call) -> Json:
    """GET /images."""
    query = _listing(call).parse(call.request.query)
    name = query.parents.get("repositoryName", "")
    if name and _NAME.fullmatch(name) is None:
        raise invalid("repositoryName: does not match the pattern of a repository name")
    parent = next(iter(query.parents.items()), None)
    if parent is None:
        raise invalid("one of repositoryName, registryId and folderId is required")
    images = query.select(_images_of(call, *parent))
    return call.page("images", images, query, call.wire.image)


def get_image(call: Call) -> Json:
    """GET /images/{imageId}."""
    return call.wire.image(call.view.image(call.identity("imageId")))


def _listing(call: Call) -> Listing[Image]:
    def created(image: Image) -> int:
        return image.created_at.at(call.view.start)

    return Listing(
        parents=_PARENTS,
        filters={"name": Filter(lambda image: image.name)},
        orders={
            "name": lambda image: image.name,
            "digest": lambda image: image.digest,
            "created_at": created,
            "last_modified": created,
        },
    )


def _images_of(call: Call, kind: str, name: str) -> Iterable[Image]:
    if kind == "folderId":
        registries = {r.id for r in call.view.world.registries if r.folder_id == name}
        return [image for image in call.view.images if image.registry_id in registries]
    if kind == "registryId":
        known = any(registry.id == name for registry in call.view.world.registries)
        images = [image for image in call.view.images if image.registry_id == name]
        return _found(call, images, known=known, what=name)
    found = list(call.view.images_of(_canonical(call, name)))
    return _found(call, found, known=bool(found), what=name)


def _canonical(call: Call, name: str) -> str:
    first, _, rest = name.partition("/")
    registry = call.view.registry(first)
    return name if registry is None else f"{registry.id}/{rest}"


def _found(call: Call, images: list[Image], *, known: bool, what: str) -> list[Image]:
    if not known and call.view.world.behaviour.unknown_repository is Nothing.NOT_FOUND:
        raise missing("Repository" if "/" in what else "Registry", what)
    return images
