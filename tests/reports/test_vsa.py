"""Verification summaries say PASSED only of what may be relied on."""

import json
from typing import Any

import msgspec
import pytest
from packageurl import PackageURL

from scangate.instant import Instant
from scangate.report import Report, Verdict
from scangate.reports.vsa import render

from .situations import SITUATIONS

PASSED: Report = SITUATIONS["pass"]


def told(report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in render(report).splitlines()]


def results(report: Report) -> list[str]:
    return [each["predicate"]["verificationResult"] for each in told(report)]


def of_index(*verdicts: Verdict) -> Report:
    """Return a report on an index with a platform for each verdict."""
    [outcome] = PASSED.images
    assert outcome.image is not None
    platforms = [
        msgspec.structs.replace(
            outcome.image, digest=f"sha256:{number:064x}", index_digest=f"sha256:{'f' * 64}"
        )
        for number in range(len(verdicts))
    ]
    outcomes = [
        msgspec.structs.replace(outcome, verdict=verdict, image=image)
        for verdict, image in zip(verdicts, platforms, strict=True)
    ]
    return msgspec.structs.replace(PASSED, images=tuple(outcomes))


def test_a_pass_is_stated_of_the_digest() -> None:
    [statement] = told(PASSED)
    [outcome] = PASSED.images
    assert outcome.image is not None
    [subject] = statement["subject"]
    predicate = statement["predicate"]

    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert subject["name"] == outcome.image.repository
    assert f"sha256:{subject['digest']['sha256']}" == outcome.image.digest
    assert predicate["verificationResult"] == "PASSED"
    assert predicate["verifiedLevels"] == ["SCANGATE_POLICY_PASSED"]
    assert Instant.parse(predicate["timeVerified"]) == PASSED.judged_at
    assert predicate["policy"]["digest"] == {"sha256": PASSED.policy.sha256}
    purl = PackageURL.from_string(predicate["resourceUri"])
    assert (purl.type, purl.version) == ("oci", outcome.image.digest)
    assert isinstance(purl.qualifiers, dict)
    assert purl.qualifiers["repository_url"] == outcome.image.repository


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "warn"},
        {"mode": "warn-only"},
        {"simulated_at": PASSED.judged_at},
        {"evidence": "file"},
        {"endpoint_known": False},
    ],
    ids=str,
)
def test_what_nobody_may_rely_on_is_no_pass(change: dict[str, Any]) -> None:
    assert results(PASSED) == ["PASSED"]
    assert results(msgspec.structs.replace(PASSED, **change)) == ["FAILED"]


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.ERROR])
def test_only_a_pass_is_one(verdict: Verdict) -> None:
    [outcome] = PASSED.images
    changed = msgspec.structs.replace(outcome, verdict=verdict)
    assert results(msgspec.structs.replace(PASSED, images=(changed,))) == ["FAILED"]


def test_an_image_of_which_the_policy_only_warns_is_no_pass() -> None:
    [outcome] = PASSED.images
    changed = msgspec.structs.replace(outcome, enforced=False)
    assert results(msgspec.structs.replace(PASSED, images=(changed,))) == ["FAILED"]


@pytest.mark.parametrize(
    ("verdicts", "stated"),
    [
        ((Verdict.PASS, Verdict.PASS), ["PASSED", "PASSED", "PASSED"]),
        ((Verdict.PASS, Verdict.FAIL), ["PASSED", "FAILED", "FAILED"]),
    ],
    ids=["all pass", "one does not"],
)
def test_an_index_passes_with_all_its_platforms(
    verdicts: tuple[Verdict, ...], stated: list[str]
) -> None:
    assert results(of_index(*verdicts)) == stated


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_has_a_name_and_a_digest_has_its_own_statement(name: str) -> None:
    report = SITUATIONS[name]
    images = [each.image for each in report.images if each.image]
    digests = [each.digest for each in images if each.digest and each.repository.isascii()]
    subjects = [subject["digest"]["sha256"] for each in told(report) for subject in each["subject"]]
    assert [f"sha256:{digest}" for digest in subjects[: len(digests)]] == digests
