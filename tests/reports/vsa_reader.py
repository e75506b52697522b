"""Verification summaries, read as the specification has them (slsa.dev/spec/v1.0)."""

import json
from typing import Any

from packageurl import PackageURL

from scangate.errors import ExitCode
from scangate.instant import Instant
from scangate.report import ImageOutcome, Report


def check_vsa(report: Report, text: str) -> None:
    """Hold statements against the report that they tell of."""
    for line in text.splitlines():
        _check_statement(report, json.loads(line))


def _check_statement(report: Report, statement: dict[str, Any]) -> None:
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    [subject] = statement["subject"]
    predicate = statement["predicate"]
    about = [outcome for outcome in report.images if _is_about(outcome, subject)]
    purl = PackageURL.from_string(predicate["resourceUri"])

    assert about
    assert purl.version == f"sha256:{subject['digest']['sha256']}"
    assert Instant.parse(predicate["timeVerified"]) == report.judged_at
    assert predicate["policy"]["digest"] == {"sha256": report.policy.sha256}
    passed = predicate["verificationResult"] == "PASSED"
    assert passed == (predicate["verifiedLevels"] != ["FAILED"])
    if passed:
        assert (report.mode, report.evidence, report.simulated_at) == ("enforce", "registry", None)
        assert report.endpoint_known
        assert any(each.exit_code is ExitCode.PASS and each.enforced for each in about)
    else:
        assert predicate["verificationResult"] == "FAILED"


def _is_about(outcome: ImageOutcome, subject: dict[str, Any]) -> bool:
    image, digest = outcome.image, f"sha256:{subject['digest']['sha256']}"
    return image is not None and (
        image.repository == subject["name"] and digest in (image.digest, image.index_digest)
    )
