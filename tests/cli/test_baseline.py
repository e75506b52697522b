"""`check --baseline`: which findings are new since a saved scan."""

import json
from pathlib import Path

import pytest

from tests.running import Gate, image

SCAN = {"id": "s", "imageId": "crp1", "scannedAt": "2020-01-01T00:00:00Z", "status": "READY"}
OPENSSL = {"severity": "CRITICAL", "package": {"name": "CVE-2026-0001", "package": "openssl"}}
OTHER = {"severity": "CRITICAL", "package": {"name": "CVE-2026-0001", "package": "curl"}}


def save(rows: object, counts: object) -> str:
    saved = {"scanResult": {**SCAN, "vulnerabilities": counts}, "vulnerabilities": rows}
    Path("before.json").write_text(json.dumps(saved))
    return "before.json"


def new(gate: Gate, *arguments: str) -> dict[str, bool | None]:
    ended = gate.check("-p", "default", "-o", "json", *arguments, image("bad"))
    assert ended.code == 1
    [judged] = json.loads(ended.out)["images"]
    return {each["id"]: each["new"] for each in judged["findings"]}


def test_without_a_baseline_it_is_not_known(gate: Gate) -> None:
    assert new(gate) == {"CVE-2026-0001": None, "CVE-2026-0002": None}


def test_what_the_baseline_has_is_not_new_however_old_it_is(gate: Gate) -> None:
    path = save([OPENSSL], {"critical": "1"})

    assert new(gate, "--baseline", path) == {"CVE-2026-0001": False, "CVE-2026-0002": True}


def test_the_same_advisory_of_another_package_is_new(gate: Gate) -> None:
    path = save([OTHER], {"critical": "1"})

    assert new(gate, "--baseline", path)["CVE-2026-0001"] is True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "--baseline: "),
        ("{}", "--baseline: "),
        (json.dumps({**SCAN, "vulnerabilities": {"critical": "1"}}), "holds counts only"),
    ],
)
def test_a_baseline_that_proves_nothing_is_2(gate: Gate, text: str, told: str) -> None:
    Path("before.json").write_text(text)
    ended = gate.check("--baseline", "before.json", image("bad"))

    assert ended.code == 2
    assert told in ended.err


def test_a_baseline_that_is_not_there_is_2(gate: Gate) -> None:
    assert gate.check("--baseline", "before.json", image("bad")).code == 2
