"""`scangate policy test`: the cases of a policy, through the gate itself."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.feeds.samples import EPSS, KEV
from tests.running import Gate

POLICY = """version: 1
thresholds: {critical: 0, high: 2}
ignore: [{id: CVE-2026-0009, package: zlib, reason: R1, expires: 2026-12-31, images: ["*/app"]}]
overrides: [{images: ["*/legacy"], thresholds: {critical: 1}}]
"""
CLEAN = "name: clean, findings: [], expect: {verdict: pass}"
WRONG = (
    "name: wrong, findings: [{severity: critical, id: CVE-2026-0001, package: zlib}], "
    "expect: {verdict: pass, rules: []}"
)


def write(
    *cases: str, policy: str = "p.yaml", name: str = "p.test.yaml", text: str = POLICY
) -> None:
    folder = Path(name).parent
    folder.mkdir(exist_ok=True)
    (folder / "p.yaml").write_text(text)
    lines = "".join(f"  - {{{case}}}\n" for case in cases)
    Path(name).write_text(f"policy: {policy}\ncases:\n{lines}" if cases else "cases: []\n")


def findings(*rows: str) -> str:
    return f"findings: [{', '.join(f'{{{row}}}' for row in rows)}]"


CRITICAL = "severity: critical, id: CVE-2026-0009, package: zlib"
HIGH = "severity: high, package: p"


def test_cases_that_come_out_as_they_say(gate: Gate) -> None:
    write(CLEAN)

    ended = gate.run("policy", "test", "p.test.yaml")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("p.test.yaml\n  ok    clean\n1 case, 0 failed; ")


def test_a_case_that_does_not(gate: Gate) -> None:
    write(CLEAN, WRONG)

    ended = gate.run("policy", "test", "p.test.yaml")

    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith(
        "p.test.yaml\n"
        "  ok    clean\n"
        "  FAIL  wrong\n"
        "        verdict: expected pass, got fail\n"
        "        rules: expected none, got max-critical\n"
        "        max-critical: 1 found, 0 allowed\n"
        "2 cases, 1 failed; a case without a date is judged as of 20"
    )


def test_every_mistake_that_overrides_make_together_has_its_line(gate: Gate) -> None:
    Path("parent.yaml").write_text(
        "version: 1\nlocked: [thresholds]\nthresholds: {high: 5}\n"
        "overrides: [{images: '*/prod/*', thresholds: {high: 0}}]\n"
    )
    write(
        "name: x, image: cr.yandex/r/prod/app, findings: [], expect: {verdict: pass}",
        text="version: 1\nextends: parent.yaml\n"
        "overrides: [{images: '*/app', thresholds: {high: 5}}]\n",
    )

    told = gate.run("policy", "test", "p.test.yaml").out.splitlines()

    mistakes = [line for line in told if "allows 5 instead of 0" in line]
    assert [re.sub(r": max.*", "", line) for line in mistakes] == [
        "        error: p.yaml:3:31: overrides[0].thresholds"
    ] * 2


def test_quiet_and_verbose(gate: Gate) -> None:
    write(CLEAN, WRONG)

    quiet = gate.run("policy", "test", "-q", "p.test.yaml").out
    assert "clean" not in quiet
    assert "FAIL  wrong" in quiet
    verbose = gate.run("policy", "test", "-v", "p.test.yaml").out
    assert (
        "  ok    clean\n        max-critical: 0 found, 0 allowed\n        max-high: 0 f" in verbose
    )


GOOD = {
    "the exact limit": (findings(HIGH, HIGH), "verdict: pass, rules: [], exit: 0"),
    "one more": (findings(HIGH, HIGH, HIGH), "verdict: fail, rules: [max-high], exit: 1"),
    "the counts cannot tell what is ignored": ("counts: {high: 3}", "verdict: error, exit: 3"),
    "an exception": (
        f"image: h/r/app, at: 2026-12-31, {findings(CRITICAL)}",
        "verdict: pass, ignored: 1",
    ),
    "an exception that ended": (
        f"image: h/r/app, at: 2027-01-01, {findings(CRITICAL)}",
        "verdict: fail, ignored: 0",
    ),
    "an exception of another image": (
        f"at: 2026-12-31, {findings(CRITICAL)}",
        "verdict: fail, ignored: 0",
    ),
    "an override": (f"image: h/r/legacy, {findings(CRITICAL)}", "verdict: pass, rules: []"),
    "an override of other images": (f"image: h/r/other, {findings(CRITICAL)}", "verdict: fail"),
    "a fresh scan": ("scan_age: 8d, findings: []", "verdict: pass"),
    "a stale scan": ("scan_age: 9d, findings: []", "verdict: error, exit: 3"),
}


@pytest.mark.parametrize(("case", "expected"), GOOD.values(), ids=GOOD)
def test_what_a_case_shows(gate: Gate, case: str, expected: str) -> None:
    write(f"name: a, {case}, expect: {{{expected}}}")

    assert gate.run("policy", "test", "p.test.yaml").code == 0


@pytest.mark.parametrize(("case", "expected"), GOOD.values(), ids=GOOD)
def test_and_does_not_show_otherwise(gate: Gate, case: str, expected: str) -> None:
    other = "verdict: fail" if "pass" in expected else "verdict: pass"
    write(f"name: a, {case}, expect: {{{other}}}")

    assert gate.run("policy", "test", "p.test.yaml").code == 1


def test_a_new_finding_takes_a_baseline(gate: Gate) -> None:
    rule = "version: 1\nrules: [{name: r, match: {new: true}}]\n"
    row = findings("severity: low, id: X, package: p")
    write(
        f"name: old, baseline: [{{id: X, package: p}}], {row}, expect: {{verdict: pass}}",
        f"name: new, baseline: [], {row}, expect: {{verdict: fail, rules: [r]}}",
        f"name: neither, {row}, expect: {{verdict: error, exit: 2}}",
        text=rule,
    )

    assert gate.run("policy", "test", "p.test.yaml").code == 0


def test_documents_and_feeds_lie_beside_the_cases(gate: Gate) -> None:
    rules = (
        "rules: [{name: kev, match: {kev: true}, without_feed: skip}, "
        '{name: epss, match: {epss: ">=0.9"}, without_feed: skip}]\n'
    )
    document = """{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:1", "author": "us",
        "timestamp": "2025-08-01T00:00:00Z", "version": 1, "statements": [
        {"vulnerability": {"name": "CVE-2025-48384"}, "products": [{"@id": "h/r/a:1"}],
         "status": "not_affected", "justification": "component_not_present"}]}"""
    row = f"at: 2025-08-26, {findings('severity: low, id: CVE-2025-48384, package: git')}"
    write(
        f"name: none, {row}, expect: {{verdict: pass, rules: []}}",
        f"name: kev, kev: kev.json, {row}, expect: {{verdict: fail, rules: [kev]}}",
        f"name: vex, kev: kev.json, vex: [vex.json], image: 'h/r/a:1', {row}, "
        "expect: {verdict: pass, ignored: 1}",
        f"name: epss, epss: epss.csv, at: 2026-09-30, "
        f"{findings('severity: low, id: CVE-2000-0001, package: git')}, "
        "expect: {verdict: fail, rules: [epss]}",
        text=f"version: 1\nthresholds: {{critical: 0}}\n{rules}",
        name="sub/p.test.yaml",
    )
    for name, data in {"kev.json": KEV, "epss.csv": EPSS, "vex.json": document.encode()}.items():
        (Path("sub") / name).write_bytes(data)

    ended = gate.run("policy", "test", "-v", "sub/p.test.yaml")

    assert ended.code == 0, ended.out


def test_a_saved_scan_may_be_judged(gate: Gate) -> None:
    trivy = {
        "SchemaVersion": 2,
        "CreatedAt": "2026-11-22T09:00:00Z",
        "ArtifactName": "cr.yandex/r/app:1",
        "ArtifactType": "container_image",
        "Metadata": {"ImageID": f"sha256:{'1' * 64}", "RepoTags": ["cr.yandex/r/app:1"]},
        "Results": [{"Target": "x", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": []}],
    }
    Path("scan.json").write_text(json.dumps(trivy))
    write(
        "name: fresh, file: scan.json, image: 'cr.yandex/r/app:1', at: '2026-11-22T10:00:00Z', "
        "expect: {verdict: pass}",
        "name: stale, file: scan.json, image: 'cr.yandex/r/app:1', at: 2027-11-22, "
        "expect: {verdict: error, exit: 3}",
        "name: of another image, file: scan.json, image: 'cr.yandex/r/other:1', at: 2026-11-23, "
        "expect: {verdict: error, exit: 3}",
        "name: named by the file, file: scan.json, at: 2026-11-23, expect: {verdict: pass}",
    )

    ended = gate.run("policy", "test", "p.test.yaml")

    assert ended.code == 0, ended.out


UNUSABLE = {
    "no such file": (["missing.test.yaml"], "missing.test.yaml: "),
    "no cases": (["empty.test.yaml"], "empty.test.yaml:1:1: "),
    "two mistakes": (["bad.test.yaml"], "bad.test.yaml:3:15: cases[0].findings: "),
    "no such policy": (["lost.test.yaml"], "lost.test.yaml: "),
    "no such built-in": (["stirct.test.yaml"], "did you mean 'strict'?"),
    "an invalid policy": (["invalid.test.yaml"], "invalid.yaml:1:1: "),
    "no such feed": (["unfed.test.yaml"], "unfed.test.yaml: "),
    "no such scan": (["unsaved.test.yaml"], "unsaved.test.yaml: "),
    "a feed that is none": (["feed.test.yaml"], "p.yaml"),
    "beside a good one": (["p.test.yaml", "missing.test.yaml"], "missing.test.yaml: "),
    "beside a failing one": (["wrong.test.yaml", "missing.test.yaml"], "missing.test.yaml: "),
}


@pytest.mark.parametrize(("names", "told"), UNUSABLE.values(), ids=UNUSABLE)
def test_files_that_cannot_be_used(gate: Gate, names: Sequence[str], told: str) -> None:
    write(CLEAN)
    write(WRONG, name="wrong.test.yaml")
    write(name="empty.test.yaml")
    write("name: a, findings: x, expect: {verdict: y}", name="bad.test.yaml")
    write(CLEAN, policy="missing.yaml", name="lost.test.yaml")
    write(CLEAN, policy="stirct", name="stirct.test.yaml")
    write(CLEAN, policy="invalid.yaml", name="invalid.test.yaml")
    write(CLEAN.replace("findings", "kev: no.json, findings"), name="unfed.test.yaml")
    write(CLEAN.replace("findings", "kev: p.yaml, findings"), name="feed.test.yaml")
    write(CLEAN.replace("findings: []", "file: no.json"), name="unsaved.test.yaml")
    Path("invalid.yaml").write_text("thresholds: {critical: 0}\n")

    ended = gate.run("policy", "test", *names)

    assert ended.code == 2
    assert told in ended.err
    assert f"{len(names) - 1} case" in ended.out
    assert "1 file unusable" in ended.out


def test_nothing_outside_of_the_repository_is_read(gate: Gate, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.yaml"
    outside.write_text(POLICY)
    write(CLEAN, policy="../outside.yaml")

    assert gate.run("policy", "test", "p.test.yaml").code == 2
    outside.unlink()


def test_every_mistake_is_told_at_once(gate: Gate) -> None:
    write("name: a, findings: x, expect: {verdict: y}")

    assert gate.run("policy", "test", "p.test.yaml").err.count("p.test.yaml:3:") == 2


def test_without_a_name_all_that_lie_here_and_in_policies_are_run(gate: Gate) -> None:
    assert gate.run("policy", "test").code == 2
    write(CLEAN)
    write(WRONG, name="policies/strict.test.yaml", policy="strict")
    write(WRONG, name="elsewhere/p.test.yaml")

    ended = gate.run("policy", "test")

    assert ended.code == 1
    assert "2 cases, 1 failed" in ended.out
    names = [line for line in ended.out.splitlines() if line.endswith(".test.yaml")]
    assert names == ["p.test.yaml", "policies/strict.test.yaml"]


def test_nothing_that_a_terminal_or_a_runner_would_obey(gate: Gate) -> None:
    text = '"::error::\\e[31mx\\n##vso[y]"'
    write(f"name: {text}, findings: [], expect: {{verdict: fail, rules: [{text}]}}")

    out = gate.run("policy", "test", "p.test.yaml").out

    assert "\x1b" not in out
    assert "##" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
