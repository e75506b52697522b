"""Worlds as YAML: what is read, and how a mistake is told."""

from pathlib import Path

import pytest

from scangate.emulator import Access, Behaviour, WorldError, load_world
from scangate.emulator.behaviour import Clean
from scangate.emulator.moments import SECOND, Moment
from scangate.emulator.world import Image

from .asking import REGISTRY, one_image, with_registry


def image_of(rest: str) -> Image:
    return load_world(with_registry(one_image(rest))).images[0]


def test_a_file_and_its_text_are_the_same_world(tmp_path: Path) -> None:
    text = with_registry(one_image("tags: [a]"))
    path = tmp_path / "world.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_world(path) == load_world(text)


def test_what_is_not_given_is_derived_from_name_and_position() -> None:
    text = with_registry(
        f"[{{name: {REGISTRY}/a}}, {{name: {REGISTRY}/b}}, {{name: {REGISTRY}/a}}]"
    )
    images = load_world(text).images
    assert images == load_world(text).images
    assert len({image.id for image in images}) == len({image.digest for image in images}) == 3
    assert {len(image.id) for image in images} == {20}
    assert {len(image.digest) for image in images} == {71}


def test_a_tag_that_looks_like_a_number_stays_as_written() -> None:
    assert [tag.name for tag in image_of("tags: [1.10, 2026-01-02, 010]").tags] == [
        "1.10",
        "2026-01-02",
        "010",
    ]


def test_a_time_keeps_its_nanoseconds() -> None:
    scan = image_of("scans: [{finished: 2026-11-01T00:00:00.123456789Z}]").scans[0]
    assert scan.appears.nanoseconds % SECOND == 123_456_789


@pytest.mark.parametrize(
    ("scan", "appears", "takes"),
    [
        ("{appears: 2s, takes: 3s}", Moment(2 * SECOND), 3 * SECOND),
        ("{finished: 4s, takes: 34s}", Moment(-30 * SECOND), 34 * SECOND),
        ("{finished: -2h}", Moment(-7200 * SECOND), 0),
        ("{appears: 0s, takes: forever}", Moment(0), None),
        ("{takes: 1s}", Moment(5 * SECOND), SECOND),  # when the image appears
    ],
)
def test_timeline(scan: str, appears: Moment, takes: int | None) -> None:
    read = image_of(f"appears: 5s, scans: [{scan}]").scans[0]
    assert (read.appears, read.outcome.takes) == (appears, takes)


def test_rows_get_what_rows_of_the_service_have() -> None:
    rows = "vulnerabilities: [{name: CVE-2024-1, package: a}, {severity: LOW}]"
    full, bare = reversed(image_of(f"scans: [{{{rows}}}]").scans[0].outcome.vulnerabilities)
    assert (full.source, full.origin, full.type) == ("trivy", "os", "debian")
    assert full.link == "https://avd.aquasec.com/nvd/cve-2024-1"
    assert (bare.package, bare.source, bare.link) == ("", "", "")


def test_repeated_rows_are_numbered() -> None:
    rows = "vulnerabilities: [{name: CVE-1, package: p, repeat: 3}]"
    read = image_of(f"scans: [{{{rows}}}]").scans[0].outcome.vulnerabilities
    assert [row.package for row in read] == ["p-1", "p-2", "p-3"]


def test_behaviour_and_access() -> None:
    world = load_world(
        "registries: []\n"
        "behaviour: {clean_vulnerabilities: zeros, fraction_digits: 9, running_has_time: true}\n"
        "access: {accepted: [a, b], forbidden: [b]}"
    )
    assert world.behaviour == Behaviour(
        clean_vulnerabilities=Clean.ZEROS, fraction_digits=9, running_has_time=True
    )
    assert world.access == Access(accepted=frozenset("ab"), forbidden=frozenset("b"))


MISTAKES = {
    "empty": ("", "line 1: the document is empty"),
    "not yaml": ("a: [", "not YAML: "),
    "two documents": ("a: 1\n---\nb: 2", "not YAML: "),
    "not a mapping": ("[]", "line 1: expected a mapping, found a list"),
    "no registries": ("images: []", "line 1: the key registries is missing"),
    "unknown key": ("registries: []\nimagse: []", "line 2, imagse: unknown key; is images meant?"),
    "unknown key, none near": ("registries: []\nqqq: 1", "line 2, qqq: unknown key; known here: "),
    "duplicate key": ("registries: []\nregistries: []", "line 2, registries: this key is there t"),
    "null": ("registries:", "line 1, registries: expected a list, found nothing"),
    "registry without id": ("registries: [{name: a}]", "registries[0]: the key id is missing"),
    "long id": (f"registries: [{{id: {'a' * 51}}}]", "registries[0].id: an ID has 1 to 50"),
    "two registries": ("registries: [{id: a}, {id: b, aliases: [a]}]", "ID a is there 2 times"),
    "bool for text": ("registries: [{id: true}]", "registries[0].id: expected text, found 'true'"),
    "text for bool": (
        "registries: [{id: a, scan_policy: {disabled: 'no'}}]",
        "registries[0].scan_policy.disabled: expected true or false, found 'no'",
    ),
    "yes for bool": (
        "registries: [{id: a, scan_policy: {disabled: yes}}]",
        "scan_policy.disabled: expected true or false, found 'yes'",
    ),
    "unknown behaviour": (
        "registries: []\nbehaviour: {zeros: true}",
        "behaviour.zeros: unknown ke",
    ),
    "behaviour's value": (
        "registries: []\nbehaviour: {utc: GMT}",
        "line 2, behaviour.utc: 'GMT' is not a valid Utc",
    ),
    "too many digits": (
        "registries: []\nbehaviour: {fraction_digits: 10}",
        "behaviour.fraction_digits: 10 is more than 9 digits",
    ),
}
IMAGE_MISTAKES = {
    "other registry": ("[{name: crpother/app}]", "crpother/app is not <registry id>/<path>"),
    "no path": (f"[{{name: {REGISTRY}}}]", "is not <registry id>/<path>"),
    "same id": (f"[{{name: {REGISTRY}/a, id: x}}, {{name: {REGISTRY}/a, id: x}}]", "image ID x"),
    "tag list": (one_image("tags: latest"), "images[0].tags: expected a list, found 'latest'"),
    "tag since": (one_image("tags: [{name: a}]"), "images[0].tags[0]: the key since is missing"),
    "time": (one_image("appears: soon"), "images[0].appears: 'soon' is neither a time such as"),
    "negative": (one_image("layers: -1"), "images[0].layers: -1 is negative"),
    "float": (one_image("layers: 1.5"), "images[0].layers: expected a whole number, found '1.5'"),
    "octal": (one_image("layers: 010"), "images[0].layers: expected a whole number, found '010'"),
    "takes": (one_image("scans: [{takes: -1s}]"), "images[0].scans[0].takes: '-1s' is not a dur"),
    "both": (
        one_image("scans: [{appears: 1s, finished: 2s}]"),
        "scans[0].finished: does not go together with appears",
    ),
    "never finishes": (
        one_image("scans: [{finished: 1s, takes: forever}]"),
        "scans[0].finished: a scan that takes for ever does not finish",
    ),
    "sample": (
        one_image("scans: [{sample: ../worlds/demo}]"),
        "scans[0].sample: no sample is called '../worlds/demo'; there are alpine-3.19, ",
    ),
    "sample and rows": (
        one_image("scans: [{sample: alpine-3.19, vulnerabilities: []}]"),
        "sample: does not go together with vulnerabilities",
    ),
    "row": (one_image("scans: [{vulnerabilities: [{id: CVE-1}]}]"), "vulnerabilities[0].id: unkn"),
    "count": (one_image("scans: [{counts: {hihg: 1}}]"), "counts.hihg: unknown key; is high mea"),
    "same scan": (one_image("scans: [{id: a}, {id: a}]"), "the scan ID a is there 2 times"),
    "on_scan": (one_image("on_scan: []"), "images[0].on_scan: expected at least one outcome"),
    "code": (
        one_image("on_scan: {refused: NOPE}"),
        "on_scan.refused: NOPE is not a code such as FAI",
    ),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake(text: str, message: str) -> None:
    with pytest.raises(WorldError) as caught:
        load_world(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(("images", "message"), IMAGE_MISTAKES.values(), ids=IMAGE_MISTAKES)
def test_mistake_in_an_image(images: str, message: str) -> None:
    with pytest.raises(WorldError) as caught:
        load_world(with_registry(images))
    assert message in str(caught.value)


def test_the_place_is_the_line_of_the_value() -> None:
    text = with_registry(
        f"\n  - name: {REGISTRY}/a\n    scans:\n      - appears: 1s\n        taeks: 1s"
    )
    with pytest.raises(WorldError, match=r"^line 6, images\[0\]\.scans\[0\]\.taeks: unknown key"):
        load_world(text)
