"""Any report, in any format: parseable, and in agreement with what was decided."""

import pytest
from hypothesis import given

from scangate.model import Counts
from scangate.report import Report, Verdict
from scangate.reports import FORMATS

from .checks import CHECKS
from .samples import broken, finding, outcome, report, scan
from .situations import SITUATIONS
from .strategies import reports, unhurried


def test_every_format_has_a_check() -> None:
    assert set(CHECKS) == set(FORMATS)


@unhurried
@given(reports)
def test_every_format_agrees_with_the_report(drawn: Report) -> None:
    for name, check in CHECKS.items():
        check(drawn, FORMATS[name].render(drawn))


@pytest.mark.parametrize("name", FORMATS)
def test_a_rule_with_500_findings(name: str) -> None:
    """More than any list for people has room for, and as many as GitLab's widget is given."""
    many = tuple(map(finding, range(500)))
    counted = scan(counts=Counts(critical=500))
    judged = outcome(broken(*many), verdict=Verdict.FAIL, scan=counted, findings=many)
    CHECKS[name](report(judged), FORMATS[name].render(report(judged)))


@pytest.mark.parametrize(
    ("name", "situation", "told", "lie"),
    [
        pytest.param("table", "violation", "FAIL  1 image", "PASS  1 image", id="table-verdict"),
        pytest.param("table", "violation", "exit code 1", "exit code 0", id="table-code"),
        pytest.param("table", "violation", "  FAIL  max", "  pass  max", id="table-rule"),
        pytest.param("table", "violation", "  RULE", "::error::", id="table-command"),
        pytest.param("json", "violation", '"exitCode": 1', '"exitCode": 0', id="json-code"),
        pytest.param("json", "violation", '"fail"', '"pass"', id="json-verdict"),
        pytest.param("json", "violation", '"total": 16', '"total": 15', id="json-total"),
        pytest.param("json", "violation", '"CVE-2026-0003"', '"CVE-2026-0004"', id="json-finding"),
        pytest.param("json", "fix-plan", '"unselected"', '"vex"', id="json-bucket"),
        pytest.param("json", "ignored", '"counted": 1', '"counted": 2', id="json-buckets"),
        pytest.param("json", "ignored", '"owner": "team-web"', '"owner": null', id="json-ignore"),
        pytest.param("json", "ignored", "not compiled", "not used", id="json-reason"),
        pytest.param("json", "ignored", '"state": "used"', '"state": "unused"', id="json-state"),
        pytest.param("json", "fix-plan", '"to": "8.6.0"', '"to": "8.5.0"', id="json-upgrade"),
        pytest.param("json", "fix-plan", '"epss": 0.91', '"epss": 0.01', id="json-epss"),
        pytest.param("json", "fix-plan", 'Exploited": true', 'Exploited": null', id="json-kev"),
        pytest.param("json", "fix-plan", "upgrade today", "all is well", id="json-message"),
        pytest.param("json", "fix-plan", "KEV of", "kev of", id="json-feeds"),
        pytest.param("json", "fix-plan", "2026-12-22", "2026-12-23", id="json-draft"),
        pytest.param("table", "ignored", "1 by VEX", "0 by VEX", id="table-buckets"),
        pytest.param("table", "ignored", "  buckets", "  pockets", id="table-no-buckets"),
        pytest.param("table", "ignored", "would pass", "would fail", id="table-promise"),
        pytest.param("junit", "ignored", "1 by VEX", "2 by VEX", id="junit-buckets"),
        pytest.param("junit", "ignored", "not counted: ", "", id="junit-exempt"),
        pytest.param("junit", "ignored", "would pass", "would fail", id="junit-promise"),
        pytest.param("junit", "violation", "failure", "skipped", id="junit-skipped"),
        pytest.param("junit", "violation", 'failures="2"', 'failures="2', id="junit-unparseable"),
        pytest.param("junit", "scan-missing", "error ", "skipped ", id="junit-error"),
        pytest.param("junit", "warn", "system-out", "system-err", id="junit-silent-warning"),
    ],
)
def test_control_a_report_that_lies_is_noticed(
    name: str, situation: str, told: str, lie: str
) -> None:
    text = FORMATS[name].render(SITUATIONS[situation])
    assert told in text
    with pytest.raises((AssertionError, SyntaxError)):
        CHECKS[name](SITUATIONS[situation], text.replace(told, lie))


@pytest.mark.parametrize("name", FORMATS)
def test_control_the_report_of_another_run_is_noticed(name: str) -> None:
    with pytest.raises(AssertionError):
        CHECKS[name](SITUATIONS["pass"], FORMATS[name].render(SITUATIONS["several-images"]))
