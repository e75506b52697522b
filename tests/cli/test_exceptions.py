"""`check` with a whole policy: exceptions, feeds, overrides, parents, and what they need."""

import datetime as dt
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.running import Ended, Gate, image

BAD = image("bad")
REPOSITORY = "cr.yandex/crp0000000000000test/bad"
VEX: dict[str, Any] = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.test/vex/1",
    "author": "tests",
    "timestamp": "2026-01-01T00:00:00Z",
    "version": 1,
}
TODAY = dt.datetime.now(dt.UTC).date()


def day(number: int) -> str:
    """Name a day, counted from today: the emulated scans are of just now."""
    return (TODAY + dt.timedelta(days=number)).isoformat()


KEV: dict[str, Any] = {
    "catalogVersion": "2026.11.20",
    "dateReleased": f"{day(0)}T00:00:00.0000Z",
    "count": 1,
    "vulnerabilities": [{"cveID": "CVE-2026-0002"}],
}
EPSS = "#model_version:v1,score_date:{}T00:00:00Z\ncve,epss,percentile\n{}\n"
AT = day(1)


def policy(text: str, name: str = "scangate.yaml") -> str:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(f"version: 1\n{text}")
    return name


def vex(status: str, product: str = REPOSITORY, **more: str) -> str:
    statement = {
        "vulnerability": {"name": "CVE-2026-0001"},
        "products": [{"@id": product}],
        "status": status,
        **more,
    }
    Path("vex.json").write_text(json.dumps({**VEX, "statements": [statement]}))
    return "vex.json"


def judged(ended: Ended) -> dict[str, Any]:
    [judged] = json.loads(ended.out)["images"]
    return dict(judged)


def check(gate: Gate, *arguments: str) -> Ended:
    return gate.check("-o", "json", *arguments, BAD)


class TestIgnore:
    ENTRY = "{{id: CVE-2026-0001, reason: not compiled in, expires: {}{}}}"

    def entry(self, expires: str = day(40), more: str = "") -> None:
        entry = self.ENTRY.format(expires, more)
        policy(f"thresholds: {{critical: 0}}\nignore:\n  - {entry}\n")

    def test_an_accepted_risk_passes_and_is_still_shown(self, gate: Gate) -> None:
        self.entry()
        ended = check(gate, "--at", AT)
        found = judged(ended)

        assert ended.code == 0
        assert found["buckets"] == {"counted": 0, "ignored": 1, "vex": 0, "unselected": 1}
        assert found["findings"][0]["ignored"] == {
            "reason": "not compiled in",
            "expires": day(40),
            "by": "scangate.yaml:4",
        }
        assert [each["state"] for each in found["ignores"]] == ["used"]

    @pytest.mark.parametrize(
        ("at", "code"), [(day(39), 0), (f"{day(40)}T23:59:59Z", 0), (day(41), 1)]
    )
    def test_it_ends_with_its_last_day(self, gate: Gate, at: str, code: int) -> None:
        self.entry(more="")
        policy(Path("scangate.yaml").read_text().partition("\n")[2] + "scan: {max_age: any}\n")

        assert check(gate, "--at", at).code == code

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            (", while_unfixed: true", "no longer applies: there is a fix, 3"),
            (", package: zlib", "it is for zlib, the finding is in openssl"),
            (", images: ['*/other']", "the image is not in its scope"),
        ],
    )
    def test_what_it_just_misses_is_told(self, gate: Gate, more: str, told: str) -> None:
        self.entry(more=more)
        ended = check(gate, "--at", AT)

        assert ended.code == 1
        assert any(told in notice for notice in judged(ended)["notices"])

    def test_one_that_no_image_needs_is_told_once(self, gate: Gate) -> None:
        entry = self.ENTRY.format("never", "").replace("0001", "4711")
        policy(f"thresholds: {{critical: 1}}\nignore: [{entry}]\n")
        ended = gate.check("-o", "json", BAD, image("clean"))
        notices = [each for one in json.loads(ended.out)["images"] for each in one["notices"]]

        assert ended.code == 0
        assert notices == ["the ignore of CVE-2026-4711 (scangate.yaml:3) is unused"]


class TestVex:
    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ({"status": "not_affected", "justification": "component_not_present"}, 0),
            ({"status": "not_affected"}, 1),
            ({"status": "affected", "action_statement": "upgrade"}, 1),
            ({"status": "under_investigation"}, 1),
            ({"status": "fixed", "status_notes": "patched in this build"}, 0),
            (
                {
                    "status": "not_affected",
                    "justification": "component_not_present",
                    "product": f"pkg:oci/bad@sha256%3A{'0' * 64}",
                },
                1,
            ),
        ],
        ids=["not affected", "no reason", "affected", "investigated", "fixed", "another image"],
    )
    def test_a_statement(self, gate: Gate, arguments: dict[str, str], code: int) -> None:
        path = vex(**arguments)
        policy("thresholds: {critical: 0}\n")

        assert check(gate, "--vex", path, "--at", AT).code == code

    def test_the_documents_of_a_policy(self, gate: Gate) -> None:
        vex("not_affected", justification="component_not_present")
        policy("thresholds: {critical: 0}\nvex: ['*.json']\n")

        assert judged(check(gate, "--at", AT))["buckets"]["vex"] == 1

    def test_one_that_is_none_is_2(self, gate: Gate) -> None:
        Path("vex.json").write_text("{}")

        assert check(gate, "-p", "default", "--vex", "vex.json").code == 2


class TestFeeds:
    RULE = "rules: [{name: exploited, match: {kev: true}}]\n"

    def test_known_exploited(self, gate: Gate) -> None:
        Path("kev.json").write_text(json.dumps(KEV))
        policy(self.RULE)
        ended = check(gate, "--kev", "kev.json", "--at", AT)
        [rule] = judged(ended)["rules"]

        assert ended.code == 1
        assert [each["id"] for each in rule["findings"]] == ["CVE-2026-0002"]
        assert f"KEV of {day(0)}" in json.loads(ended.out)["policy"]["feeds"][0]

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("CVE-2026-0001,0.49999,0.9\nCVE-2026-0002,0.1,0.1", 0),
            ("CVE-2026-0001,0.5,0.9\nCVE-2026-0002,0.1,0.1", 1),
            ("CVE-2026-0001,0.1,0.9", 1),
        ],
        ids=["just below", "exactly", "one has no score"],
    )
    def test_likely_exploited(self, gate: Gate, row: str, code: int) -> None:
        Path("epss.csv").write_text(EPSS.format(day(0), row))
        policy("rules: [{name: likely, match: {epss: '>=0.5'}}]\nfeeds: {epss: epss.csv}\n")

        assert check(gate, "--at", AT).code == code

    def test_without_its_feed_a_rule_is_2(self, gate: Gate) -> None:
        policy(self.RULE)
        ended = check(gate)

        assert ended.code == 2
        assert "no kev feed is named" in ended.err

    def test_unless_it_says_to_skip_it(self, gate: Gate) -> None:
        policy(
            "thresholds: {critical: 1}\n"
            "rules: [{name: exploited, match: {kev: true}, without_feed: skip}]\n"
        )
        ended = check(gate)

        assert ended.code == 0
        assert any("exploited is not judged" in notice for notice in judged(ended)["notices"])

    def test_a_feed_that_is_too_old_is_3(self, gate: Gate) -> None:
        Path("kev.json").write_text(json.dumps({**KEV, "dateReleased": f"{day(-30)}T00:00:00Z"}))
        policy(f"{self.RULE}feeds: {{kev: kev.json}}\n")
        ended = check(gate, "--at", AT)

        assert ended.code == 3
        assert judged(ended)["error"]["kind"] == "evidence-incomplete"


class TestNew:
    RULE = "rules: [{name: new, match: {new: true}}]\n"

    def test_without_a_baseline_it_is_2(self, gate: Gate) -> None:
        policy(self.RULE)
        ended = check(gate)

        assert ended.code == 2
        assert "--baseline IMAGE" in ended.err

    @pytest.mark.parametrize(("name", "code"), [("bad", 0), ("clean", 1)])
    def test_an_image_of_the_registry(self, gate: Gate, name: str, code: int) -> None:
        policy(self.RULE)

        assert check(gate, "--baseline", image(name)).code == code

    @pytest.mark.parametrize(("name", "code"), [("failed", 3), ("nowhere", 3), ("broken", 5)])
    def test_an_image_that_cannot_be_compared_with(self, gate: Gate, name: str, code: int) -> None:
        policy(self.RULE)
        ended = check(gate, "--timeout", "0", "--baseline", image(name))

        assert ended.code == code
        assert judged(ended)["verdict"] == "error"

    def test_a_saved_report(self, gate: Gate) -> None:
        gate.check("-p", "default", "-o", "json=before.json", BAD)
        policy(self.RULE)
        ended = check(gate, "--baseline", "before.json")

        assert ended.code == 0
        assert {each["new"] for each in judged(ended)["findings"]} == {False}

    def test_a_report_on_another_repository_knows_nothing(self, gate: Gate) -> None:
        gate.check("-p", "default", "-o", "json=before.json", image("medium"))
        policy(self.RULE)

        assert check(gate, "--baseline", "before.json").code == 1

    def test_a_report_without_lists_is_2(self, gate: Gate) -> None:
        gate.check("--fail-on", "critical", "-o", "json=before.json", image("clean"))
        report = json.loads(Path("before.json").read_text())
        report["images"][0]["findings"] = None
        Path("before.json").write_text(json.dumps(report))

        assert check(gate, "-p", "default", "--baseline", "before.json").code == 2

    def test_one_image_cannot_stand_for_several_repositories(self, gate: Gate) -> None:
        policy(self.RULE)
        ended = gate.check("--baseline", image("bad"), image("bad"), image("medium"))

        assert ended.code == 2


class TestOverrides:
    TEXT = "thresholds: {critical: 0}\noverrides: [{images: '*/bad', thresholds: {critical: 1}}]\n"

    @pytest.mark.parametrize(("name", "code"), [("bad", 0), ("clean", 0)])
    def test_by_image(self, gate: Gate, name: str, code: int) -> None:
        policy(self.TEXT)

        assert gate.check(image(name)).code == code

    def test_they_are_for_their_images_only(self, gate: Gate) -> None:
        policy(self.TEXT.replace("*/bad", "*/worse"))

        assert gate.check(BAD).code == 1

    def test_a_mode_is_for_its_image_only(self, gate: Gate) -> None:
        policy("thresholds: {low: 0}\noverrides: [{images: '*/bad', mode: warn}]\n")
        ended = gate.check("-o", "json", BAD, image("medium"))
        images = json.loads(ended.out)["images"]

        assert ended.code == 1
        assert [(each["verdict"], each["enforced"]) for each in images] == [
            ("warn", False),
            ("fail", True),
        ]

    def test_a_saved_scan_of_an_unknown_repository_is_3(self, gate: Gate) -> None:
        policy(self.TEXT)
        scan = {"id": "s", "imageId": "crp1", "status": "READY", "vulnerabilities": {"low": 1}}
        scan["scannedAt"] = f"{day(0)}T00:00:00Z"
        Path("scan.json").write_text(json.dumps(scan))
        ended = gate.run("check", "--at", AT, "--from-file", "scan.json")

        assert ended.code == 3
        assert "give the IMAGE" in ended.err + ended.out


class TestParents:
    def test_a_lock_that_is_loosened_is_2(self, gate: Gate) -> None:
        policy("locked: [thresholds]\nthresholds: {critical: 0}\n", "base/base.yaml")
        policy("extends: base/base.yaml\nthresholds: {critical: 5}\n")
        ended = check(gate)

        assert ended.code == 2
        assert "max-critical allows 5 instead of 0, which base/base.yaml locks" in ended.err

    def test_the_digest_of_several_texts(self, gate: Gate) -> None:
        parent = Path(policy("thresholds: {critical: 0}\n", "base.yaml"))
        child = Path(policy("extends: ./base.yaml\n"))
        digests = [hashlib.sha256(each.read_bytes()).hexdigest() for each in (child, parent)]
        whole = hashlib.sha256("".join(f"{each}\n" for each in digests).encode()).hexdigest()

        assert gate.check("--policy-sha256", whole, image("clean")).code == 0
        assert gate.check("--policy-sha256", digests[0], image("clean")).code == 2

    def test_a_revision_is_read_whole(self, gate: Gate) -> None:
        policy("thresholds: {critical: 0}\n", "base.yaml")
        policy("extends: ./base.yaml\n")
        git("init", "-q")
        git("add", ".")
        git("commit", "-qm", "the gate")
        policy("thresholds: {critical: 99}\n", "base.yaml")

        assert gate.check(BAD).code == 0
        assert gate.check("-p", "git:HEAD:scangate.yaml", BAD).code == 1


def git(*arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], check=True)
