"""The matrix of the single gate, over an audit: what cannot be judged is told, and decides."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scangate.emulator import Arrival, Faults, Raw, Reply, Request, World, load_world
from scangate.emulator.world import derive_id
from tests.faults.leaks import leaks
from tests.faults.running import SECRET
from tests.faults.weather import FAIR, FOUL, V1, Step, Weather, changed

from .running import Auditor, Told

REGISTRY = "crp0000000000000test"
TARGET = f"cr.yandex/{REGISTRY}"
MEDIUM = "{severity: MEDIUM, name: CVE-2026-3, package: zlib}"
HIGH = "{severity: HIGH, name: CVE-2026-4, package: zlib}"
FIXABLE = "{severity: HIGH, name: CVE-2026-4, package: zlib, fixed_by: 2}"
WORLD = load_world(f"""
registries: [{{id: {REGISTRY}}}]
images:
  - {{name: {REGISTRY}/good, id: good, tags: [1], scans: [{{finished: -1h,
     vulnerabilities: [{MEDIUM}]}}]}}
  - {{name: {REGISTRY}/other, id: other, tags: [1], scans: [{{finished: -1h,
     vulnerabilities: [{HIGH}]}}]}}
""")
PROD = load_world(f"""
registries: [{{id: {REGISTRY}}}]
images:
  - {{name: {REGISTRY}/app, id: dev, tags: [dev], scans: [{{finished: -1h}}]}}
  - {{name: {REGISTRY}/app, id: prod, tags: [prod],
     scans: [{{finished: -1h, vulnerabilities: [{FIXABLE}]}}]}}
""")
POLICY = "version: 1\nthresholds: {high: {fixable: 0}}\n"
GOOD = {"good": "pass", "other": "pass"}
OTHER = derive_id("crp", f"repository {REGISTRY}/other")
"""The ID of the repository that is struck; the other one is well."""

STEPS = (
    Step("image list", lambda r: r.path == f"{V1}/images"),
    Step("repository list", lambda r: r.path == f"{V1}/repositories"),
    Step("scan list", lambda r: r.path == f"{V1}/scans" and OTHER in r.query),
    Step("vulnerability list", lambda r: r.path.endswith(":listVulnerabilities")),
)
PREFIX = Step("images of a repository", lambda r: "repositoryName" in r.query)
STRUCK = {
    "image list": {""},
    "repository list": {""},
    "scan list": {"other"},
    "vulnerability list": {"other"},
}
"""What has no verdict when a step fails: the target itself, or an image; the others have theirs."""

FOR_EVER = 10**9
ALWAYS: dict[str, Weather] = {**FAIR, **FOUL}


def audit(
    auditor: Auditor,
    faults: Faults | None,
    *options: str,
    target: str = TARGET,
    world: World = WORLD,
) -> Told:
    Path("policy.yaml").write_text(POLICY)
    with auditor.emulator(world, faults) as emulator:
        told = auditor.audit(emulator, target, "-p", "./policy.yaml", "-v", *options)
    assert not leaks(json.dumps(told.report) + told.err, SECRET)
    assert "Traceback" not in told.err
    return told


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_in_fair_weather_every_step_is_taken_and_all_pass(auditor: Auditor, step: Step) -> None:
    seen: list[Request] = []
    told = audit(auditor, lambda arrival: seen.append(arrival.request))

    assert (told.code, told.endings) == (0, GOOD)
    assert any(map(step.is_it, seen))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("name", ALWAYS)
def test_weather_that_stays(auditor: Auditor, name: str, step: Step) -> None:
    weather = ALWAYS[name]
    told = audit(auditor, weather.over(step, times=FOR_EVER))

    assert told.code == weather.code
    verdicts = {place for place, ending in told.endings.items() if ending != "pass"}
    assert verdicts == STRUCK[step.name]
    assert set(told.endings) == (GOOD.keys() | verdicts if "" not in verdicts else {""})


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("weather", FAIR.values(), ids=FAIR)
def test_weather_that_passes(auditor: Auditor, weather: Weather, step: Step) -> None:
    told = audit(auditor, weather.over(step, times=1))

    assert (told.code, told.endings) == (0, GOOD)


@pytest.mark.parametrize("name", ["401", "403", "404", "500", "null", "half the JSON", "truncated"])
def test_a_repository_whose_images_cannot_be_listed_is_told(auditor: Auditor, name: str) -> None:
    weather = ALWAYS[name]
    told = audit(auditor, weather.over(PREFIX, times=FOR_EVER), target=f"{TARGET}/other")

    assert told.code == weather.code
    assert list(told.endings) == ["other"]


def changing(step: Step, change: Callable[[Any], object]) -> Faults:
    """Answer as usual, but for what is changed in the JSON."""

    def faults(arrival: Arrival) -> Reply | Raw | None:
        if not step.is_it(arrival.request):
            return None
        document = json.loads(arrival.usual().body)
        change(document)
        return changed(body=json.dumps(document).encode())(arrival)

    return faults


def _with(**fields: object) -> Callable[[Any], object]:
    """Change the fields of every scan."""
    return lambda document: [each.update(fields) for each in document["scanResults"]]


IMAGES, REPOSITORIES, SCANS = STEPS[:3]


@pytest.mark.parametrize(
    ("step", "change", "code", "endings"),
    [
        pytest.param(SCANS, _with(imageId="good"), 5, {"other": "bad-response"}, id="foreign"),
        pytest.param(SCANS, _with(imageId=""), 5, {"other": "bad-response"}, id="of nothing"),
        pytest.param(SCANS, _with(imageId="gone"), 3, {"other": "scan-missing"}, id="of one gone"),
        pytest.param(SCANS, _with(id=""), 5, {"other": "bad-response"}, id="without an ID"),
        pytest.param(SCANS, _with(status="PAUSED"), 3, {"other": "scan-timeout"}, id="odd status"),
        pytest.param(
            SCANS,
            lambda document: document.update(scanResults=[]),
            3,
            {"other": "scan-missing"},
            id="no scans",
        ),
        pytest.param(
            SCANS,
            lambda document: document.update(nextPageToken="again"),
            5,
            {"other": "bad-response"},
            id="a page token for ever",
        ),
        pytest.param(
            IMAGES,
            lambda document: document.update(nextPageToken="again"),
            5,
            {"": "bad-response"},
            id="images for ever",
        ),
        pytest.param(
            IMAGES,
            lambda document: document["images"][0].update(name="crp0000000000other0/app"),
            5,
            {"": "bad-response"},
            id="an image of another registry",
        ),
        pytest.param(
            IMAGES,
            lambda document: document["images"][0].update(digest="sha256:1"),
            5,
            {"": "bad-response"},
            id="an image without a digest",
        ),
        pytest.param(
            IMAGES,
            lambda document: document.update(code=7, message="denied"),
            5,
            {"": "bad-response"},
            id="a refusal with 200",
        ),
        pytest.param(
            IMAGES,
            lambda document: document.update(items=document.pop("images")),
            3,
            {"good": "evidence-incomplete", "other": "evidence-incomplete"},
            id="a list of another name",
        ),
        pytest.param(
            REPOSITORIES,
            lambda document: document["repositories"].pop(),
            3,
            {"good": "pass", "other": "evidence-incomplete"},
            id="a repository that is not listed",
        ),
        pytest.param(
            REPOSITORIES,
            lambda document: document["repositories"][0].update(name="crp0000000000other0/app"),
            5,
            {"": "bad-response"},
            id="a repository of another registry",
        ),
        pytest.param(
            REPOSITORIES,
            lambda document: document["repositories"].append(document["repositories"][0]),
            0,
            GOOD,
            id="a repository on two pages",
        ),
        pytest.param(
            REPOSITORIES,
            lambda document: document["repositories"].append(
                {**document["repositories"][0], "id": "other"}
            ),
            5,
            {"": "bad-response"},
            id="two repositories of one name",
        ),
        pytest.param(
            REPOSITORIES,
            lambda document: document.update(repositories=[]),
            3,
            {"good": "evidence-incomplete", "other": "evidence-incomplete"},
            id="no repositories",
        ),
    ],
)
def test_answers_that_do_not_fit(
    auditor: Auditor,
    step: Step,
    change: Callable[[Any], object],
    code: int,
    endings: dict[str, str],
) -> None:
    told = audit(auditor, changing(step, change))

    assert told.code == code
    assert endings.items() <= told.endings.items()


def test_an_image_that_the_list_overlooked_is_judged_by_its_scan(auditor: Auditor) -> None:
    """Pages shift while others are deleted, and an image was pushed after the list was read."""
    overlooked = changing(IMAGES, lambda document: document["images"].pop())
    told = audit(auditor, overlooked, world=PROD)

    assert (told.code, len(told.report["images"])) == (1, 2)
    assert told.report["audit"]["listed"] == 2


def test_it_is_met_also_where_no_listed_image_is_meant(auditor: Auditor) -> None:
    overlooked = changing(IMAGES, lambda document: document["images"].pop())
    told = audit(auditor, overlooked, "--tag", "prod", world=PROD)

    assert told.code == 1
    assert [image["tags"] for image in told.report["images"]] == [["prod"]]


def test_a_repository_whose_list_tells_of_no_image_that_is_there_has_no_verdict(
    auditor: Auditor,
) -> None:
    told = audit(auditor, changing(IMAGES, lambda document: document["images"].pop()))

    assert told.code == 3
    assert [image["verdict"] for image in told.report["images"]] == ["pass", "pass"]
    assert [each["place"] for each in told.report["unknown"]] == [f"{TARGET}/other"]


def test_an_image_that_is_told_on_two_pages_is_one(auditor: Auditor) -> None:
    def twice(document: Any) -> None:
        document["images"].append(document["images"][0])

    told = audit(auditor, changing(IMAGES, twice))

    assert (told.code, told.endings) == (0, GOOD)
    assert told.report["audit"]["listed"] == 2


def test_it_has_the_tags_of_both(auditor: Auditor) -> None:
    """A tag moved while the list was read."""

    def moved(document: Any) -> None:
        document["images"].append({**document["images"][0], "tags": ["moved"]})

    told = audit(auditor, changing(IMAGES, moved), "--tag", "moved")

    assert [image["tags"] for image in told.report["images"]] == [["1", "moved"]]


@pytest.mark.parametrize(
    ("created", "chosen"),
    [("2000-01-01T00:00:00Z", 0), ("2100-01-01T00:00:00Z", 1), ("unknown", 1)],
)
@pytest.mark.parametrize("place", [0, 1])
def test_it_is_as_new_as_it_may_be(auditor: Auditor, created: str, chosen: int, place: int) -> None:
    def twice(document: Any) -> None:
        document["images"].insert(place, {**document["images"][0], "createdAt": created})

    told = audit(auditor, changing(IMAGES, twice), "--since", "2090-01-01")

    assert told.report["audit"]["chosen"] == chosen


def test_two_images_of_one_digest_are_neither(auditor: Auditor) -> None:
    """So it is for check, which cannot say which of them is deployed."""

    def two(document: Any) -> None:
        document["images"].append({**document["images"][0], "id": "twin"})

    told = audit(auditor, changing(IMAGES, two))

    assert told.code == 3
    kinds = [image["error"] and image["error"]["kind"] for image in told.report["images"]]
    assert kinds == ["evidence-incomplete", "evidence-incomplete", None]


def test_an_image_that_is_told_as_two_is_neither(auditor: Auditor) -> None:
    def two(document: Any) -> None:
        other = {**document["images"][0], "digest": f"sha256:{'e' * 64}"}
        document["images"].append(other)

    assert audit(auditor, changing(IMAGES, two)).code == 5


def test_deleted_images_with_scans_are_told_and_decide_nothing(auditor: Auditor) -> None:
    def more(document: Any) -> None:
        gone = {**document["scanResults"][0], "id": "s-gone", "imageId": "gone"}
        document["scanResults"].append(gone)

    told = audit(auditor, changing(SCANS, more))

    assert (told.code, told.endings, told.report["audit"]["gone"]) == (0, GOOD, 1)
