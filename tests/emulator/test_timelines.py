"""What is there when: images, tags, scans, and the operations of scans that were asked for."""

from typing import Any

import pytest

from .asking import KEY, REGISTRY, one_image, service, statuses

ROW = "{severity: HIGH, name: CVE-1, package: p}"
SLOW = f"scans: [{{id: s, appears: 2s, takes: 3s, vulnerabilities: [{ROW}]}}]"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("0s", []),
        ("1.999s", []),
        ("2s", ["RUNNING"]),
        ("4.999s", ["RUNNING"]),
        ("5s", ["READY"]),
        ("1d", ["READY"]),
    ],
)
def test_a_scan_appears_runs_and_ends(at: str, expected: Any) -> None:
    assert statuses(service(one_image(SLOW)).ask("/scans", imageId="img", at=at)) == expected


def test_running_has_neither_time_nor_counts_nor_rows() -> None:
    asked = service(one_image(SLOW))
    result = asked.ask("/scans/s", at="3s").json
    assert result == {"id": "s", "imageId": "img", "status": "RUNNING"}
    assert asked.ask("/scans/s:listVulnerabilities", at="3s").json == {}
    assert asked.ask("/scans/s", at="1s").status == 404


def test_the_time_told_is_when_it_finished() -> None:
    result = service(one_image(SLOW)).ask("/scans/s", at="9s").json
    assert (result["scannedAt"], result["vulnerabilities"]) == (
        "2026-11-22T10:00:05Z",
        {"high": "1"},
    )


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        ("{ends: ERROR}", ["ERROR"]),
        ("{ends: CANCELLED}", ["CANCELLED"]),
        ("{runs: QUEUED, takes: 1h}", ["RUNNING"]),
        ("{takes: forever}", ["RUNNING"]),
        ("{disappears: 1s}", []),
        ("{finished: 2099-01-01T00:00:00Z}", []),
    ],
)
def test_unusual_scans(scan: str, expected: Any) -> None:
    asked = service(one_image(f"appears: 0s, scans: [{scan}]"))
    found = statuses(asked.ask("/scans", imageId="img", at="59m"))
    assert found == (["QUEUED"] if "QUEUED" in scan else expected)


@pytest.mark.parametrize(
    ("scan", "field", "expected"),
    [
        ("{scanned_at: absent}", "scannedAt", None),
        ("{scanned_at: 1h}", "scannedAt", "2026-11-22T11:00:00Z"),
        (
            "{scanned_at: 2026-11-01T00:00:00.123456789Z}",
            "scannedAt",
            "2026-11-01T00:00:00.123456789Z",
        ),
        ("{image_id: absent}", "imageId", None),
        ("{image_id: other}", "imageId", "other"),
        ("{counts: {critical: 2}}", "vulnerabilities", {"critical": "2"}),
        ("{ends: ERROR, counts: {low: 1}}", "vulnerabilities", {"low": "1"}),
        ("{ends: ERROR, vulnerabilities: [{severity: LOW}]}", "vulnerabilities", None),
        ("{vulnerabilities: [{severity: LOW}], counts: {}}", "vulnerabilities", None),
        ("{vulnerabilities: [{}, {severity: NEW}]}", "vulnerabilities", {"undefined": "2"}),
    ],
)
def test_a_result_can_lie(scan: str, field: str, expected: Any) -> None:
    asked = service(one_image(f"scans: [{scan}]"))
    (result,) = asked.ask("/scans", imageId="img").json["scanResults"]
    assert result.get(field) == expected


def test_a_row_may_lack_its_package() -> None:
    asked = service(one_image("scans: [{id: s, vulnerabilities: [{severity: HIGH}, {}]}]"))
    rows = asked.ask("/scans/s:listVulnerabilities").json["vulnerabilities"]
    assert rows == [{"severity": "HIGH"}, {}]


HISTORY = "scans: [{id: old, finished: -2h}, {id: bad, finished: -1h, ends: ERROR}, {id: run, "


@pytest.mark.parametrize(
    ("rest", "at", "last"),
    [
        ("appears: 0s, takes: 5s}]", "4s", "bad"),
        ("appears: 0s, takes: 5s}]", "5s", "run"),
        ("finished: -3h}]", "0s", "bad"),
    ],
)
def test_the_last_result_is_the_one_that_finished_last(rest: str, at: str, last: str) -> None:
    asked = service(one_image(HISTORY + rest))
    assert asked.ask("/images/img:lastScanResult", at=at).json["id"] == last


def test_an_image_appears_and_disappears() -> None:
    asked = service(one_image("appears: 5s, disappears: 9s"))
    found = [asked.ask("/images/img", at=at).status for at in ("4s", "5s", "8s", "9s")]
    assert found == [404, 200, 200, 404]
    lists = [asked.ask("/images", registryId=REGISTRY, at=at).json for at in ("4s", "5s")]
    assert [len(answer.get("images", [])) for answer in lists] == [0, 1]


@pytest.mark.parametrize(
    ("at", "holder"), [("0s", "a"), ("4.999s", "a"), ("5s", "b"), ("9s", "b"), ("10s", "a")]
)
def test_a_tag_moves(at: str, holder: str) -> None:
    images = f"""[
      {{name: {REGISTRY}/app, id: a, tags: [latest, {{name: latest, since: 10s}}]}},
      {{name: {REGISTRY}/app, id: b, tags: ["2.0", {{name: latest, since: 5s}}]}},
      {{name: {REGISTRY}/other, id: c, tags: [latest]}}]"""
    answer = service(images).ask("/images", registryId=REGISTRY, at=at).json["images"]
    tags = {image["id"]: image.get("tags", []) for image in answer}
    assert tags["c"] == ["latest"]
    assert [image for image in "ab" if "latest" in tags[image]] == [holder]
    assert tags["a"].count("latest") <= 1


def test_a_scan_that_was_asked_for() -> None:
    asked = service(one_image(f"on_scan: {{delay: 1s, takes: 2s, vulnerabilities: [{ROW}]}}"))
    operation = asked.scan("img", at="10s", key=KEY).json
    scan = operation["metadata"]["scanResultId"]
    kind = "type.googleapis.com/yandex.cloud.containerregistry.v1."
    assert operation["metadata"]["@type"] == f"{kind}ScanMetadata"
    assert "done" not in operation
    found = {
        at: statuses(asked.ask("/scans", imageId="img", at=at))
        for at in ("10s", "11s", "12.999s", "13s")
    }
    assert found == {"10s": [], "11s": ["RUNNING"], "12.999s": ["RUNNING"], "13s": ["READY"]}
    done = asked.ask(f"/operations/{operation['id']}", at="13s").json
    assert done["done"] is True
    result = asked.ask(f"/scans/{scan}", at="13s").json
    assert done["response"] == {"@type": f"{kind}ScanResult", **result}
    assert result["vulnerabilities"] == {"high": "1"}


def test_a_scan_that_was_asked_for_and_fails() -> None:
    asked = service(one_image("on_scan: {takes: 2s, ends: ERROR}"))
    identity = asked.scan("img").json["id"]
    running = asked.ask(f"/operations/{identity}", at="1s").json
    assert not running.keys() & {"done", "error", "response"}
    failed = asked.ask(f"/operations/{identity}", at="2s").json
    assert (failed["done"], failed["error"]["code"]) == (True, 13)
    assert "response" not in failed


def test_a_scan_that_never_ends() -> None:
    asked = service(one_image("on_scan: {takes: forever}"))
    identity = asked.scan("img").json["id"]
    assert "done" not in asked.ask(f"/operations/{identity}", at="365d").json


@pytest.mark.parametrize(
    ("rest", "first", "second"),
    [
        ("", None, None),
        (f"scans: [{{finished: -1h, vulnerabilities: [{ROW}]}}]", {"high": "1"}, {"high": "1"}),
        ("scans: [{finished: -1h, ends: ERROR}]", None, None),
        (
            f"on_scan: [{{takes: 0s}}, {{takes: 0s, vulnerabilities: [{ROW}]}}]",
            None,
            {"high": "1"},
        ),
    ],
)
def test_what_a_scan_request_finds(
    rest: str, first: dict[str, str] | None, second: dict[str, str] | None
) -> None:
    asked = service(one_image(rest))
    found = []
    for _ in range(3):
        scan = asked.scan("img").json["metadata"]["scanResultId"]
        result = asked.ask(f"/scans/{scan}", at="2s").json
        assert result["status"] == "READY"
        found.append(result.get("vulnerabilities"))
    assert found == [first, second, second]
