"""Keys that are almost those that are read: to pass them over would be to find nothing."""

import pytest

from scangate.errors import EvidenceIncomplete
from tests.saved.shapes import ROWS, Json, grype, match, pair, row, saved, scan, trivy, trivy_row


def _with(report: Json, key: str, value: object) -> Json:
    return {**report, key: value}


def _without(report: Json, key: str) -> Json:
    return {name: value for name, value in report.items() if name != key}


RESULT: Json = {"Class": "os-pkgs", "Type": "debian"}
SOURCE = {"type": "image", "target": {"userInput": "a:1", "ManifestDigest": "x"}}


@pytest.mark.parametrize(
    ("files", "key"),
    [
        pytest.param((_with(scan(), "VULNERABILITIES", {}), ROWS), "VULNERABILITIES", id="counts"),
        pytest.param((_with(scan(), "Status", "ERROR"), ROWS), "Status", id="a second status"),
        pytest.param((_with(pair(), "Vulnerabilities", []),), "Vulnerabilities", id="two lists"),
        pytest.param(
            (scan(), _with({"vulnerabilities": ROWS}, "NEXT_PAGE_TOKEN", "x")),
            "NEXT_PAGE_TOKEN",
            id="a page",
        ),
        pytest.param(
            (scan(), [_with(_without(row(1), "severity"), "SEVERITY", "HIGH")]),
            "SEVERITY",
            id="a row",
        ),
        pytest.param((scan(), [row(1, FIXEDBY="2")]), "FIXEDBY", id="a package"),
        pytest.param((_with(_without(trivy(), "Results"), "results", []),), "results", id="Trivy"),
        pytest.param(
            (trivy(Results=[_with(RESULT, "vulnerabilities", [trivy_row()])]),),
            "vulnerabilities",
            id="Trivy's list",
        ),
        pytest.param(
            (trivy(_with(trivy_row(), "severity", "HIGH")),), "severity", id="Trivy's row"
        ),
        pytest.param((trivy(Metadata={"os": {"Family": "x"}}),), "os", id="Trivy's metadata"),
        pytest.param((grype(Matches=[match()]),), "Matches", id="Grype"),
        pytest.param((grype(ignoredmatches=[{}]),), "ignoredmatches", id="Grype's ignored"),
        pytest.param((grype(_with(match(), "Vulnerability", {})),), "Vulnerability", id="a match"),
        pytest.param((grype(source=SOURCE),), "ManifestDigest", id="Grype's target"),
        pytest.param(
            (grype(descriptor={"name": "grype", "configuration": {"Only-Fixed": True}}),),
            "Only-Fixed",
            id="Grype's configuration",
        ),
    ],
)
def test_a_key_that_is_almost_one_that_is_read_is_refused(
    files: tuple[object, ...], key: str
) -> None:
    with pytest.raises(EvidenceIncomplete, match=f"has the key '{key}', which is not"):
        saved(*files)


def test_keys_that_are_not_read_may_differ_by_case() -> None:
    labels = {"Maintainer": "a", "maintainer": "b", "VULNERABILITIES": "c"}
    saved(trivy(Labels=labels))
