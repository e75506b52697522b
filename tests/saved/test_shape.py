"""Which files are what, which belong together, and what everything else is told."""

import pytest

from scangate.errors import EvidenceIncomplete
from scangate.history import ScanSettings
from scangate.saved import read
from tests.saved.shapes import ROWS, grype, pair, row, saved, scan, trivy


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param([b""], "a.json is empty", id="an empty file"),
        pytest.param([b"null"], "a.json holds no JSON object", id="null"),
        pytest.param([{}], "an empty object", id="an empty object"),
        pytest.param([[]], "without its scan result", id="an empty list"),
        pytest.param([ROWS], "without its scan result", id="a list alone"),
        pytest.param([{"vulnerabilities": ROWS}], "without its scan result", id="a page alone"),
        pytest.param([{"vulnerabilities": []}], "without its scan result", id="an empty page"),
        pytest.param([[{}]], "in no format", id="a list of nothing"),
        pytest.param([[1]], "in no format", id="a list of numbers"),
        pytest.param([[scan(), 1]], "in no format", id="a result and a number"),
        pytest.param([[scan(), row(1)]], "could be", id="a result and a row in one list"),
        pytest.param([[{**scan(), **row(1)}]], "could be", id="a result that is a row"),
        pytest.param([scan(vulnerabilities=[])], "could be", id="a list instead of counts"),
        pytest.param([trivy(matches=[])], "could be", id="two scanners"),
        pytest.param([{**pair(), "status": "READY"}], "could be", id="a pair that is a result"),
        pytest.param([{"nextPageToken": "a"}], "in no format", id="a page of nothing"),
        pytest.param([{"Results": []}], "in no format", id="Trivy without a schema"),
        pytest.param([{"runs": []}], "SARIF", id="SARIF"),
        pytest.param([{"bomFormat": "CycloneDX"}], "CycloneDX", id="CycloneDX"),
        pytest.param([{"spdxVersion": "2.3"}], "SPDX", id="SPDX"),
        pytest.param([[{"Target": "app"}]], "before version 0.20", id="Trivy of old"),
        pytest.param([{"ClusterName": "a"}], "on a cluster", id="Trivy's Kubernetes report"),
        pytest.param([{"schemaVersion": "1", "images": []}], "scangate itself", id="our own"),
        pytest.param([{"code": 5, "message": "no"}], "an error", id="the service's error"),
        pytest.param([scan(), scan()], "do not make up one scan", id="two results"),
        pytest.param([ROWS, ROWS], "do not make up one scan", id="two lists"),
        pytest.param([[], []], "do not make up one scan", id="two empty lists"),
        pytest.param([pair(), ROWS], "do not make up one scan", id="a pair and a list"),
        pytest.param([scan(), pair()], "do not make up one scan", id="a result and a pair"),
        pytest.param([scan(), ROWS, ROWS], "do not make up one scan", id="a result and two lists"),
        pytest.param([trivy(), ROWS], "do not make up one scan", id="Trivy and a list"),
        pytest.param([trivy(), []], "do not make up one scan", id="Trivy and an empty list"),
        pytest.param([scan(), grype()], "do not make up one scan", id="a result and Grype"),
        pytest.param([trivy(), grype()], "do not make up one scan", id="Trivy and Grype"),
        pytest.param([], "no file", id="no file"),
    ],
)
def test_what_is_no_whole_scan_is_refused(values: list[object], reason: str) -> None:
    with pytest.raises(EvidenceIncomplete, match=reason) as refused:
        saved(*values)
    assert refused.value.hint or not values or values[0] == b"null"


def test_the_format_is_not_told_by_the_name_of_the_file() -> None:
    data = b'{"id":"che1","imageId":"crp1","status":"READY","vulnerabilities":{"low":1}}'
    for name in ("trivy.json", "grype.json", "-", "scan.yaml"):
        assert read([(name, data)], None, settings=lambda _: ScanSettings()).reference == "crp1"


def test_a_page_of_rows_with_more_behind_it_is_refused() -> None:
    with pytest.raises(EvidenceIncomplete, match=r"b\.json is one page of several") as refused:
        saved(scan(), {"vulnerabilities": ROWS, "nextPageToken": "abc"})
    assert "--limit" in refused.value.hint
