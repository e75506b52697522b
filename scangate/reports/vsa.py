"""vsa: the verdict as SLSA Verification Summary Attestations, to be signed.

In-toto statements (in-toto.io/Statement/v1) with the predicate slsa.dev/verification_summary/v1, a
line each: one for each image, and one for each index, which stands for all of its platforms. A
statement says PASSED only of what anybody may rely on: judged by an enforced policy, as of now, on
the evidence of a known registry. What has no digest, or a name that could be read as another, is
the subject of none.
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from scangate.errors import ExitCode
from scangate.model import DIGEST, Image
from scangate.report import ImageOutcome, PolicyIdentity, Report
from scangate.reports.text import clean_line

_VERIFIER = "https://pypi.org/project/scangate/"
_PASSED_LEVEL = "SCANGATE_POLICY_PASSED"
"""The specification leaves names to others that do not begin with SLSA_."""

_NAME = re.compile(r"[A-Za-z0-9._:-]+(/[A-Za-z0-9._-]+)+")
_URI_MARKS = "/:@?&=+,;~.-_"


def render(report: Report) -> str:
    """Write a statement a line, as signers take it: `cosign attest-blob --statement`."""
    return "".join(
        f"{json.dumps(statement, ensure_ascii=True)}\n" for statement in _statements(report)
    )


def _statements(report: Report) -> Iterator[dict[str, object]]:
    indexes: dict[tuple[str, str], list[ImageOutcome]] = {}
    for outcome in report.images:
        image = outcome.image
        if image is None or not _NAME.fullmatch(image.repository):
            continue
        if DIGEST.fullmatch(image.digest):
            passed = _may_be_relied_on(report) and _passed(outcome)
            yield _statement(report, image, image.digest, passed=passed)
        if DIGEST.fullmatch(image.index_digest):
            indexes.setdefault((image.repository, image.index_digest), []).append(outcome)
    for (_, digest), outcomes in indexes.items():
        passed = _may_be_relied_on(report) and all(map(_passed, outcomes))
        for image in [each.image for each in outcomes if each.image][:1]:
            yield _statement(report, image, digest, passed=passed)


def _may_be_relied_on(report: Report) -> bool:
    return (
        report.mode == "enforce"
        and report.simulated_at is None
        and report.evidence == "registry"
        and report.endpoint_known
    )


def _passed(outcome: ImageOutcome) -> bool:
    return outcome.exit_code is ExitCode.PASS and outcome.enforced


def _statement(report: Report, image: Image, digest: str, *, passed: bool) -> dict[str, object]:
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": image.repository, "digest": _digest_set(digest)}],
        "predicateType": "https://slsa.dev/verification_summary/v1",
        "predicate": {
            "verifier": {"id": _VERIFIER, "version": {"scangate": report.version}},
            "timeVerified": str(report.judged_at),
            "resourceUri": _purl(image, digest),
            "policy": _policy(report.policy),
            "verificationResult": "PASSED" if passed else "FAILED",
            "verifiedLevels": [_PASSED_LEVEL if passed else "FAILED"],
            "slsaVersion": "1.0",
        },
    }


def _digest_set(digest: str) -> dict[str, str]:
    algorithm, _, value = digest.partition(":")
    return {algorithm: value}


def _purl(image: Image, digest: str) -> str:
    """Name the image as the purl specification does (type oci)."""
    from packageurl import PackageURL  # late: few runs make a statement

    purl = PackageURL(
        type="oci",
        name=image.name.rpartition("/")[2].lower(),
        version=digest,
        qualifiers={"repository_url": image.repository},
    )
    return purl.to_string()


def _policy(policy: PolicyIdentity) -> dict[str, object]:
    source = quote(clean_line(policy.source), safe=_URI_MARKS, errors="replace")
    return {"uri": f"scangate-policy:{source}", "digest": {"sha256": policy.sha256}}
