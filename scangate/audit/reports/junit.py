"""JUnit XML of an audit: a suite per repository, a case per image.

A test view knows a test again by its name. An image of a registry is known by its digest, which
stays; its tags move. So here, unlike in a pipeline, the digest is the name.
"""

from collections.abc import Iterator

from junit_xml import TestCase, TestSuite, to_xml_report_string

from scangate.audit.audit import Audit
from scangate.audit.digested import Judged
from scangate.audit.reports import lines
from scangate.report import Verdict
from scangate.reports.junit import DECLARATION, MOMENT, error_type
from scangate.reports.names import Names, class_of
from scangate.reports.text import clean_line
from scangate.reports.wording import failure_of

_LONGEST = 1000
_KNOWN = "images are known"


def render(audit: Audit) -> str:
    """Write the audit as JUnit XML in UTF-8."""
    text: str = to_xml_report_string(list(_suites(audit)), prettyprint=False, encoding="utf-8")
    # Safe: `>` is escaped in every text and attribute
    return DECLARATION + text.replace("><", ">\n<") + "\n"


def _suites(audit: Audit) -> Iterator[TestSuite]:
    by_place: dict[str, list[Judged]] = {}
    for each in audit.judged:
        image = each.outcome.image
        place = image.repository if image else each.outcome.reference
        by_place.setdefault(place, []).append(each)
    suites = Names()
    for place, judged in by_place.items():
        name = suites.give(place)
        cases = list(_cases(judged, class_of(name)))
        believed = sum(each.believed for each in judged)
        yield TestSuite(
            name,
            cases,
            timestamp=audit.report.judged_at.to_second(),
            properties={"passed-by-counts": str(believed)},
        )


def _cases(judged: list[Judged], classname: str) -> Iterator[TestCase]:
    names = Names()
    for each in judged:
        image = each.outcome.image
        name = names.give(image.digest if image else _KNOWN)
        case = TestCase(name, classname=classname, elapsed_sec=MOMENT)
        _tell(case, each)
        yield case


def _tell(case: TestCase, judged: Judged) -> None:
    image, failure = judged.outcome.image, failure_of(judged.outcome)
    why = clean_line(lines.why(judged), most=_LONGEST) or "no verdict could be reached"
    tags = clean_line(f"tags: {', '.join(image.tags)}", most=_LONGEST) if image else ""
    told = "\n".join(filter(None, (why, tags)))
    if failure is not None:
        case.add_error_info(why, told, error_type(failure.kind))
    elif judged.outcome.verdict is Verdict.FAIL:
        case.add_failure_info(why, told, "PolicyViolation")
    elif judged.outcome.verdict is Verdict.WARN:
        case.stdout = told
