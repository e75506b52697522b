"""Which names mean an image."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.model import Image
from scangate.vex.product import means
from tests.vex.making import DIGEST, IMAGE, INDEX_DIGEST, OTHER_DIGEST, PLATFORM, REPOSITORY

HEX = DIGEST.removeprefix("sha256:")
NAMELESS = Image(id="crp3", host="", name="", digest=DIGEST, tags=("1.4",))
ODD = Image(id="crp5", host="cr.yandex", name="crp0/app", digest="1.4")
WITHOUT_DIGEST = Image(id="crp4", host="cr.yandex", name="crp0/app", digest="", tags=("1.4",))


@pytest.mark.parametrize(
    ("name", "image"),
    [
        pytest.param(f"pkg:oci/app@{DIGEST}", IMAGE, id="a purl with the digest"),
        pytest.param(f"pkg:oci/app@sha256%3A{HEX}", IMAGE, id="percent-encoded"),
        pytest.param(f"pkg:oci/app@sha256%3a{HEX.upper()}", IMAGE, id="in capitals"),
        pytest.param(
            f"pkg:oci/app@{DIGEST}?repository_url=ghcr.io/copy/app", IMAGE, id="from another place"
        ),
        pytest.param(f"pkg:oci/other@{DIGEST}", IMAGE, id="under another name"),
        pytest.param(f"pkg:oci/app@{DIGEST}?tag=0.9&arch=amd64", IMAGE, id="with another tag"),
        pytest.param(DIGEST, IMAGE, id="the digest alone"),
        pytest.param(INDEX_DIGEST, PLATFORM, id="the digest of the index alone"),
        pytest.param(f"pkg:oci/app@{INDEX_DIGEST}", PLATFORM, id="a purl of the index"),
        pytest.param(f"pkg:oci/app@{INDEX_DIGEST}?arch=arm64", PLATFORM, id="of its platform"),
        pytest.param(f"pkg:oci/app@{DIGEST}", PLATFORM, id="a purl of one platform"),
        pytest.param(f"{REPOSITORY}@{DIGEST}", IMAGE, id="a reference by digest"),
        pytest.param(f"{REPOSITORY}:old@{DIGEST}", IMAGE, id="a digest beside a tag"),
        pytest.param(f"{REPOSITORY}@{INDEX_DIGEST}", PLATFORM, id="by the digest of the index"),
        pytest.param(f"{REPOSITORY}:1.4", IMAGE, id="by tag"),
        pytest.param(f"{REPOSITORY}:stable", IMAGE, id="by another tag of it"),
        pytest.param(REPOSITORY, IMAGE, id="every build"),
        pytest.param(REPOSITORY, WITHOUT_DIGEST, id="every build, of a digest not told"),
        pytest.param(f"pkg:oci/app@{DIGEST}", NAMELESS, id="a purl, of a repository not told"),
        pytest.param(f"{REPOSITORY}@{DIGEST}", NAMELESS, id="by digest, of one not told"),
    ],
)
def test_names_of_the_image(name: str, image: Image) -> None:
    assert means(name, image)


@pytest.mark.parametrize(
    ("name", "image"),
    [
        pytest.param("", IMAGE, id="nothing"),
        pytest.param("app", IMAGE, id="a word"),
        pytest.param("crp1", IMAGE, id="the service's ID"),
        pytest.param("pkg:oci/app", IMAGE, id="a purl without a digest"),
        pytest.param(
            "pkg:oci/app?repository_url=cr.yandex/crp0/app&tag=1.4", IMAGE, id="a purl with a tag"
        ),
        pytest.param("pkg:oci/app@1.4", IMAGE, id="a tag for a digest"),
        pytest.param("pkg:oci/app@1.4", ODD, id="what is no digest, of an image with the same"),
        pytest.param(f"pkg:oci/app@{OTHER_DIGEST}", IMAGE, id="another digest"),
        pytest.param(f"pkg:oci/app@{DIGEST[:-1]}", IMAGE, id="a digest cut off"),
        pytest.param(f"pkg:oci/app@{DIGEST}a", IMAGE, id="a digest too long"),
        pytest.param(f"pkg:oci/app@sha256%253A{HEX}", IMAGE, id="encoded twice"),
        pytest.param(f"pkg:oci/app@{DIGEST}#etc", IMAGE, id="a part of the image"),
        pytest.param(f"pkg:docker/app@{DIGEST}", IMAGE, id="a purl of another type"),
        pytest.param(f"pkg:generic/app@{DIGEST}", IMAGE, id="a generic purl"),
        pytest.param("pkg:oci/", IMAGE, id="a malformed purl"),
        pytest.param("pkg:oci/app@", WITHOUT_DIGEST, id="an empty digest, of one not told"),
        pytest.param(f"pkg:oci/app@{INDEX_DIGEST}?arch=amd64", PLATFORM, id="another platform"),
        pytest.param(f"pkg:oci/app@{INDEX_DIGEST}?arch=arm", PLATFORM, id="part of a platform"),
        pytest.param(f"pkg:oci/app@{INDEX_DIGEST}", IMAGE, id="an index it is not of"),
        pytest.param(OTHER_DIGEST, IMAGE, id="another digest alone"),
        pytest.param("sha256:", WITHOUT_DIGEST, id="no digest"),
        pytest.param(f"cr.yandex/crp9/app@{DIGEST}", IMAGE, id="by digest, another repository"),
        pytest.param(f"{REPOSITORY}@{OTHER_DIGEST}", IMAGE, id="by another digest"),
        pytest.param(f"{REPOSITORY}:1.4@{OTHER_DIGEST}", IMAGE, id="its tag and another digest"),
        pytest.param(f"{REPOSITORY}:1.5", IMAGE, id="by another tag"),
        pytest.param(f"{REPOSITORY}:latest", IMAGE, id="by a tag that means every build to some"),
        pytest.param("cr.yandex/crp0/app2", IMAGE, id="a longer name"),
        pytest.param("cr.yandex/crp0", IMAGE, id="a registry"),
        pytest.param("ghcr.io/crp0/app", IMAGE, id="another host"),
        pytest.param("ghcr.io/crp0/app:1.4", IMAGE, id="a tag of another host"),
        pytest.param(f"https://{REPOSITORY}", IMAGE, id="an address"),
        pytest.param(f"{REPOSITORY}/", IMAGE, id="a slash too many"),
        pytest.param(REPOSITORY, NAMELESS, id="every build, of a repository not told"),
        pytest.param(f"{REPOSITORY}:1.4", NAMELESS, id="by tag, of a repository not told"),
    ],
)
def test_names_of_others(name: str, image: Image) -> None:
    assert not means(name, image)


@given(st.text() | st.text().map(lambda text: f"pkg:oci/{text}"))
def test_no_name_breaks_it(name: str) -> None:
    assert not means(name, IMAGE)
