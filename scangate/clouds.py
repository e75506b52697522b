"""The clouds that scangate knows: their image hosts and the hosts of their APIs.

Sources: docs of Yandex Cloud (api-design-guide/concepts/endpoints, container-registry/api-ref),
README of yandex-cloud/python-sdk for Kazakhstan, nebius.com/il/docs/container-registry for
Israel, iam/operations/wlif/setup-wlif for the token exchange, which is known of one cloud only.
The hosts of a service follow from the base: `<service>.<base>`.
"""

import re
from collections.abc import Sequence

from scangate.address import refuse_unsafe
from scangate.errors import UsageError
from scangate.model import Value
from scangate.reference import Target


class Cloud(Value, frozen=True):
    """An installation of the cloud, with its own accounts and tokens."""

    name: str
    base: str
    image_host: str
    other_image_hosts: tuple[str, ...] = ()
    token_exchange: str | None = None

    @property
    def image_hosts(self) -> tuple[str, ...]:
        """Every host that its images are pulled from; the first is for images without a name."""
        return (self.image_host, *self.other_image_hosts)


CLOUDS = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            name="yandex",
            base="api.cloud.yandex.net",
            image_host="cr.yandex",
            other_image_hosts=("registry.yandexcloud.net",),
            token_exchange="https://auth.yandex.cloud/oauth/token",  # noqa: S106 - an address
        ),
        Cloud(name="yandex-kz", base="api.yandexcloud.kz", image_host="cr.yandexcloud.kz"),
        Cloud(name="nebius-il", base="api.il.nebius.cloud", image_host="cr.il.nebius.cloud"),
    )
}

IMAGE_HOSTS = frozenset(host for cloud in CLOUDS.values() for host in cloud.image_hosts)
"""The hosts that a token of their cloud may be shown to."""


class Endpoints(Value, frozen=True):
    """The addresses of the APIs that a run asks, without a closing slash.

    `registry` is that of Container Registry. `docker` serves the Docker protocol, None: each
    image's own host does. `chosen` is whether the user named where the registry's API is.
    `iam_audience` is what a JWT for IAM has to name. `token_exchange` is a whole address, None
    where it is not known. `known` is whether all of them belong to a known cloud.
    """

    cloud: Cloud
    registry: str
    cloud_registry: str
    docker: str | None
    chosen: bool
    operation: str
    iam: str
    iam_audience: str
    token_exchange: str | None
    known: bool

    def of(self, api: str) -> str:
        """Return the address of an API by its name."""
        return self.cloud_registry if api == "cloud-registry" else self.registry


def cloud_of(targets: Sequence[Target], *, named: str | None) -> Cloud:
    """Return the one cloud of all images: a token of one must not be sent to another.

    Raises UsageError for an unknown host, a host of another cloud than named, or several clouds.
    """
    hosts = {target.host for target in targets}
    known = {cloud for cloud in CLOUDS.values() if hosts & {*cloud.image_hosts}}
    if len(known) > 1:
        names = ", ".join(sorted(cloud.name for cloud in known))
        raise UsageError(f"the images are of several clouds ({names}); run scangate once for each")
    if named is None:
        return _cloud_by_host(hosts, known)
    cloud = CLOUDS[named]
    if known - {cloud}:
        raise UsageError(f"the images are not of the cloud {named}: {', '.join(sorted(hosts))}")
    return cloud


def _cloud_by_host(hosts: set[str], known: set[Cloud]) -> Cloud:
    unknown = hosts - IMAGE_HOSTS
    if unknown:
        hosts_known = ", ".join(host for cloud in CLOUDS.values() for host in cloud.image_hosts)
        raise UsageError(
            f"{sorted(unknown)[0]!r} is not the registry of a known cloud ({hosts_known})",
            hint="if it stands for one of them, say which with --cloud",
        )
    return next(iter(known))


def endpoints(
    cloud: Cloud,
    *,
    base: str | None,
    registry: str | None,
    operation: str | None = None,
    iam: str | None = None,
    token_exchange: str | None = None,
) -> Endpoints:
    """Return the addresses to ask. `base` is a host base, or a full URL that serves every API.

    Raises UsageError for an address to which a token must not be sent.
    """
    root = _root(base or cloud.base)
    whole = "://" in root
    audience = cloud.base if whole else root  # the official python-sdk derives it alike
    chosen = Endpoints(
        cloud=cloud,
        registry=registry or (root if whole else f"https://container-registry.{root}"),
        cloud_registry=registry or (root if whole else f"https://registry.{root}"),
        docker=root if whole else None,
        chosen=whole or registry is not None,
        operation=operation or (root if whole else f"https://operation.{root}"),
        iam=(iam or (root if whole else f"https://iam.{root}")).rstrip("/"),
        iam_audience=f"https://iam.{audience}/iam/v1/tokens",
        token_exchange=token_exchange or (f"{root}{_EXCHANGE_PATH}" if whole else _exchange(root)),
        known=root == cloud.base and not any((registry, operation, iam, token_exchange)),
    )
    for url in (
        chosen.registry,
        chosen.cloud_registry,
        chosen.operation,
        chosen.iam,
        chosen.token_exchange,
    ):
        if url is not None:
            refuse_unsafe(url)
    return chosen


_BASE = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")


def _root(base: str) -> str:
    if "://" in base:
        refuse_unsafe(base)
    elif not _BASE.fullmatch(base.rstrip("/")):
        raise UsageError(f"{base[:80]!r} is neither a host nor an http or https address")
    return base.rstrip("/")


_EXCHANGE_PATH = "/oauth/token"


def _exchange(base: str) -> str | None:
    exchanges = {cloud.base: cloud.token_exchange for cloud in CLOUDS.values()}
    return exchanges.get(base)
