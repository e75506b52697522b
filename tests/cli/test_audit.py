"""`scangate audit` as users run it, against a registry that has an image for every way to end."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import pytest

from scangate.audit.gathering import Survey
from scangate.cli import main
from scangate.emulator import Emulator, generated, load_world
from scangate.emulator.generated import registry_world
from scangate.reports import FORMATS
from tests.running import ENVIRONMENT, FORBIDDEN, Ended

REGISTRY = "crp0000000000000test"
TARGET = f"cr.yandex/{REGISTRY}"
WORLD = load_world(f"""
registries: [{{id: {REGISTRY}}}, {{id: crp0000000000000none}}]
images:
  - name: {REGISTRY}/shop/web
    id: web-2
    tags: ["2", latest]
    created_at: -1d
    scans:
      - finished: -1h
        vulnerabilities:
          - {{severity: CRITICAL, name: CVE-2026-1, package: openssl, version: "1", fixed_by: "3"}}
          - {{severity: HIGH, name: CVE-2026-2, package: zlib, version: "1"}}
  - name: {REGISTRY}/shop/web
    id: web-1
    tags: ["1"]
    created_at: -40d
    scans:
      - finished: -1h
        vulnerabilities: [{{severity: MEDIUM, name: CVE-2026-3, package: zlib}}]
  - name: {REGISTRY}/shop/cart
    id: cart
    tags: ["7"]
    created_at: -2d
    scans:
      - finished: -1h
        vulnerabilities:
          - {{severity: CRITICAL, name: CVE-2026-1, package: openssl, version: "2", fixed_by: 3.1}}
  - {{name: {REGISTRY}/clean, id: clean, tags: [v1], created_at: -2d, scans: [{{finished: -1h}}]}}
  - {{name: {REGISTRY}/never, id: never, tags: [v1], created_at: -2d}}
  - {{name: {REGISTRY}/old, id: old, tags: [v1], created_at: -60d, scans: [{{finished: -40d}}]}}
  - {{name: {REGISTRY}/failed, id: failed, scans: [{{finished: -1h, ends: ERROR}}]}}
  - {{name: {REGISTRY}/running, id: running, tags: [v1],
     scans: [{{finished: -2h}}, {{appears: -1m, takes: forever}}]}}
access: {{forbidden: [{FORBIDDEN}]}}
""")
GOOD, BAD, NONE, OLD = "pass", "fail", "scan-missing", "scan-stale"
VERDICTS = {
    "clean": GOOD,
    "shop/web:1": GOOD,
    "shop/web:2": BAD,
    "shop/cart": BAD,
    "never": NONE,
    "old": OLD,
    "failed": "scan-failed",
    "running": "scan-timeout",
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(WORLD) as emulator:
        yield emulator


class Auditor:
    """`scangate audit` in an empty folder of its own; `asked` is what the last run asked."""

    def __init__(self, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
        self.emulator = emulator
        self.asked: list[str] = []
        self._capsys = capsys

    def run(
        self, *arguments: str, target: str = TARGET, environment: Mapping[str, str] = ENVIRONMENT
    ) -> Ended:
        self._capsys.readouterr()
        before = len(self.emulator.requests)
        whole = ["audit", "--endpoint", self.emulator.url, *arguments, target]
        code = main(whole, environment)
        self.asked = [
            each.path.removeprefix("/container-registry/v1/")
            for each in self.emulator.requests[before:]
        ]
        out, err = self._capsys.readouterr()
        return Ended(code=code, out=out, err=err)

    def told(self, *arguments: str, target: str = TARGET) -> Any:
        """Return the JSON report, whose exit code is the run's."""
        ended = self.run("-o", "json", *arguments, target=target)
        report = json.loads(ended.out)
        assert report["exitCode"] == ended.code
        return report


@pytest.fixture
def auditor(
    emulator: Emulator,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Auditor:
    monkeypatch.chdir(tmp_path)
    return Auditor(emulator, capsys)


def verdicts(report: Any) -> dict[str, str]:
    """Return each image's verdict, or why it has none, by what its repository is called."""
    names = [name_of(image["reference"]) for image in report["images"]]
    return {
        name if names.count(name) == 1 else f"{name}:{image['tags'][0]}": (
            image["error"]["kind"] if image["error"] else image["verdict"]
        )
        for name, image in zip(names, report["images"], strict=True)
    }


def name_of(reference: str) -> str:
    return reference.removeprefix(f"{TARGET}/").partition("@")[0]


def test_every_image_of_the_registry_is_judged(auditor: Auditor) -> None:
    report = auditor.told("--fail-on", "critical")

    assert verdicts(report) == VERDICTS
    assert (report["verdict"], report["exitCode"]) == ("fail", 1)
    assert report["audit"] == {
        "target": TARGET,
        "selection": [],
        "repositories": 7,
        "listed": 8,
        "chosen": 8,
        "gone": 0,
    }
    assert report["summary"]["verdicts"] == {"fail": 2, "error": 4, "warn": 0, "pass": 2}
    assert (report["summary"]["unscanned"], report["summary"]["stale"]) == (1, 1)


@pytest.mark.parametrize("policy", ["critical: 0", "high: {fixable: 0}", "medium: 0", "total: 1"])
def test_check_says_the_same_of_every_image(auditor: Auditor, policy: str) -> None:
    Path("policy.yaml").write_text(f"version: 1\nthresholds: {{{policy}}}\n")
    audited = auditor.told("-p", "./policy.yaml")["images"]
    given = ("--endpoint", auditor.emulator.url, "--timeout", "0", "-p", "./policy.yaml")
    references = [image["reference"] for image in audited]
    main(["check", *given, "-o", "json=check.json", *references], ENVIRONMENT)
    checked = json.loads(Path("check.json").read_text())["images"]

    assert list(map(ending_of, checked)) == list(map(ending_of, audited))


def ending_of(image: Any) -> tuple[str, str | None]:
    return image["verdict"], image["error"] and image["error"]["kind"]


def test_a_list_is_asked_for_by_the_thousand(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fewest requests are those for full pages: of images, repositories, and scans of each."""
    monkeypatch.chdir(tmp_path)
    world = registry_world(repositories=3, images=700, violating=0, scans=2)
    with Emulator(world) as emulator:
        auditor = Auditor(emulator, capsys)
        target = f"cr.yandex/{generated.REGISTRY}"
        ended = auditor.run("--fail-on", "critical", "--concurrency", "2", target=target)

    assert ended.code == 0
    assert sorted(auditor.asked) == [*["images"] * 3, "repositories", *["scans"] * 3 * 2]
    assert len({exchange.connection for exchange in emulator.requests}) <= 2


def test_no_call_is_made_per_image_but_for_those_that_fail_or_tell_no_counts(
    auditor: Auditor,
) -> None:
    auditor.told("--fail-on", "critical")

    lists = [path for path in auditor.asked if ":listVulnerabilities" in path]
    rest = [path for path in auditor.asked if ":listVulnerabilities" not in path]
    assert sorted(rest) == ["images", "repositories", *["scans"] * 7]
    assert len(lists) == len(["web-2", "cart", "clean, whose counts are not told"])


def test_counts_only_asks_for_no_rows_of_violating_images(auditor: Auditor) -> None:
    report = auditor.told("--fail-on", "critical", "--counts-only")

    assert verdicts(report) == VERDICTS
    assert len([path for path in auditor.asked if ":listVulnerabilities" in path]) == 1
    assert report["summary"]["packages"] == []


def test_rows_are_listed_as_check_lists_them(auditor: Auditor) -> None:
    Path("policy.yaml").write_text("version: 1\nthresholds: {high: {fixable: 0}}\n")
    report = auditor.told("-p", "./policy.yaml", "--rows")

    assert verdicts(report) == VERDICTS
    listed = [path for path in auditor.asked if ":listVulnerabilities" in path]
    assert len(listed) == len(["web-2", "web-1, which has no highs", "cart", "clean"])
    assert report["summary"]["passedByCounts"] == 0


def test_the_same_verdicts_by_a_policy_that_takes_rows(auditor: Auditor) -> None:
    Path("policy.yaml").write_text("version: 1\nthresholds: {high: {fixable: 0}}\n")
    report = auditor.told("-p", "./policy.yaml")

    assert verdicts(report) == VERDICTS
    assert len([path for path in auditor.asked if ":listVulnerabilities" in path]) == 3
    assert report["summary"]["passedByCounts"] == len(["web-1"])


@pytest.mark.parametrize(
    ("prefix", "left"),
    [
        ("shop", {"shop/web:1", "shop/web:2", "shop/cart"}),
        ("shop/", {"shop/web:1", "shop/web:2", "shop/cart"}),
        ("shop/web", {"shop/web:1", "shop/web:2"}),
        ("clean", {"clean"}),
    ],
)
def test_a_prefix_is_a_whole_path(auditor: Auditor, prefix: str, left: set[str]) -> None:
    report = auditor.told("--fail-on", "critical", target=f"{TARGET}/{prefix}")

    assert verdicts(report) == {name: VERDICTS[name] for name in left}


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (("--tag", "v*"), {"clean", "never", "old", "running"}),
        (("--tag", "lat*", "--tag", "7"), {"shop/web", "shop/cart"}),
        (("--newest", "1"), VERDICTS.keys() - {"shop/web:1", "shop/web:2"} | {"shop/web"}),
        (("--since", "30d"), VERDICTS.keys() - {"shop/web:1", "old", "shop/web:2"} | {"shop/web"}),
    ],
)
def test_the_choice_of_images(auditor: Auditor, arguments: tuple[str, ...], left: set[str]) -> None:
    report = auditor.told("--fail-on", "critical", *arguments)

    assert verdicts(report).keys() == left
    assert report["audit"]["chosen"] == len(left)
    assert report["audit"]["listed"] == 8
    assert report["audit"]["selection"]


@pytest.mark.parametrize(
    ("arguments", "target", "code"),
    [
        ((), f"{TARGET}/clean", 0),
        ((), f"{TARGET}/shop", 1),
        (("--warn-only",), f"{TARGET}/shop", 0),
        (("--warn-only",), TARGET, 3),
        ((), f"{TARGET}/never", 3),
        ((), f"{TARGET}/sho", 3),
        ((), "cr.yandex/crp0000000000000none", 3),
        ((), "cr.yandex/crp00000000000nobody", 3),
        (("--tag", "no-such-tag"), TARGET, 3),
        (("--at", "2020-01-01"), f"{TARGET}/clean", 3),
        ((), "cr.yandex", 2),
        ((), f"{TARGET}/clean:v1", 2),
        ((), f"{TARGET}/clean@sha256:{'a' * 64}", 2),
        (("--newest", "0"), TARGET, 2),
        (("--newest", "-1"), TARGET, 2),
        (("--since", "yesterday"), TARGET, 2),
        (("--concurrency", "11"), TARGET, 2),
        (("--changed-since", "no-such-file"), TARGET, 2),
        (("-o", "json", "-o", "html"), TARGET, 2),
        (("--rows", "--counts-only"), TARGET, 2),
    ],
)
def test_exit_codes(auditor: Auditor, arguments: tuple[str, ...], target: str, code: int) -> None:
    assert auditor.run("--fail-on", "critical", *arguments, target=target).code == code


def test_an_identity_without_a_role_is_4_and_says_which(auditor: Auditor) -> None:
    ended = auditor.run(environment={"YC_IAM_TOKEN": FORBIDDEN})

    assert ended.code == 4
    assert "container-registry.images.scanner" in ended.out + ended.err


def test_without_the_extra_for_cloud_registry_it_is_2(
    auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)
    ended = auditor.run("--api", "cloud-registry", "-o", "json=report.json")

    assert (ended.code, auditor.asked) == (2, [])
    assert "scangate[cloud-registry]" in ended.err


def test_a_defect_is_6_and_has_its_report(
    auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> NoReturn:
        raise KeyError("nothing")

    monkeypatch.setattr(Survey, "look", broken)
    report = auditor.told("--fail-on", "critical")

    assert report["exitCode"] == 6
    assert len(report["images"]) == report["audit"]["chosen"] == 8
    assert {image["error"]["kind"] for image in report["images"]} == {"internal"}


def test_without_a_table_the_last_line_is_on_stderr(auditor: Auditor) -> None:
    ended = auditor.run("--fail-on", "critical", "-q", "-o", "json")

    assert ended.err.splitlines()[-1] == (
        "scangate: FAIL  8 images in 7 repositories (2 fail, 4 error, 2 pass), exit code 1"
    )


@pytest.mark.parametrize("name", ["json", "table"])
def test_a_pass_that_could_not_be_told_of_is_none(auditor: Auditor, name: str) -> None:
    outputs = ("-o", "table", "-o", f"{name}=/dev/full")
    ended = auditor.run("--fail-on", "critical", *outputs, target=f"{TARGET}/clean")

    assert ended.code == 6
    assert ended.err.splitlines()[-1] == (
        "scangate: ERROR  1 image in 1 repository (1 pass), exit code 6"
    )


def test_two_apis_that_may_tell_differently_are_asked_by_name() -> None:
    assert main(["audit", "-q", TARGET], ENVIRONMENT) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written(auditor: Auditor, name: str) -> None:
    ended = auditor.run("--fail-on", "critical", "-o", f"{name}=report")

    assert ended.code == 1
    assert Path("report").read_text().strip()


def test_junit_has_a_case_for_every_image(auditor: Auditor) -> None:
    auditor.run("--fail-on", "critical", "-o", "junit=junit.xml")
    suites = ElementTree.parse("junit.xml").getroot()

    assert len(list(suites.iter("testcase"))) == 8
    assert len(list(suites.iter("failure"))) == 2
    assert len(list(suites.iter("error"))) == 4
    names = [case.get("name") for case in suites.iter("testcase")]
    assert len(set(names)) == 8


def test_the_sum_names_the_upgrade_that_mends_most(auditor: Auditor) -> None:
    report = auditor.told("--fail-on", "critical")

    [package] = report["summary"]["packages"]
    assert package == {
        "name": "openssl",
        "type": "debian",
        "to": "3.1",
        "images": 2,
        "alone": 2,
        "clears": 2,
    }
    assert report["summary"]["fixable"] == 2


def test_the_table_tells_the_worst_and_the_unknown(auditor: Auditor) -> None:
    out = auditor.run("--fail-on", "critical").out

    for text in ("shop/web:2", "CVE-2026-1", "openssl", "Without a scan (1)", "Stale scans (1)"):
        assert text in out
    assert out.splitlines()[-1] == (
        "FAIL  8 images in 7 repositories (2 fail, 4 error, 2 pass), exit code 1"
    )


def test_an_exception_that_ends_soon_is_told(auditor: Auditor) -> None:
    Path("policy.yaml").write_text(
        "version: 1\nthresholds: {critical: 0}\nignore:\n"
        "  - {id: CVE-2026-1, reason: accepted, expires: 2030-01-10}\n"
        "  - {id: CVE-2026-2, reason: accepted, expires: 2031-01-01}\n"
    )
    arguments = ("-p", "./policy.yaml", "--at", "2030-01-01")
    [ending] = auditor.told(*arguments)["summary"]["endings"]

    assert (ending["id"], ending["expires"], ending["expired"]) == (
        "CVE-2026-1",
        "2030-01-10",
        False,
    )


def saved(auditor: Auditor, **verdicts_before: str) -> str:
    """Save an audit in which some images had other verdicts."""
    report = auditor.told("--fail-on", "critical")
    for image in report["images"]:
        before = verdicts_before.get(image["imageId"].replace("-", "_"))
        if before is not None:
            image["verdict"], image["advisories"] = before, []
    Path("before.json").write_text(json.dumps(report))
    return "before.json"


def test_what_turned_since_an_earlier_audit(auditor: Auditor) -> None:
    path = saved(auditor, web_2="pass", clean="fail", never="pass")
    changes = auditor.told("--fail-on", "critical", "--changed-since", path)["changes"]

    [worse] = changes["worse"]
    assert (name_of(worse["reference"]), worse["was"], worse["now"]) == ("shop/web", "pass", "fail")
    assert [each["id"] for each in worse["advisories"]] == ["CVE-2026-1"]
    assert [name_of(each["reference"]) for each in changes["better"]] == ["clean"]
    assert [name_of(each["reference"]) for each in changes["lost"]] == ["never"]
    assert (changes["found"], changes["new"], changes["removed"], changes["notes"]) == (
        [],
        [],
        [],
        [],
    )


def test_images_that_came_and_went(auditor: Auditor) -> None:
    saved(auditor)
    report = json.loads(Path("before.json").read_text())
    gone = {**report["images"][0], "reference": f"{TARGET}/gone@sha256:{'f' * 64}"}
    report["images"] = [gone, *report["images"][1:]]
    Path("before.json").write_text(json.dumps(report))
    changes = auditor.told("--fail-on", "high", "--changed-since", "before.json")["changes"]

    assert [name_of(each) for each in changes["new"]] == ["clean"]
    assert changes["removed"] == [gone["reference"]]
    assert changes["notes"] == ["the earlier audit judged by another policy"]


def test_the_report_of_yesterday_may_be_replaced(auditor: Auditor) -> None:
    path = saved(auditor, web_2="pass")
    auditor.run("--fail-on", "critical", "--changed-since", path, "-o", f"json={path}")

    assert len(json.loads(Path(path).read_text())["changes"]["worse"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"schemaVersion": "2"},
        {"kind": "check"},
        {"audit": {"target": "cr.yandex/crp0", "selection": []}},
        {"images": None},
        {"tool": {"name": "other"}},
    ],
)
def test_a_report_of_something_else_is_2(auditor: Auditor, change: dict[str, object]) -> None:
    path = Path(saved(auditor))
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    ended = auditor.run("--changed-since", str(path))

    assert ended.code == 2
    assert "--changed-since" in ended.err


def test_the_message_of_the_night(auditor: Auditor) -> None:
    path = saved(auditor, web_2="pass")
    text = auditor.run("--fail-on", "critical", "--changed-since", path, "-o", "markdown").out

    assert "### Turned to fail: 1" in text.replace("`", "")
    assert f"`{TARGET}/shop/web:2` was pass: by `CVE-2026-1`" in text


def test_a_baseline_of_one_image_is_2(auditor: Auditor) -> None:
    Path("scan.json").write_text(json.dumps({"id": "s"}))

    assert auditor.run("--baseline", "scan.json").code == 2
    assert auditor.run("--baseline", f"{TARGET}/clean:v1").code == 2
