"""Whether a file is of the image that was asked for, and what the image is called without it."""

import pytest

from scangate.errors import EvidenceIncomplete, ImageNotFound
from scangate.model import Image
from scangate.reference import ImageId, ImageReference
from scangate.saved.content import Names
from scangate.saved.names import Name, doubts, identify, parse
from tests.saved.shapes import DIGEST, OTHER_DIGEST, REFERENCE, grype, pair, saved, trivy

ID = ImageId(text="crp1", host="cr.yandex")
HUB = "docker.io"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alpine", Name(host=HUB, path="library/alpine")),
        ("alpine:3.9", Name(host=HUB, path="library/alpine", tag="3.9")),
        ("gitea/gitea:1", Name(host=HUB, path="gitea/gitea", tag="1")),
        ("index.docker.io/library/a:1", Name(host=HUB, path="library/a", tag="1")),
        ("docker.io/alpine", Name(host=HUB, path="library/alpine")),
        ("cr.yandex/crp0/app", Name(host="cr.yandex", path="crp0/app")),
        ("localhost/app:1", Name(host="localhost", path="app", tag="1")),
        ("localhost:5000/app:1", Name(host="localhost:5000", path="app", tag="1")),
        (f"a.b/c@{DIGEST}", Name(host="a.b", path="c", digest=DIGEST)),
        (f"a.b/c:1@{DIGEST}", Name(host="a.b", path="c", tag="1", digest=DIGEST)),
        ("", None),
        ("a.b/", None),
        ("App", None),
        ("./app.tar", None),
        ("/tmp/app.tar", None),
        ("docker:alpine:3", None),
        ("registry:cr.yandex/crp0/app:1", None),
        ("a.b/c@sha256:1", None),
        ("a.b/c:", None),
        ("a" * 2000, None),
    ],
)
def test_names_are_read_as_docker_reads_them(text: str, name: Name | None) -> None:
    assert parse(text) == name


def _reference(text: str) -> ImageReference:
    return ImageReference.parse(text)


APP = "cr.yandex/crp0/app"
FULL = Names(asked=f"{APP}:1.4", tags=(f"{APP}:1.4",), digests=(f"{APP}@{DIGEST}",), id="sha256:1")
PUSHED = Names(asked="app.tar", tags=(f"{APP}:1.4", "app:dev"))
LOCAL = Names(asked="gitea/gitea:1", tags=("gitea/gitea:1",), manifest=DIGEST)


@pytest.mark.parametrize(
    ("names", "wanted", "digest"),
    [
        pytest.param(FULL, f"{APP}:1.4", DIGEST, id="its tag"),
        pytest.param(FULL, f"{APP}@{DIGEST}", DIGEST, id="its digest"),
        pytest.param(FULL, f"{APP}:other@{DIGEST}", DIGEST, id="its digest, whatever the tag"),
        pytest.param(FULL, f"mirror.example/a/b@{DIGEST}", DIGEST, id="its digest, copied"),
        pytest.param(PUSHED, f"{APP}:1.4", "", id="a tag of an archive, no digest told"),
        pytest.param(LOCAL, "docker.io/gitea/gitea:1", "", id="Docker's short name"),
        pytest.param(LOCAL, f"{APP}@{DIGEST}", DIGEST, id="a bare digest"),
        pytest.param(
            Names(asked=f"{APP}:1.4", digests=(f"{APP}@{DIGEST}", f"{APP}@{OTHER_DIGEST}")),
            f"{APP}:1.4",
            "",
            id="two digests: which one is not known",
        ),
        pytest.param(
            Names(asked=f"{APP}:1.4", digests=(f"other/app@{DIGEST}",)),
            f"{APP}:1.4",
            "",
            id="the digest of another repository",
        ),
        pytest.param(Names(tags=("a.b/c/d:latest",)), "a.b/c/d", "", id="latest is meant"),
    ],
)
def test_the_image_that_was_asked_for(names: Names, wanted: str, digest: str) -> None:
    reference, image = identify("trivy.json", names, _reference(wanted))
    assert reference == wanted
    assert (image.id, image.digest) == (names.id, digest)
    assert (image.host, image.name) == (_reference(wanted).host, _reference(wanted).name)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        pytest.param(FULL, f"{APP}:1.5", id="another tag"),
        pytest.param(FULL, APP, id="latest"),
        pytest.param(FULL, "cr.yandex/crp1/app:1.4", id="another repository"),
        pytest.param(FULL, "cr.yandexcloud.kz/crp0/app:1.4", id="another host"),
        pytest.param(FULL, f"{APP}@{OTHER_DIGEST}", id="another digest"),
        pytest.param(FULL, f"{APP}:1.4@{OTHER_DIGEST}", id="its tag with another digest"),
        pytest.param(PUSHED, f"{APP}@{DIGEST}", id="a digest that it does not tell"),
        pytest.param(LOCAL, f"{APP}@{OTHER_DIGEST}", id="another bare digest"),
        pytest.param(Names(), f"{APP}:1.4", id="no name"),
        pytest.param(Names(), f"{APP}@{DIGEST}", id="no name and a digest"),
        pytest.param(Names(asked=APP), f"{APP}:latest", id="a name that may be a path"),
        pytest.param(Names(id=DIGEST), f"{APP}@{DIGEST}", id="the digest of a configuration"),
        pytest.param(Names(digests=(f"{APP}@{DIGEST}",)), f"{APP}:1.4", id="a tag, told none"),
    ],
)
def test_another_image_is_refused(names: Names, wanted: str) -> None:
    with pytest.raises(ImageNotFound, match=r"trivy\.json is not known to be of") as refused:
        identify("trivy.json", names, _reference(wanted))
    assert wanted in refused.value.hint


@pytest.mark.parametrize(
    ("names", "called", "image"),
    [
        pytest.param(
            FULL,
            f"{APP}:1.4",
            Image(id="sha256:1", host="cr.yandex", name="crp0/app", digest=DIGEST, tags=("1.4",)),
            id="what was asked for",
        ),
        pytest.param(
            Names(
                asked="6877f5aabc34", tags=("gitea/gitea:1",), digests=(f"gitea/gitea@{DIGEST}",)
            ),
            "docker.io/gitea/gitea:1",
            Image(id="", host=HUB, name="gitea/gitea", digest=DIGEST, tags=("1",)),
            id="an ID was asked for",
        ),
        pytest.param(
            Names(digests=(f"a.b/c@{DIGEST}",)),
            f"a.b/c@{DIGEST}",
            Image(id="", host="a.b", name="c", digest=DIGEST),
            id="only a digest",
        ),
        pytest.param(
            Names(asked="app:dev", tags=("app:dev", f"{APP}:1.4")),
            "docker.io/library/app:dev",
            Image(id="", host=HUB, name="library/app", digest="", tags=("dev",)),
            id="one of two was asked for",
        ),
    ],
)
def test_without_a_reference_the_file_names_it(names: Names, called: str, image: Image) -> None:
    assert identify("trivy.json", names, None) == (called, image)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(Names(), id="no name"),
        pytest.param(Names(asked="images/app.tar"), id="a path"),
        pytest.param(Names(manifest=DIGEST, id=DIGEST), id="only bare digests"),
        pytest.param(PUSHED, id="two repositories"),
        pytest.param(Names(tags=("",), digests=("",)), id="empty names"),
    ],
)
def test_a_file_that_names_no_one_image_needs_a_reference(names: Names) -> None:
    with pytest.raises(ImageNotFound, match=r"trivy\.json does not name one image"):
        identify("trivy.json", names, None)


def test_a_scanner_does_not_know_the_registrys_id() -> None:
    for report in (trivy(), grype()):
        with pytest.raises(ImageNotFound, match="image ID"):
            saved(report, target=ID)


def test_a_scan_result_is_of_the_id_that_was_asked_for() -> None:
    found = saved(pair(), target=ID)
    assert found.reference == "crp1"
    assert found.evidence[0].image == Image(id="crp1", host="cr.yandex", name="", digest="")
    assert found.notices == ()


def test_a_scan_result_of_another_id_is_refused() -> None:
    with pytest.raises(ImageNotFound, match=r"a\.json is of image crp1, not of crp2"):
        saved(pair(), target=ImageId(text="crp2", host="cr.yandex"))


def test_a_scan_result_names_its_image_by_id() -> None:
    found = saved(pair(), target=None)
    assert found.reference == found.evidence[0].image.id == "crp1"


def test_an_image_with_a_tag_keeps_it() -> None:
    assert saved(pair(), target=REFERENCE).evidence[0].image.tags == ("1.4",)
    with pytest.raises(EvidenceIncomplete):
        saved([], target=REFERENCE)


ASKED = f"{APP}@{DIGEST}"
OTHER = f"{APP}@{OTHER_DIGEST}"


@pytest.mark.parametrize(
    ("names", "doubted"),
    [
        pytest.param(Names(asked=ASKED), False, id="nothing else is told"),
        pytest.param(Names(asked=ASKED, manifest=DIGEST), False, id="the manifest"),
        pytest.param(Names(asked=ASKED, digests=(OTHER, ASKED)), False, id="one of two"),
        pytest.param(
            Names(asked=ASKED, manifest=OTHER_DIGEST, digests=(ASKED,)), False, id="index"
        ),
        pytest.param(Names(asked=ASKED, digests=(f"a.b/c@{OTHER_DIGEST}",)), False, id="elsewhere"),
        pytest.param(Names(asked=f"{APP}:1.4", manifest=OTHER_DIGEST), False, id="a tag"),
        pytest.param(Names(asked="app.tar", manifest=OTHER_DIGEST), False, id="a path"),
        pytest.param(Names(asked=ASKED, manifest=OTHER_DIGEST), True, id="another manifest"),
        pytest.param(Names(asked=ASKED, digests=(OTHER,)), True, id="another digest"),
        pytest.param(Names(asked=f"{APP}:1@{DIGEST}", digests=(OTHER,)), True, id="with a tag"),
    ],
)
def test_a_digest_that_was_asked_for_and_not_found_is_told(names: Names, doubted: bool) -> None:
    notices = doubts("trivy.json", names)
    assert bool(notices) is doubted
    assert all(DIGEST in notice and OTHER_DIGEST in notice for notice in notices)


def test_the_doubt_is_among_the_notices() -> None:
    (_, notice) = saved(trivy(ArtifactName=f"{APP}@{OTHER_DIGEST}"), target=None).notices
    assert "a.json was asked for" in notice
