"""From a reference to the one image that it names."""

import pytest

from scangate.emulator import Reply
from scangate.errors import BadResponse, EvidenceIncomplete, PermissionDenied, ScangateError
from scangate.model import Image
from scangate.reference import ImageId, Target
from tests.transport.serving import bad

from .asking import (
    DIGEST,
    IMAGE,
    NAME,
    OTHER_DIGEST,
    REGISTRY,
    ROOT,
    client,
    image,
    page,
    query,
    reference,
    requests,
    told,
)

HTML = Reply(status=404, headers={"Content-Type": "text/html"}, body=b"<h1>Not Found</h1>")
OTHER = image("other", "latest", digest=OTHER_DIGEST)


def find(target: Target, *answers: Reply) -> Image | None:
    with client(*answers) as (registry, _):
        return registry.find(target)


@pytest.mark.parametrize("tags", [("1.4",), ("latest", "1.4"), ("1.4", "1.4"), ("", "1.4", "x")])
def test_a_tag_may_be_any_of_an_images_tags(tags: tuple[str, ...]) -> None:
    found = find(reference(":1.4"), page(OTHER, image("img", *tags)))
    assert found == Image(id="img", host="cr.yandex", name=NAME, digest=DIGEST, tags=tags)


@pytest.mark.parametrize("tag", ["1.", "1.40", "V1.4", "1.4 "])
def test_a_tag_is_compared_whole(tag: str) -> None:
    assert find(reference(":1.4"), page(image("img", tag))) is None


def test_without_a_tag_it_is_latest() -> None:
    found = find(reference(""), page(image("img", "1.4"), OTHER))
    assert found is not None
    assert found.id == "other"


@pytest.mark.parametrize("rest", [f"@{DIGEST}", f":1.4@{DIGEST}", f":no-such-tag@{DIGEST}"])
def test_a_digest_decides(rest: str) -> None:
    found = find(reference(rest), page(image("wrong", "1.4", digest=OTHER_DIGEST), image()))
    assert found is not None
    assert found.id == "img"


def test_pages_are_read_until_the_image_is_found() -> None:
    answers = (page(OTHER, token="p 2/&"), page(token="p3"), page(image("img", "1.4"), token="p4"))
    with client(*answers) as (registry, server):
        found = registry.find(reference())
    assert found is not None
    assert [query(request).get("pageToken") for request in requests(server)] == [
        None,
        "p 2/&",
        "p3",
    ]
    assert {request.path for request in requests(server)} == {f"{ROOT}/images"}
    for request in requests(server):
        asked = query(request)
        assert (asked["repositoryName"], asked["pageSize"]) == (NAME, "1000")
        assert not asked.keys() - {"repositoryName", "pageSize", "pageToken"}


@pytest.mark.parametrize(
    "answers",
    [(page(),), (told({}),), (page(OTHER),), (bad(404, "Repository not found"),), (bad(404),)],
    ids=["empty list", "empty object", "others", "404", "404 without a body"],
)
def test_what_is_not_listed_is_none(answers: tuple[Reply, ...]) -> None:
    assert find(reference(), *answers) is None


REFUSED: dict[str, tuple[type[ScangateError], str, Reply]] = {
    "two images with the tag": (
        EvidenceIncomplete,
        "names several images: img, other",
        page(image("img", "1.4"), image("other", "1.4", digest=OTHER_DIGEST)),
    ),
    "one image with two digests": (
        EvidenceIncomplete,
        "names several images: img, img",
        page(image("img", "1.4"), image("img", "1.4", digest=OTHER_DIGEST)),
    ),
    "another repository": (BadResponse, "got one of", page(image("img", "1.4", name=f"{NAME}2"))),
    "a repository above": (
        BadResponse,
        "got one of",
        page(image("img", "1.4", name=f"{REGISTRY}/team")),
    ),
    "another registry": (
        BadResponse,
        "got one of",
        page(image("img", "1.4", name="crp000000000000other/team/app")),
    ),
    "no name": (BadResponse, "got one of ''", page(image("img", "1.4", name=""))),
    "no id": (BadResponse, "has no ID, name or sha256 digest", page(image("", "1.4"))),
    "no digest": (BadResponse, "has no ID", page(image("img", "1.4", digest=""))),
    "a short digest": (BadResponse, "has no ID", page(image("img", "1.4", digest="sha256:ab"))),
    "a digest in capitals": (
        BadResponse,
        "has no ID",
        page(image("img", "1.4", digest=DIGEST.upper())),
    ),
    "a repeated page token": (BadResponse, "repeats a page token", page(OTHER, token="again")),
    "404 of a proxy": (BadResponse, "answered 404", HTML),
    "a list": (BadResponse, "not what was asked for", told([])),
}


@pytest.mark.parametrize(("error", "match", "answer"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(error: type[ScangateError], match: str, answer: Reply) -> None:
    with pytest.raises(error, match=match):
        find(reference(), answer)


def test_the_same_image_listed_twice_is_one() -> None:
    assert find(reference(), page(image("img", "1.4"), image("img", "1.4"))) is not None


@pytest.mark.parametrize("alias", ["shop", "crp-short", f"{REGISTRY}0"])
def test_an_alias_is_answered_with_the_registrys_id(alias: str) -> None:
    found = find(reference(name=f"{alias}/team/app"), page(image("img", "1.4")))
    assert found is not None
    assert found.repository == f"cr.yandex/{NAME}"


def test_an_alias_does_not_excuse_another_repository() -> None:
    with pytest.raises(BadResponse, match="got one of"):
        find(reference(name="shop/team/app2"), page(image("img", "1.4")))


def test_an_image_by_its_id() -> None:
    with client(told(image("img", "a", "b"))) as (registry, server):
        found = registry.find(ImageId(text="img", host="cr.yandex"))
    assert found == Image(id="img", host="cr.yandex", name=NAME, digest=DIGEST, tags=("a", "b"))
    assert [request.path for request in requests(server)] == [f"{ROOT}/images/img"]


@pytest.mark.parametrize(
    ("answer", "match"),
    [(image("other"), "got other"), ({}, "got no ID"), ({**image(), "id": ""}, "got no ID")],
)
def test_another_image_than_the_id_is_refused(answer: object, match: str) -> None:
    with pytest.raises(BadResponse, match=match):
        find(ImageId(text="img", host="cr.yandex"), told(answer))


def test_an_unknown_id_is_none() -> None:
    assert find(ImageId(text="img", host="cr.yandex"), bad(404, "Image img not found")) is None


@pytest.mark.parametrize(
    "identity",
    ["a/b", "a?b=c", "a#b", "a%2Fb", "ü", "a b", "../x", "a:last", "a\r\nb: c"],
)
def test_odd_ids_stay_in_their_place(identity: str) -> None:
    with client(told(image(identity))) as (registry, server):
        found = registry.find(ImageId(text=identity, host="cr.yandex"))
    assert found is not None
    [request] = requests(server)
    assert request.path.startswith(f"{ROOT}/images/")
    assert (request.path.count("/"), request.query) == (4, "")
    assert ":" not in request.path
    assert "b" not in request.headers


def test_a_403_names_the_role_and_the_command() -> None:
    with pytest.raises(PermissionDenied, match="403: Permission denied") as caught:
        find(reference(), bad(403, "Permission denied"))
    assert "container-registry.images.scanner is missing" in caught.value.hint
    assert f"yc container registry add-access-binding {REGISTRY} --role " in caught.value.hint


def test_every_403_names_the_role() -> None:
    denied = bad(403, "Permission denied")
    with client(denied) as (registry, _):
        for call in (
            lambda: registry.find(ImageId(text="img", host="cr.yandex")),
            lambda: registry.scans(IMAGE),
            lambda: registry.push_scan(IMAGE),
            lambda: registry.start_scan(IMAGE),
            lambda: registry.started_scan("s"),
        ):
            with pytest.raises(PermissionDenied) as caught:
                call()
            assert "add-access-binding <registry-id> --role" in caught.value.hint
