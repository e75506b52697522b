"""The clouds, and which hosts a run asks."""

import pytest

from scangate.clouds import CLOUDS, cloud_of, endpoints
from scangate.errors import UsageError
from scangate.reference import ImageId, ImageReference, Target

YANDEX, KAZAKHSTAN, ISRAEL = (CLOUDS[name] for name in ("yandex", "yandex-kz", "nebius-il"))


@pytest.mark.parametrize("base", ["https://", "http://", "api.example/v1", "a b", "-", "ftp://x"])
def test_a_base_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(UsageError):
        endpoints(YANDEX, base=base, registry=None)


def images(*hosts: str) -> list[Target]:
    return [ImageReference.parse(f"{host}/crp0/app:1") for host in hosts]


@pytest.mark.parametrize("cloud", CLOUDS.values(), ids=CLOUDS)
def test_a_cloud_follows_from_the_images_host(cloud) -> None:  # type: ignore[no-untyped-def]  # Cloud
    assert cloud_of(images(cloud.image_host, cloud.image_host), named=None) == cloud
    assert cloud_of(images(cloud.image_host), named=cloud.name) == cloud
    assert cloud_of([ImageId(text="x", host=cloud.image_host)], named=None) == cloud


@pytest.mark.parametrize(
    ("hosts", "named", "match"),
    [
        (["docker.io"], None, "'docker.io' is not the registry of a known cloud .cr.yandex, "),
        (["cr.yandex", "docker.io"], None, "'docker.io' is not"),
        (["cr.yandex.evil.example"], None, "is not the registry"),
        (["cr.yandex:443"], None, "is not the registry"),
        (["cr.yandex", "cr.yandexcloud.kz"], None, "of several clouds .yandex, yandex-kz."),
        (["cr.yandex", "cr.yandexcloud.kz"], "yandex", "of several clouds"),
        (["cr.yandex"], "nebius-il", "are not of the cloud nebius-il: cr.yandex"),
        (["cr.yandex", "mirror.example"], "nebius-il", "are not of the cloud"),
    ],
)
def test_a_token_of_one_cloud_is_not_for_another(
    hosts: list[str], named: str | None, match: str
) -> None:
    with pytest.raises(UsageError, match=match):
        cloud_of(images(*hosts), named=named)


def test_an_unknown_host_may_stand_for_a_cloud_that_is_named() -> None:
    assert cloud_of(images("mirror.example"), named="yandex") == YANDEX
    assert cloud_of(images("mirror.example", "cr.yandex"), named="yandex") == YANDEX


HOSTS = {
    "yandex": "api.cloud.yandex.net",
    "yandex-kz": "api.yandexcloud.kz",
    "nebius-il": "api.il.nebius.cloud",
}


@pytest.mark.parametrize(("name", "base"), HOSTS.items())
def test_the_hosts_of_a_cloud(name: str, base: str) -> None:
    chosen = endpoints(CLOUDS[name], base=None, registry=None)
    assert chosen.registry == f"https://container-registry.{base}"
    assert chosen.operation == f"https://operation.{base}"
    assert chosen.known


@pytest.mark.parametrize(
    ("base", "registry", "operation"),
    [
        ("api.example", "https://container-registry.api.example", "https://operation.api.example"),
        ("api.example/", "https://container-registry.api.example", "https://operation.api.example"),
        ("https://one.example", "https://one.example", "https://one.example"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_other_hosts_are_not_known(base: str, registry: str, operation: str) -> None:
    chosen = endpoints(YANDEX, base=base, registry=None)
    assert (chosen.registry, chosen.operation) == (registry, operation)
    assert not chosen.known


def test_a_clouds_own_base_may_be_spelt_out() -> None:
    assert endpoints(YANDEX, base="api.cloud.yandex.net/", registry=None).known


def test_one_service_may_be_elsewhere() -> None:
    chosen = endpoints(ISRAEL, base=None, registry="https://registry.example")
    assert chosen.registry == "https://registry.example"
    assert chosen.operation == "https://operation.api.il.nebius.cloud"
    assert not chosen.known


@pytest.mark.parametrize(
    "base",
    [
        *("http://api.example", "user@api.example", "https://user:word@api.example", "a b@c"),
        *("ftp://api.example", "https://[bad", "[bad", "api.example:99999"),
    ],
)
def test_an_unsafe_base_is_refused(base: str) -> None:
    with pytest.raises(UsageError):
        endpoints(YANDEX, base=base, registry=None)


@pytest.mark.parametrize("service", ["registry", "operation"])
def test_an_unsafe_address_of_a_service_is_refused(service: str) -> None:
    unsafe = {"registry": None, "operation": None, service: "http://api.example"}
    with pytest.raises(UsageError, match="HTTPS only"):
        endpoints(YANDEX, base=None, **unsafe)
