"""YAML text → World. `samples/worlds/every-key.yaml` shows and explains every key.

Whatever is not given is derived from the names and positions, so that the same file always
makes the same world, byte for byte.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields as switches
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

from scangate.emulator.behaviour import Behaviour
from scangate.emulator.fields import Value, WorldError, parse_yaml
from scangate.emulator.identities import Identities
from scangate.emulator.identities_reader import read_identities
from scangate.emulator.manifests import digest_of
from scangate.emulator.moments import Moment, parse_duration, parse_moment
from scangate.emulator.scan_reader import read_on_scans, read_scans
from scangate.emulator.world import (
    CLOUD_REGISTRY,
    CONTAINER_REGISTRY,
    LONG_AGO,
    Access,
    Image,
    PlatformManifest,
    Registry,
    ScanPolicy,
    ScheduledRule,
    Tag,
    World,
    derive_digest,
    derive_id,
)

DEFAULT_FOLDER = "b1g00000000000folder"
BOTH_APIS = frozenset({CONTAINER_REGISTRY, CLOUD_REGISTRY})


def load_world(source: str | Path) -> World:
    """Read a world: a path's file, or the text itself. Raises WorldError, or OSError for a file."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    root = parse_yaml(text).fields("registries", "images", "behaviour", "access", "identities")
    registries = tuple(map(_registry, root.need("registries", Value.items)))
    images = tuple(_images(root.get("images", Value.items, ()), registries))
    _refuse_duplicates("registry", [name for r in registries for name in (r.id, *r.aliases)])
    _refuse_duplicates("image", [image.id for image in images])
    _refuse_duplicates("scan", [scan.id for image in images for scan in image.scans])
    return World(
        registries=registries,
        images=images,
        behaviour=root.get("behaviour", _behaviour, Behaviour()),
        access=root.get("access", _access, Access()),
        identities=root.get("identities", read_identities, Identities()),
    )


def _registry(value: Value) -> Registry:
    known = ("id", "name", "folder_id", "status", "aliases", "scan_policy")
    fields = value.fields(*known)
    identity = fields.need("id", _id)
    return Registry(
        id=identity,
        name=fields.get("name", Value.text, ""),
        folder_id=fields.get("folder_id", _id, DEFAULT_FOLDER),
        status=fields.get("status", Value.text, "ACTIVE"),
        aliases=fields.get("aliases", Value.texts, ()),
        scan_policy=fields.get("scan_policy", lambda policy: _scan_policy(policy, identity), None),
    )


def _scan_policy(value: Value, registry_id: str) -> ScanPolicy:
    known = ("id", "name", "push", "push_disabled", "schedule", "disabled")
    fields = value.fields(*known)
    return ScanPolicy(
        id=fields.get("id", _id, derive_id(registry_id[:3], f"scan policy {registry_id}")),
        name=fields.get("name", Value.text, ""),
        push=fields.get("push", Value.texts, None),
        push_disabled=fields.get("push_disabled", Value.flag, False),
        schedule=tuple(map(_scheduled_rule, fields.get("schedule", Value.items, ()))),
        disabled=fields.get("disabled", Value.flag, False),
    )


def _scheduled_rule(value: Value) -> ScheduledRule:
    fields = value.fields("prefixes", "period", "disabled")
    return ScheduledRule(
        prefixes=fields.need("prefixes", Value.texts),
        period=fields.need("period", _duration),
        disabled=fields.get("disabled", Value.flag, False),
    )


def _images(values: Iterable[Value], registries: tuple[Registry, ...]) -> Iterable[Image]:
    known = {registry.id for registry in registries}
    positions: dict[str, int] = {}
    for value in values:
        image = _image(value, positions)
        if image.registry_id not in known or "/" not in image.name:
            raise value.error(f"{image.name} is not <registry id>/<path> of a registry above")
        yield image


def _image(value: Value, positions: dict[str, int]) -> Image:
    known = ("name", "id", "digest", "tags", "appears", "disappears", "created_at", "apis", "index")
    fields = value.fields(*known, "compressed_size", "layers", "scans", "on_scan")
    name = fields.need("name", Value.text)
    position = positions[name] = positions.get(name, 0) + 1
    seed = f"image {name} {position}"
    appears = fields.get("appears", _moment, LONG_AGO)
    identity = fields.get("id", _id, derive_id(name[:3], seed))
    layers = fields.get("layers", Value.count, 3)
    index = tuple(map(_platform, fields.get("index", Value.one_or_more, ())))
    scans = read_scans(fields.get("scans", Value.items, ()), identity, appears)
    return Image(
        id=identity,
        name=name,
        digest=fields.get("digest", Value.text, digest_of(index) or derive_digest(seed)),
        tags=tuple(map(_tag, fields.get("tags", Value.items, ()))),
        appears=appears,
        disappears=fields.get("disappears", _moment, None),
        created_at=fields.get("created_at", _moment, appears),
        compressed_size=fields.get("compressed_size", Value.count, layers * 9_437_184),
        layers=layers,
        apis=fields.get("apis", _apis, BOTH_APIS),
        index=index,
        scans=scans,
        on_scan=read_on_scans(fields, scans),
    )


def _tag(value: Value) -> Tag:
    if not value.is_mapping:
        return Tag(value.text())
    fields = value.fields("name", "since")
    return Tag(fields.need("name", Value.text), fields.need("since", _moment))


def _platform(value: Value) -> PlatformManifest:
    fields = value.fields("platform", "digest")
    platform = fields.need("platform", Value.text)
    return PlatformManifest(platform, fields.need("digest", Value.text))


def _apis(value: Value) -> frozenset[str]:
    apis = frozenset(value.texts())
    if not apis or not apis <= BOTH_APIS:
        raise value.error(f"expected some of {', '.join(sorted(BOTH_APIS))}")
    return apis


def _access(value: Value) -> Access:
    fields = value.fields("accepted", "forbidden")
    forbidden = frozenset(fields.get("forbidden", Value.texts, ()))
    if "accepted" not in fields:
        return Access(forbidden=forbidden)
    return Access(accepted=frozenset(fields.need("accepted", Value.texts)), forbidden=forbidden)


def _behaviour(value: Value) -> Behaviour:
    default = Behaviour()
    names = [switch.name for switch in switches(default)]
    fields = value.fields(*names)
    chosen: dict[str, Any] = {
        name: _setting(fields.values[name], name) for name in names if name in fields
    }
    return replace(default, **chosen)


def _setting(value: Value, name: str) -> bool | int | Enum:
    default = getattr(Behaviour(), name)
    if isinstance(default, bool):
        return value.flag()
    if isinstance(default, Enum):
        return value.parsed(type(default))
    number = value.count()
    if name == "fraction_digits" and number > 9:
        raise value.error(f"{number} is more than 9 digits")
    return number


def _moment(value: Value) -> Moment:
    return value.parsed(parse_moment)


def _duration(value: Value) -> int:
    return value.parsed(parse_duration)


def _id(value: Value) -> str:
    # yandex/cloud/containerregistry/v1/*_service.proto: every ID is at most 50 characters long
    if not 0 < len(text := value.text()) <= 50:
        raise value.error(f"an ID has 1 to 50 characters, not {len(text)}")
    return text


def _refuse_duplicates(kind: str, ids: list[str]) -> None:
    for identity, times in Counter(ids).items():
        if times > 1:
            raise WorldError(f"the {kind} ID {identity} is there {times} times")
