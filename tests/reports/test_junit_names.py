"""By its names a CI system knows a test again in the next build."""

import xml.etree.ElementTree as ET

from scangate import errors
from scangate.instant import Instant
from scangate.report import Report, Verdict
from scangate.reports import junit

from .samples import DIGEST, broken, finding, image, no_verdict, outcome, report, rule, scan

EVIDENCE = ["scan is ready", "scan is fresh", "evidence is complete"]


def cases(written: Report) -> list[ET.Element]:
    return list(ET.fromstring(junit.render(written)).iter("testcase"))


def _names(written: Report) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (suite.get("name"), case.get("classname"), case.get("name"))
        for suite in ET.fromstring(junit.render(written))
        for case in suite.iter("testcase")
    ]


def test_names_are_the_same_in_the_next_build() -> None:
    other = "sha256:" + "f" * 64
    one = report(outcome(rule(), rule("max-high", max=3)))
    found = (finding(1), finding(2))
    two = report(
        outcome(
            broken(*found),
            rule("max-high", max=99, count=7),
            reference=f"cr.yandex/alias/app@{other}",
            verdict=Verdict.FAIL,
            image=image(id="crpother", digest=other, tags=("2.0",)),
            scan=scan(id="cheother"),
            findings=found,
        ),
        judged_at=Instant.parse("2027-01-01T00:00:00Z"),
        version="9",
    )
    error = report(
        no_verdict(errors.ScanMissing("x"), rules=(rule(verdict=None), rule("max-high"))),
    )
    assert _names(one) == _names(two) == _names(error)
    told = str(_names(one))
    assert not [word for word in (DIGEST, "1.4", "2026", "3") if word in told]


def test_a_second_image_of_a_repository_gets_a_number() -> None:
    names = [
        suite.get("name") for suite in ET.fromstring(junit.render(report(outcome(), outcome())))
    ]
    assert names == ["cr.yandex/crp0/app", "cr.yandex/crp0/app #2"]


def test_repositories_that_differ_by_a_dot_have_classes_of_their_own() -> None:
    dotted = outcome(image=image("crp0/my.app"))
    scored = outcome(image=image("crp0/my_app"))
    assert len({case.get("classname") for case in cases(report(dotted, scored))}) == 2


def test_a_rule_cannot_take_the_name_of_the_evidence() -> None:
    written = report(outcome(rule("scan is ready", title="")))
    assert [case.get("name") for case in cases(written)] == [*EVIDENCE, "scan is ready #2"]
