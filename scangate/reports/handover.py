"""What a later step or job needs of a run, as names and single lines: no format of its own.

`dotenv` writes it for GitLab, and under GitHub Actions it becomes the outputs of the step.
"""

import json
from collections.abc import Mapping, Sequence

from scangate.errors import ExitCode
from scangate.model import Severity
from scangate.report import ImageOutcome, Report
from scangate.reports.text import clean_line
from scangate.reports.wording import counts_of

_LONGEST = 400
# GitLab takes 5 KB in all
_MOST_IMAGES = 8


def facts(report: Report) -> Mapping[str, str]:
    """Return the facts by name, in kebab case; none of the values has a line break.

    `image-digest` and `pinned-image` are the first image's. The pinned references are empty unless
    the run passed: who deploys what they name can deploy nothing that was refused. Counts are sums
    over all images, and empty where one of them is not known.
    """
    passed = report.exit_code is ExitCode.PASS
    pinned = list(dict.fromkeys(filter(None, map(_pinned, report.images)))) if passed else []
    first = report.images[0].image if report.images else None
    return {
        "verdict": report.verdict.value,
        "exit-code": str(int(report.exit_code)),
        "image-digest": _line((first and (first.index_digest or first.digest)) or ""),
        "pinned-image": pinned[0] if pinned else "",
        "pinned-images": _several(pinned),
        **_counts(report.images),
    }


def _pinned(outcome: ImageOutcome) -> str:
    return _line(outcome.image.pinned if outcome.image else "")


def _several(pinned: Sequence[str]) -> str:
    """Write a list without blanks, which GitLab does not promise to keep in a variable."""
    few = 1 < len(pinned) <= _MOST_IMAGES
    return json.dumps(pinned, separators=(",", ":")) if few else ""


def _line(text: str) -> str:
    """A reference that had to be cut would name something else."""
    line = clean_line(text)
    return line if line == text and len(line) <= _LONGEST else ""


def _counts(images: Sequence[ImageOutcome]) -> Mapping[str, str]:
    names = [*(severity.value for severity in Severity), "total"]
    counts = [counts_of(outcome) for outcome in images]
    known = [each for each in counts if each is not None]
    if not known or len(known) < len(counts):
        return dict.fromkeys(names, "")
    return {name: str(sum(getattr(each, name) for each in known)) for name in names}
