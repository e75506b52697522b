"""From the text of a policy to the policy that is applied.

Where the text comes from (a file, a built-in, the command line) is the shell's business.
"""

import hashlib

from msgspec import UNSET

from scangate.documents import Document, DocumentError, Problem, read
from scangate.errors import PolicyError
from scangate.history import ScanSettings
from scangate.instant import parse_duration
from scangate.model import Severity
from scangate.policy.effective import Policy, Rule
from scangate.policy.schema import PolicyFile, Scan
from scangate.policy.thresholds import rules_of
from scangate.report import PolicyIdentity


def load(data: bytes, *, source: str, name: str, is_file: bool = True) -> Policy:
    """Read a policy. `name` serves where it gives none.

    `is_file` is whether `source` is a file of the user's, to which reports may point.

    Raises PolicyError with every mistake, each as `file:line:column: path: what is wrong`.
    """
    try:
        document = read(data, kind=PolicyFile, file=source)
        rules = rules_of(document.value.thresholds, document.places if is_file else {})
        policy = _effective(document.value, rules, data, source=source, name=name)
        _refuse_toothless(document, policy)
    except DocumentError as error:
        raise PolicyError([str(problem) for problem in error.problems]) from error
    return policy


def fail_on(severity: Severity) -> Policy:
    """Return the policy of `--fail-on`: no finding of that severity or above."""
    text = f"version: 1\nname: fail-on {severity.value}\nthresholds: {{{severity.value}: 0}}\n"
    return load(text.encode(), source=f"--fail-on {severity.value}", name="", is_file=False)


def _effective(
    file: PolicyFile, rules: tuple[Rule, ...], data: bytes, *, source: str, name: str
) -> Policy:
    return Policy(
        identity=PolicyIdentity(
            name=name if file.name is UNSET else file.name,
            source=source,
            sha256=hashlib.sha256(data).hexdigest(),
        ),
        rules=rules,
        description=file.description,
        enforce=file.mode == "enforce",
        scan=_scan_settings(file.scan),
    )


def _scan_settings(scan: Scan) -> ScanSettings:
    return ScanSettings(
        max_age=None if scan.max_age == "any" else parse_duration(scan.max_age),
        use_last_ready_on_failed=scan.on_failed == "use-last-ready",
        use_last_ready_on_running=scan.on_running == "use-last-ready",
    )


def _refuse_toothless(document: Document[PolicyFile], policy: Policy) -> None:
    if policy.enforce and not policy.rules:
        what = "the policy cannot fail: it has no limit (to try things out, say `mode: warn`)"
        raise DocumentError([Problem(document.places[()], (), what)])
