"""The look at the registry itself: what it takes for an answer, and where the token goes."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests_mock

from scangate.clouds import CLOUDS
from scangate.emulator import Emulator, Reply
from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    NotScannable,
    PermissionDenied,
    ScangateError,
    Unauthenticated,
    Unavailable,
)
from scangate.reference import ImageReference
from scangate.registries.docker import DockerRegistry, Manifest
from tests.registries.asking import DIGEST, NAME, OTHER_DIGEST, reference
from tests.transport.serving import TOKEN, Asking, Tokens, serving

OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"


@contextmanager
def registry(
    *replies: Reply, asking: Asking | None = None
) -> Iterator[tuple[DockerRegistry, Emulator]]:
    transport = (asking or Asking(tokens=Tokens(), seconds=0)).transport()
    with serving(*replies) as server:
        yield DockerRegistry(transport, server.url), server


def answer(kind: str = OCI, digest: str | None = DIGEST, body: bytes = b"") -> Reply:
    told = {"Docker-Content-Digest": digest} if digest else {}
    return Reply(headers={"Content-Type": kind, **told}, body=body)


@pytest.mark.parametrize(
    ("kind", "is_index"),
    [
        (OCI, False),
        (DOCKER, False),
        (OCI_INDEX, True),
        (DOCKER_LIST, True),
        (f"{OCI_INDEX}; charset=utf-8", True),
        (DOCKER.upper(), False),
    ],
)
def test_what_a_name_means(kind: str, is_index: bool) -> None:
    with registry(answer(kind)) as (docker, server):
        assert docker.look(reference(":1.4")) == Manifest(digest=DIGEST, is_index=is_index)
    [request] = [exchange.request for exchange in server.requests]
    assert (request.method, request.path) == ("HEAD", f"/v2/{NAME}/manifests/1.4")
    assert set(request.headers["accept"].split(", ")) == {OCI, DOCKER, OCI_INDEX, DOCKER_LIST}
    user = base64.b64decode(request.headers["authorization"].removeprefix("Basic "))
    assert user == f"iam:{TOKEN}".encode()


@pytest.mark.parametrize(
    "reply",
    [
        answer(digest=None),
        answer(digest=DIGEST.upper()),
        answer(digest=f"{DIGEST}, {OTHER_DIGEST}"),
        answer(digest="sha512:" + "a" * 128),
        answer(kind="text/html"),
        answer(kind="application/json"),
        answer(kind=""),
        answer(kind="application/vnd.docker.distribution.manifest.v1+prettyjws"),
        Reply(status=302, headers={"Location": "https://elsewhere.example"}),
    ],
    ids=[
        "no digest",
        "in capitals",
        "two digests",
        "another kind of digest",
        "a page",
        "another type",
        "no type",
        "the first schema",
        "a redirect",
    ],
)
def test_what_is_no_answer(reply: Reply) -> None:
    with registry(reply) as (docker, server), pytest.raises(BadResponse):
        docker.look(reference(":1.4"))
    assert len(server.requests) == 1


def test_a_digest_is_answered_with_itself() -> None:
    with registry(answer()) as (docker, _):
        assert docker.look(reference(f"@{DIGEST}")) == Manifest(digest=DIGEST, is_index=False)
    other = registry(answer(digest=OTHER_DIGEST))
    with other as (docker, _), pytest.raises(BadResponse, match="the registry answered"):
        docker.look(reference(f"@{DIGEST}"))


def test_there_is_none() -> None:
    with registry(Reply(status=404)) as (docker, _):
        assert docker.look(reference()) is None


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Unauthenticated), (403, PermissionDenied), (503, Unavailable)]
)
def test_a_refusal(status: int, kind: type[ScangateError]) -> None:
    with registry(Reply(status=status)) as (docker, _), pytest.raises(kind) as caught:
        docker.look(reference())
    assert ("container-registry.images.puller" in caught.value.hint) == (status == 403)


def test_a_token_is_renewed() -> None:
    asking = Asking(tokens=Tokens(given=("first-token", "second-token")))
    with registry(Reply(status=401), answer(), asking=asking) as (docker, server):
        assert docker.look(reference()) is not None
    sent = [exchange.request.headers["authorization"] for exchange in server.requests]
    assert [base64.b64decode(each[6:]) for each in sent] == [
        b"iam:first-token",
        b"iam:second-token",
    ]


def test_the_token_is_in_no_line_and_no_error() -> None:
    asking = Asking(tokens=Tokens(), seconds=0)
    secret = base64.b64encode(f"iam:{TOKEN}".encode()).decode()
    body = json.dumps({"message": f"bad {secret}"}).encode()
    refusing = registry(Reply(status=400, body=body), asking=asking)
    with refusing as (docker, _), pytest.raises(BadResponse) as caught:
        docker.platforms(reference(), Manifest(digest=DIGEST, is_index=True))
    told = "\n".join([caught.value.message, *asking.lines])
    assert TOKEN not in told
    assert secret[8:-8] not in told


# Where it goes


def test_each_image_is_asked_of_its_own_host_over_https() -> None:
    hosts = [host for cloud in CLOUDS.values() for host in cloud.image_hosts]
    with requests_mock.Mocker() as mocked:
        for host in hosts:
            headers = {"Docker-Content-Digest": DIGEST, "Content-Type": OCI}
            mocked.head(f"https://{host}/v2/{NAME}/manifests/1.4", headers=headers)
            docker = DockerRegistry(Asking(tokens=Tokens()).transport(), None)
            assert docker.look(ImageReference.parse(f"{host}/{NAME}:1.4"))
        assert [request.hostname for request in mocked.request_history] == hosts
    assert "registry.yandexcloud.net" in hosts


def test_a_host_that_is_not_known_gets_no_token() -> None:
    with requests_mock.Mocker() as mocked:
        docker = DockerRegistry(Asking(tokens=Tokens()).transport(), None)
        with pytest.raises(EvidenceIncomplete, match="gets no token"):
            docker.look(ImageReference.parse(f"cr.yandex.evil.example/{NAME}:1.4"))
        assert mocked.request_history == []


# Indexes


def index(*manifests: Any, **rest: Any) -> bytes:
    return json.dumps({"schemaVersion": 2, "manifests": manifests, **rest}).encode()


def entry(platform: Any = None, digest: str = DIGEST, **rest: Any) -> Any:
    given = {} if platform is None else {"platform": platform}
    return {"mediaType": OCI, "digest": digest, **given, **rest}


def platforms(body: bytes, *, digest: str = "") -> list[tuple[str, str]]:
    named = digest or f"sha256:{hashlib.sha256(body).hexdigest()}"
    with registry(answer(OCI_INDEX, named, body)) as (docker, server):
        found = docker.platforms(reference(":1.4"), Manifest(digest=named, is_index=True))
    assert server.requests[0].path == f"/v2/{NAME}/manifests/{named}"
    return [(each.platform, each.digest) for each in found]


@pytest.mark.parametrize(
    ("platform", "written"),
    [
        ({"os": "linux", "architecture": "amd64"}, "linux/amd64"),
        ({"os": "linux", "architecture": "arm", "variant": "v7"}, "linux/arm/v7"),
        (
            {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348.1"},
            "windows/amd64:10.0.20348.1",
        ),
        ({"os": "unknown", "architecture": "unknown"}, "unknown/unknown"),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_platform(platform: Any, written: str) -> None:
    assert platforms(index(entry(platform))) == [(written, DIGEST)]


def test_an_index_is_taken_only_with_its_own_digest() -> None:
    with pytest.raises(BadResponse, match="another digest"):
        platforms(index(entry()), digest=OTHER_DIGEST)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"",
        b"not json",
        b'{"manifests": null}',
        b'{"manifests": [{}]}',
        b'{"manifests": [], "manifests": []}',
        b'{"manifests": [], "Manifests": []}',
        b'{"manifests": [{"digest": "a", "Digest": "b"}]}',
        index(entry(mediaType=OCI_INDEX)),
        index(entry(mediaType=DOCKER_LIST.upper())),
        b"[" * 100_000,
    ],
    ids=[
        "nothing",
        "a list",
        "empty",
        "no JSON",
        "null",
        "no digest",
        "a name twice",
        "a name twice for a reader that knows no case",
        "a digest twice",
        "another index in it",
        "another list in it",
        "too deep",
    ],
)
def test_an_index_that_cannot_be_read(body: bytes) -> None:
    with pytest.raises(NotScannable):
        platforms(body)
