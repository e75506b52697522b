"""Which API judges an image, and that it is the image which the registry itself means."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scangate.clouds import CLOUDS, Endpoints, endpoints
from scangate.emulator import Arrival, Emulator, Faults, Reply, load_world
from scangate.errors import (
    BadResponse,
    ImageNotFound,
    NotScannable,
    PermissionDenied,
    ScangateError,
    Unavailable,
    UsageError,
)
from scangate.model import Image
from scangate.reference import ImageId
from scangate.registries import PRODUCTS, Lookup, docker, open_registry, refuse_missing
from scangate.registries.cloud_registry import stubs
from scangate.registries.lookup import apis_of
from tests.registries.asking import reference
from tests.transport.serving import Asking, Tokens

REGISTRY = "crp0000000000000test"
OLD, NEW, ARM, GONE = (f"sha256:{letter * 64}" for letter in "abcd")
CR, CLOUD = "container-registry", "cloud-registry"
ONLY_OLD, ONLY_NEW = f"apis: [{CR}]", f"apis: [{CLOUD}]"


def world(*images: str, **behaviour: str) -> str:
    listed = "".join(f"\n  - {{name: {REGISTRY}/team/app, {image}}}" for image in images)
    switches = "".join(f"\n  {name}: {value}" for name, value in behaviour.items())
    head = f"registries: [{{id: {REGISTRY}}}]\nimages:{listed}"
    return f"{head}\nbehaviour:{switches}" if switches else head


def where(url: str = "http://127.0.0.1:1", **given: Any) -> Endpoints:
    return endpoints(CLOUDS["yandex"], base=given.pop("base", url), registry=given.pop("at", None))


class Asked:
    """A registry whose own host is the emulator, as is every API."""

    def __init__(self, emulator: Emulator, api: str, host: str) -> None:
        import msgspec

        self.emulator = emulator
        self.asking = Asking(tokens=Tokens(), seconds=0)
        # As without --endpoint: the addresses are the cloud's own, not chosen by the user
        own = msgspec.structs.replace(where(emulator.url), docker=None, chosen=False)
        self.lookup: Lookup = open_registry(host, self.asking.transport(), own, api=api)

    def find(self, rest: str = ":1.4") -> Image | None:
        return self.lookup.find(reference(rest))

    def apis(self) -> list[str]:
        """Which of them were asked for an image, in order."""
        names = {"/container-registry/v1/images": CR, "/cloud-registry/v1/registries": CLOUD}
        parts = [("v2" if e.path.startswith("/v2/") else e.path) for e in self.emulator.requests]
        found = [next((n for p, n in names.items() if part.startswith(p)), part) for part in parts]
        return list(dict.fromkeys(found))


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Every image host is the emulator."""

    @contextmanager
    def serve(
        text: str, *, api: str = "auto", host: str = "cr.yandex", faults: Faults | None = None
    ) -> Iterator[Asked]:
        with Emulator(load_world(text), faults=faults) as emulator:
            monkeypatch.setattr(docker, "_own_root", lambda target: emulator.url)
            yield Asked(emulator, api, host)

    return serve  # type: ignore[return-value]


# Which APIs


@pytest.mark.parametrize(
    ("host", "wanted", "given", "apis"),
    [
        ("cr.yandex", "auto", {"base": None}, (CR, CLOUD)),
        ("registry.yandexcloud.net", "auto", {"base": None}, (CLOUD,)),
        ("cr.yandexcloud.kz", "auto", {"base": None}, (CR,)),
        ("cr.il.nebius.cloud", "auto", {"base": None}, (CR,)),
        ("mirror.example", "auto", {"base": None}, (CR,)),
        ("cr.yandex", "auto", {"base": "api.example"}, (CR, CLOUD)),
        ("cr.yandex", "auto", {"base": "https://all.example"}, (CR,)),
        ("registry.yandexcloud.net", "auto", {"base": "https://all.example"}, (CR,)),
        ("cr.yandex", "auto", {"base": None, "at": "https://own.example"}, (CR,)),
        ("cr.yandex", CLOUD, {"base": "https://all.example"}, (CLOUD,)),
        ("cr.yandex", CLOUD, {"base": None}, (CLOUD,)),
        ("registry.yandexcloud.net", CR, {"base": None}, (CR,)),
    ],
)
def test_which_apis(host: str, wanted: str, given: dict[str, Any], apis: tuple[str, ...]) -> None:
    assert apis_of(host, wanted=wanted, endpoints=where(**given)) == apis


def test_the_command_line_offers_the_same() -> None:
    from scangate.cli.judging_options import APIS

    assert ("auto", *PRODUCTS) == APIS


# Which image


@pytest.mark.parametrize("named", [":1.4", f"@{OLD}", f":1.4@{OLD}"])
def test_container_registry_while_it_has_that_image(at_home: Any, named: str) -> None:
    with at_home(world(f'id: img, tags: ["1.4"], digest: "{OLD}"')) as it:
        image = it.find(named)
    assert (it.lookup.api, image.id, image.digest) == (CR, "img", OLD)
    assert it.apis() == ["v2", CR]
    assert any(line.endswith("known to container-registry") for line in it.asking.lines)


MOVED = (
    f'id: old, tags: ["1.4"], digest: "{OLD}", {ONLY_OLD}, scans: [{{finished: -1h}}]',
    f'id: new, tags: ["1.4"], digest: "{NEW}", {ONLY_NEW}',
)


def test_after_a_migration_the_old_image_of_the_tag_is_not_judged(at_home: Any) -> None:
    with at_home(world(*MOVED)) as it:
        image = it.find()
    assert (it.lookup.api, image.digest) == (CLOUD, NEW)
    assert image.id != "new"
    assert it.apis() == ["v2", CR, CLOUD]


def test_who_asks_for_container_registry_does_not_get_its_old_image(at_home: Any) -> None:
    with at_home(world(*MOVED), api=CR) as it, pytest.raises(ImageNotFound) as caught:
        it.find()
    assert f"1.4 is {NEW} in the registry, and the API of {CR} has no" in caught.value.message
    assert it.lookup.api == ""


def test_who_names_the_old_digest_gets_the_old_image(at_home: Any) -> None:
    with at_home(world(*MOVED)) as it:
        assert it.find(f"@{OLD}").id == "old"


def test_an_image_that_no_api_has(at_home: Any) -> None:
    text = world(f'id: new, tags: ["1.4"], digest: "{NEW}", {ONLY_NEW}')
    with at_home(text, faults=without(CLOUD)) as it, pytest.raises(ImageNotFound) as caught:
        it.find()
    assert f"{NEW} in the registry, and the API of {CR} and {CLOUD} has no" in caught.value.message


def test_a_tag_that_the_registry_has_not(at_home: Any) -> None:
    with at_home(world(f'id: img, tags: ["1.4"], digest: "{OLD}"')) as it:
        assert it.find(":none") is None
        assert it.apis() == ["v2"]


def without(api: str) -> Faults:
    """An API that has nothing; the registry itself has everything."""

    def faults(arrival: Arrival) -> Reply | None:
        return Reply(status=404) if arrival.request.path.startswith(f"/{api}/") else None

    return faults


def failing(api: str, status: int) -> Faults:
    def faults(arrival: Arrival) -> Reply | None:
        return Reply(status=status) if arrival.request.path.startswith(f"/{api}/") else None

    return faults


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, ScangateError), (403, PermissionDenied), (500, Unavailable), (503, Unavailable)],
)
def test_a_refusal_of_the_old_api_is_no_absence(
    at_home: Any, status: int, kind: type[ScangateError]
) -> None:
    with at_home(world(*MOVED), faults=failing(CR, status)) as it, pytest.raises(kind) as caught:
        it.find()
    assert "--api cloud-registry" in caught.value.hint
    assert it.apis() == ["v2", CR]


def test_the_old_api_is_gone(at_home: Any) -> None:
    text = world(f'id: img, tags: ["1.4"], digest: "{NEW}"')
    with at_home(text, faults=without(CR)) as it:
        assert it.find().digest == NEW
    assert it.lookup.api == CLOUD


def test_the_host_of_cloud_registry_asks_nobody_else(at_home: Any) -> None:
    text = world(f'id: img, tags: ["1.4"], digest: "{NEW}"')
    with at_home(text, host="registry.yandexcloud.net") as it:
        assert it.find().digest == NEW
    assert it.apis() == ["v2", CLOUD]
    with at_home(text, host="registry.yandexcloud.net") as it:
        assert it.find(f"@{NEW}").digest == NEW
    assert it.apis() == [CLOUD]  # a digest needs no look: its artifact tells what it is


def test_an_id_is_looked_for_in_both(at_home: Any) -> None:
    with at_home(world(*MOVED)) as it:
        artifact = it.emulator._api.world.images[1].artifact_id
        assert it.lookup.find(ImageId(text="old", host="cr.yandex")).digest == OLD
        assert it.lookup.api == CR
        assert it.lookup.find(ImageId(text=artifact, host="cr.yandex")).digest == NEW
        assert it.lookup.api == CLOUD
        assert it.lookup.find(ImageId(text="none", host="cr.yandex")) is None


# With one URL for everything there is no registry to look at


def test_a_full_url_and_container_registry_means_no_look() -> None:
    text = world(f'id: img, tags: ["1.4"], digest: "{OLD}"')
    with Emulator(load_world(text)) as emulator:
        transport = Asking(tokens=Tokens(), seconds=0).transport()
        lookup = open_registry("cr.yandex", transport, where(emulator.url), api="auto")
        image = lookup.find(reference(":1.4"))
    assert image is not None
    assert [e.path for e in emulator.requests] == ["/container-registry/v1/images"]


def test_a_full_url_and_cloud_registry_looks_there() -> None:
    text = world(f'id: img, tags: ["1.4"], digest: "{OLD}"')
    with Emulator(load_world(text)) as emulator:
        transport = Asking(tokens=Tokens(), seconds=0).transport()
        lookup = open_registry("cr.yandex", transport, where(emulator.url), api=CLOUD)
        assert lookup.find(reference(":1.4")) is not None
    first = emulator.requests[0].request
    assert (first.method, first.path.partition("/manifests/")[2]) == ("HEAD", "1.4")
    assert base64.b64decode(first.headers["authorization"][6:]).startswith(b"iam:")


# Indexes on Container Registry


def index(*entries: str, identity: str = "index", rest: str = ONLY_OLD) -> str:
    pairs = ", ".join(f'{{platform: {p}, digest: "{d}"}}' for p, d in map(str.split, entries))
    return f'id: {identity}, tags: ["1.4"], index: [{pairs}], {rest}'


AMD_IMAGE = f'id: amd, digest: "{OLD}", {ONLY_OLD}'
ARM_IMAGE = f'id: arm, digest: "{ARM}", {ONLY_OLD}'
INDEX = index(f"linux/amd64 {OLD}", f"linux/arm64 {ARM}", f"unknown/unknown {GONE}")


@pytest.mark.parametrize("listed", ["false", "true"])
@pytest.mark.parametrize("api", ["auto", CR])
def test_every_platform_of_an_index(at_home: Any, listed: str, api: str) -> None:
    text = world(AMD_IMAGE, ARM_IMAGE, INDEX, index_listed=listed)
    with at_home(text, api=api) as it:
        image = it.find()
        again = it.find(f"@{image.digest}")
    told = [(each.id, each.platform, each.digest) for each in image.platforms]
    assert told == [("amd", "linux/amd64", OLD), ("arm", "linux/arm64", ARM)]
    assert {each.index_digest for each in image.platforms} == {image.digest}
    assert [each.id for each in again.platforms] == ["amd", "arm"]
    assert it.lookup.api == CR
    assert any(GONE in line and "attestation" in line for line in it.asking.lines)


def test_a_platform_that_is_not_there(at_home: Any) -> None:
    with at_home(world(AMD_IMAGE, INDEX), api=CR) as it, pytest.raises(NotScannable) as caught:
        it.find()
    assert f"its linux/arm64 ({ARM}) is not in Container Registry" in caught.value.message
    assert "docker buildx build --provenance=false --platform linux/amd64" in caught.value.hint


def test_a_platform_that_neither_has(at_home: Any) -> None:
    with at_home(world(AMD_IMAGE, INDEX)) as it, pytest.raises(ImageNotFound) as caught:
        it.find()
    assert "is not in Container Registry" in caught.value.message
    assert it.apis()[-1] == CLOUD


def test_an_index_that_has_moved(at_home: Any) -> None:
    images = [image.replace(ONLY_OLD, ONLY_NEW) for image in (AMD_IMAGE, ARM_IMAGE, INDEX)]
    with at_home(world(*images)) as it:
        image = it.find()
    assert [each.digest for each in image.platforms] == [OLD, ARM]
    assert it.lookup.api == CLOUD


def test_parts_of_one_index_are_not_taken_from_two_apis(at_home: Any) -> None:
    moved = [INDEX.replace(ONLY_OLD, ONLY_NEW), ARM_IMAGE.replace(ONLY_OLD, ONLY_NEW)]
    with at_home(world(AMD_IMAGE, *moved)) as it, pytest.raises(ImageNotFound):
        it.find()


@pytest.mark.parametrize("named", [":1.4", f"@{OLD}"])
def test_an_image_for_the_api_and_an_index_for_the_registry(at_home: Any, named: str) -> None:
    """Cloud Registry tells of one image what the registry itself calls an index."""

    def faults(arrival: Arrival) -> Reply | None:
        if not arrival.request.path.startswith("/v2/"):
            return None
        kind = "application/vnd.oci.image.index.v1+json"
        return Reply(headers={"Content-Type": kind, "Docker-Content-Digest": OLD})

    text = world(f'id: img, tags: ["1.4"], digest: "{OLD}"')
    host = "registry.yandexcloud.net"
    with at_home(text, host=host, faults=faults) as it:
        if named == ":1.4":
            with pytest.raises(BadResponse, match="one part of the service only"):
                it.find(named)
        else:
            assert it.find(named).digest == OLD  # nobody is asked twice


# Without gRPC


@pytest.fixture
def no_grpc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "grpc", None)


@pytest.mark.usefixtures("no_grpc")
def test_what_is_missing_is_told_before_anything_is_asked() -> None:
    own = where(base=None)
    with pytest.raises(UsageError, match="Cloud Registry cannot be asked") as caught:
        refuse_missing("registry.yandexcloud.net", own, api="auto")
    assert caught.value.hint == "pip install 'scangate[cloud-registry]'"
    refuse_missing("cr.yandex", own, api="auto")
    refuse_missing("cr.yandex", own, api=CR)
    with pytest.raises(UsageError):
        refuse_missing("cr.yandex", own, api=CLOUD)


@pytest.mark.usefixtures("no_grpc")
def test_it_is_missed_only_where_it_is_needed(at_home: Any) -> None:
    with at_home(world(f'id: img, tags: ["1.4"], digest: "{OLD}"')) as it:
        assert it.find().digest == OLD
    with at_home(world(*MOVED)) as it, pytest.raises(ImageNotFound) as caught:
        it.find()
    assert "Cloud Registry cannot be asked" in caught.value.message
    assert "pip install" in caught.value.hint


@pytest.mark.parametrize("error", [ImportError("no module"), RuntimeError("grpc is too old")])
def test_stubs_that_do_not_fit(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    usual = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("yandex.cloud"):
            raise error
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError, match=str(error)):
        stubs.load()
