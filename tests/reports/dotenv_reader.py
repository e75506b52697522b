"""A dotenv file as GitLab reads it (docs.gitlab.com/ci/yaml/artifacts_reports, dotenv)."""

import re

from scangate.report import Report
from scangate.reports.wording import counts_of

_LINE = re.compile(r"([A-Za-z0-9_]+)=(.*)")


def read(text: str) -> dict[str, str]:
    """Read every line. Raises ValueError for one that GitLab would refuse."""
    if len(text.encode()) > 5 * 1024:
        raise ValueError("more than GitLab takes")
    variables: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[1] in variables:
            raise ValueError(f"no variable, or one twice: {line!r}")
        variables[match[1]] = match[2]
    return variables


def check_dotenv(report: Report, text: str) -> None:
    """Hold the variables against the report that they tell of."""
    told = read(text)
    assert told["GATE_VERDICT"] == report.verdict.value
    assert told["GATE_EXIT_CODE"] == str(report.exit_code.value)
    assert not any(name.startswith("SCANGATE_") for name in told)
    pinned = [each.image.pinned for each in report.images if each.image]
    assert told["GATE_PINNED_IMAGE"] in ["", *pinned]
    assert report.exit_code == 0 or not told["GATE_PINNED_IMAGE"] + told["GATE_PINNED_IMAGES"]
    counts = [counts_of(each) for each in report.images]
    known = [each.total for each in counts if each is not None]
    whole = bool(known) and len(known) == len(counts)
    assert told["GATE_TOTAL"] == (str(sum(known)) if whole else "")
