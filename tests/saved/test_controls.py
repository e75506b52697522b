"""Deliberate faults, each of which must let something pass: so the checks are what stops it."""

from types import ModuleType

import pytest

from scangate.errors import NoEvidence
from scangate.policy.evaluate import evaluate_all
from scangate.report import Verdict
from scangate.saved import document, grype, names, trivy
from tests.fakes import policy
from tests.saved.shapes import (
    EARLIER,
    NOW,
    OTHER_DIGEST,
    PINNED,
    REFERENCE,
    match,
    pair,
    row,
    saved,
    scan,
)
from tests.saved.shapes import grype as grype_report
from tests.saved.shapes import trivy as trivy_report

TWICE = b"""{"id": "che1", "imageId": "crp1", "status": "READY",
"scannedAt": "2026-11-22T09:00:00Z",
"vulnerabilities": {"critical": "9"}, "vulnerabilities": {"low": "1"}}"""
ONE_LOW = scan(vulnerabilities={"low": 1})
PAGE = pair(scanResult=ONE_LOW, vulnerabilities=[row(1)], nextPageToken="abc")
ANOTHER = trivy_report(Metadata={"RepoDigests": [f"{REFERENCE.host}/b@{OTHER_DIGEST}"]})
ONLY_FIXED = {"name": "grype", "timestamp": EARLIER, "configuration": {"only-fixed": True}}


@pytest.mark.parametrize(
    ("where", "check", "values"),
    [
        pytest.param(document, "_refuse_repeated_keys", [TWICE], id="a key twice"),
        pytest.param(names, "_refuse_another", [ANOTHER], id="another image"),
        pytest.param(
            grype,
            "_refuse_filtered",
            [grype_report(match(), descriptor=ONLY_FIXED)],
            id="a filtered report",
        ),
        pytest.param(
            trivy, "_refuse_unscanned", [trivy_report(Results=[])], id="nothing was scanned"
        ),
    ],
)
def test_without_the_check_it_would_pass(
    where: ModuleType, check: str, values: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoEvidence):
        saved(*values, target=PINNED)
    monkeypatch.setattr(where, check, lambda *_: None)
    evidence = saved(*values, target=PINNED).evidence
    assert evaluate_all(policy("critical: 0"), evidence, NOW)[1].verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("spoilt", "sound"),
    [
        pytest.param([PAGE], [{**PAGE, "nextPageToken": ""}], id="a page with more behind it"),
        pytest.param([[row(1)]], [ONE_LOW, [row(1)]], id="a list without its result"),
        pytest.param([[ONE_LOW, {**ONE_LOW, "imageId": "b"}]], [[ONE_LOW]], id="several images"),
    ],
)
def test_only_the_fault_stops_it(spoilt: list[object], sound: list[object]) -> None:
    with pytest.raises(NoEvidence):
        saved(*spoilt)
    evidence = saved(*sound).evidence
    assert evaluate_all(policy("critical: 0"), evidence, NOW)[1].verdict is Verdict.PASS
