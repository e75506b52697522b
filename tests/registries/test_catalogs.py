"""Which API lists a whole registry, and what it asks for."""

import functools
from collections.abc import Callable, Iterable

import pytest

from scangate.clouds import CLOUDS, Endpoints, endpoints
from scangate.errors import BadResponse, EvidenceIncomplete, ImageNotFound, UsageError
from scangate.model import Image, Repository
from scangate.registries.catalogs import api_for
from scangate.registries.container_registry.catalog import Catalog
from tests.transport.serving import Answer, Asking, bad, serving

from .asking import NAME, REGISTRY, all_at, image, page, query, requests, told

REPOSITORY = Repository(id="repository-1", name=NAME)
KNOWN = endpoints(CLOUDS["yandex"], base=None, registry=None)
CHOSEN = endpoints(CLOUDS["yandex"], base="http://127.0.0.1:9", registry=None)


@pytest.mark.parametrize(
    ("host", "wanted", "where", "api"),
    [
        ("cr.yandex", "container-registry", KNOWN, "container-registry"),
        ("cr.yandex", "cloud-registry", KNOWN, "cloud-registry"),
        ("registry.yandexcloud.net", "auto", KNOWN, "cloud-registry"),
        ("cr.il.nebius.cloud", "auto", KNOWN, "container-registry"),
        ("cr.yandex", "auto", CHOSEN, "container-registry"),
    ],
)
def test_the_api(host: str, wanted: str, where: Endpoints, api: str) -> None:
    assert api_for(host, where, wanted=wanted) == api


def test_where_two_may_tell_differently_it_is_to_be_said() -> None:
    with pytest.raises(UsageError, match="may have moved to Cloud Registry") as caught:
        api_for("cr.yandex", KNOWN, wanted="auto")
    assert "--api cloud-registry" in caught.value.hint


def listed(call: str, *answers: Answer) -> tuple[list[object], list[dict[str, str]]]:
    """Return what a list gives, and what was asked for it."""
    with serving(*answers) as server:
        transport = Asking(seconds=0).transport()
        catalog = Catalog(transport, all_at(server.url), host="cr.yandex", registry_id=REGISTRY)
        lists: dict[str, Callable[[], Iterable[object]]] = {
            "repositories": catalog.repositories,
            "images": catalog.images,
            "images of one": functools.partial(catalog.images_of, REPOSITORY),
            "scans": functools.partial(catalog.scans, REPOSITORY, ()),
        }
        return list(lists[call]()), [query(each) for each in requests(server)]


REPOSITORIES = {"repositories": [{"id": "r", "name": NAME}], "nextPageToken": "p2"}
SCANS = {"scanResults": [{"id": "s", "imageId": "img", "status": "READY"}], "nextPageToken": "p2"}


@pytest.mark.parametrize(
    ("call", "first", "parent"),
    [
        ("repositories", told(REPOSITORIES), {"registryId": REGISTRY}),
        ("images", page(image(), token="p2"), {"registryId": REGISTRY}),
        ("images of one", page(image(), token="p2"), {"repositoryName": NAME}),
        ("scans", told(SCANS), {"repositoryId": "repository-1"}),
    ],
)
def test_a_list_is_read_to_its_end(call: str, first: Answer, parent: dict[str, str]) -> None:
    found, asked = listed(call, first, told({}))

    assert len(found) == 1
    whole = {**parent, "pageSize": "1000"}
    assert asked == [whole, {**whole, "pageToken": "p2"}]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("repositories", ImageNotFound),
        ("images", ImageNotFound),
        ("images of one", EvidenceIncomplete),
        ("scans", EvidenceIncomplete),
    ],
)
def test_what_is_not_there_is_no_empty_list(call: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        listed(call, bad(404, "there is none"))


@pytest.mark.parametrize("call", ["repositories", "images", "images of one", "scans"])
@pytest.mark.parametrize(
    "body",
    [
        {"code": 7, "message": "denied", "details": []},
        {"message": "denied"},
        {"error": {"code": 7}},
    ],
)
def test_a_refusal_with_200_is_no_empty_list(call: str, body: dict[str, object]) -> None:
    with pytest.raises(BadResponse, match="it is an error"):
        listed(call, told(body))


@pytest.mark.parametrize(
    "repository",
    [{"id": "r", "name": "crp0000000000other0/app"}, {"id": "r"}, {"name": NAME}, {}],
)
def test_a_repository_that_is_none_of_the_registry(repository: dict[str, str]) -> None:
    with pytest.raises(BadResponse):
        listed("repositories", told({"repositories": [repository]}))


@pytest.mark.parametrize(
    ("created", "known"),
    [("2026-11-01T00:00:00Z", True), ("yesterday", False), ("", False), (None, False)],
)
def test_when_an_image_was_made(created: str | None, known: bool) -> None:
    [found], _ = listed("images", page({**image(), "createdAt": created}))

    assert isinstance(found, Image)
    assert (found.created_at is not None) is known
