"""The shipped samples: they load, and they say what they promise."""

from typing import Any

import pytest

from scangate.emulator import Behaviour, load_world, read_sample, sample_names
from scangate.emulator.samples import read_vulnerabilities, vulnerability_sample_names
from scangate.emulator.world import SEVERITIES

from .asking import Service, one_image, service, statuses

DEMO = "crp0000000000000demo"


def demo() -> Service:
    return Service(load_world(read_sample("demo")))


def image_id(asked: Service, name: str) -> str:
    return str(asked.ask("/images", repositoryName=f"{DEMO}/shop/{name}").json["images"][0]["id"])


@pytest.mark.parametrize("name", sample_names())
def test_sample_world_loads(name: str) -> None:
    assert load_world(read_sample(name)).images


@pytest.mark.parametrize("name", ["", "demo.yaml", "../worlds/demo", "/etc/passwd"])
def test_no_other_file_is_read(name: str) -> None:
    with pytest.raises(ValueError, match="no sample is called"):
        read_sample(name)


@pytest.mark.parametrize("name", vulnerability_sample_names())
def test_rows_are_whole(name: str) -> None:
    asked = service(one_image(f"scans: [{{id: s, sample: {name}}}]"))
    rows = asked.ask("/scans/s:listVulnerabilities", pageSize=1000).json["vulnerabilities"]
    assert {row["severity"] for row in rows} <= set(SEVERITIES)
    for row in rows:
        needed = {"name", "link", "package", "source", "version", "origin", "type"}
        assert needed <= row["package"].keys() <= needed | {"fixedBy"}
        assert row["package"]["link"].startswith("https://")
    assert len({(r["package"]["name"], r["package"]["package"]) for r in rows}) == len(rows)
    assert read_vulnerabilities(name).count("name: ") == len(rows)


def test_every_key_shows_every_switch() -> None:
    text = read_sample("every-key").partition("\nbehaviour:")[2]
    shown = [line.split(":")[0].strip() for line in text.splitlines()[1:]]
    assert shown == list(Behaviour.__dataclass_fields__)


def test_every_key_world_has_the_default_behaviour_but_for_what_has_no_word() -> None:
    assert load_world(read_sample("every-key")).behaviour == Behaviour(fraction_digits=9)


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("web", "0s", ["READY", "READY"]),
        ("api", "0s", ["READY"]),
        ("worker", "0s", ["RUNNING"]),
        ("worker", "3.999s", ["RUNNING"]),
        ("worker", "4s", ["READY"]),
        ("cron", "1h", []),
        ("legacy", "0s", ["ERROR"]),
    ],
)
def test_demo_timeline(name: str, at: str, expected: Any) -> None:
    asked = demo()
    assert statuses(asked.ask("/scans", imageId=image_id(asked, name), at=at)) == expected


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("web", None),
        ("api", {"critical": "3", "high": "13", "medium": "8", "low": "6", "undefined": "2"}),
        ("worker", {"medium": "3", "low": "4"}),
    ],
)
def test_demo_counts(name: str, counts: dict[str, str] | None) -> None:
    asked = demo()
    last = asked.ask(f"/images/{image_id(asked, name)}:lastScanResult", at="5s").json
    assert last.get("vulnerabilities") == counts


def test_demo_api_has_every_kind_of_row() -> None:
    asked = demo()
    last = asked.ask(f"/images/{image_id(asked, 'api')}:lastScanResult").json["id"]
    rows = asked.ask(f"/scans/{last}:listVulnerabilities").json["vulnerabilities"]
    kinds = {(row["severity"], "fixedBy" in row["package"]) for row in rows}
    assert {("CRITICAL", True), ("CRITICAL", False), ("HIGH", True), ("HIGH", False)} <= kinds
    names = [row["package"]["name"] for row in rows]
    assert max(names.count(name) for name in names) == 4  # one advisory, several packages


def test_demo_images_are_found_by_tag_and_policy_covers_them() -> None:
    asked = demo()
    image = asked.ask("/images", repositoryName=f"{DEMO}/shop/worker").json["images"][0]
    assert image["tags"] == ["0.9.1", "latest"]
    policy = asked.ask(f"/scanPolicies/{DEMO}:byRegistry").json
    assert policy["rules"]["pushRule"] == {"repositoryPrefixes": ["*"]}


def test_the_never_scanned_image_can_be_scanned() -> None:
    asked = demo()
    image = image_id(asked, "cron")
    assert asked.scan(image).status == 200
    results = asked.ask("/scans", imageId=image, at="3s")
    assert results.json["scanResults"][0]["vulnerabilities"] == {"high": "2", "medium": "3"}
