"""SARIF rules: one for each advisory that has a result, and for each policy rule that is one.

GitHub shows a rule's help beside every alert of it, and its `security-severity` as the alert's
severity: "SARIF support for code scanning", reportingDescriptor object.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from scangate.model import Severity, Value
from scangate.report import Finding, RuleOutcome
from scangate.reports.sarif.results import fix_of, package_of
from scangate.reports.sarif.selection import Result, Texts, name_of
from scangate.reports.sarif.text import code, plain, web_link
from scangate.reports.text import shorten

SECURITY_SEVERITY: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.NEGLIGIBLE: "0.5",
}
"""A number within each range of GitHub's. An unrated advisory has none: its level is shown."""

_WORST_FIRST = {severity: place for place, severity in enumerate(Severity)}
_MOST_PACKAGES = 20
_LONGEST = 1000  # GitHub takes 1,024 characters of a description
_ADVICE = (
    "Upgrade in the image, build it and have it scanned again. A risk that is accepted for a "
    "while is an entry of the policy, with a reason and an end."
)

_Mark = Callable[[str], str]
"""How foreign text is written, so that it stays text."""


def rules_of(results: Iterable[Result]) -> dict[str, msgspec.Raw]:
    """Write the rules that the results name, each as JSON by its ID, in the results' order."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.rule_id, []).append(result)
    return {
        rule_id: msgspec.Raw(msgspec.json.encode(_rule(rule_id, group)))
        for rule_id, group in groups.items()
    }


def _rule(rule_id: str, group: Sequence[Result]) -> dict[str, object]:
    found = [(it.finding, it.texts) for it in group if it.finding and it.texts]
    if found:
        return _advisory_rule(_advisory(rule_id, found))
    return _policy_rule(rule_id, group[0].rules[0])


_Package = tuple[str, str, str]
"""A package with its version, what is known of a fix in words, and the version that has it."""


class _Advisory(Value, frozen=True):
    """What the findings of one advisory say of it, harmless.

    `link` leads to the web; `source` is what is told instead where the service's link does not.
    """

    id: str
    severity: Severity
    packages: tuple[_Package, ...]
    link: str
    source: str
    exploited: bool
    epss: float | None


def _advisory(rule_id: str, found: Sequence[tuple[Finding, Texts]]) -> _Advisory:
    findings = [finding for finding, _ in found]
    rows = [finding.vulnerability for finding in findings]
    packages = ((package_of(texts), *fix_of(finding, texts)) for finding, texts in found)
    link = next((row.link for row in rows if row.link), "")
    web = web_link(link)
    scores = [finding.epss for finding in findings if finding.epss is not None]
    return _Advisory(
        id=rule_id,
        severity=min((row.severity for row in rows), key=_WORST_FIRST.__getitem__),
        packages=tuple(dict.fromkeys(packages)),
        link=web,
        source="" if web else plain(link),
        exploited=any(finding.known_exploited for finding in findings),
        epss=max(scores, default=None),
    )


def _advisory_rule(advisory: _Advisory) -> dict[str, object]:
    first, *fix = advisory.packages[0]
    more = len(advisory.packages) - 1
    packages = f"{first} and {more} more" if more else first
    short = f"{advisory.id}: {advisory.severity.value} vulnerability in {packages}"
    rule: dict[str, object] = {
        "id": advisory.id,
        "name": "VulnerablePackage",
        "shortDescription": {"text": shorten(short, _LONGEST)},
        "fullDescription": {"text": shorten(f"{short}, {' '.join(fix).strip()}.", _LONGEST)},
        "help": {
            "text": "\n".join(_help(advisory, str)),
            "markdown": "\n".join(_help(advisory, code)),
        },
        "properties": _ranking(advisory),
    }
    if advisory.link:
        rule["helpUri"] = advisory.link
    return rule


def _ranking(advisory: _Advisory) -> dict[str, object]:
    tags = ["security", "vulnerability", advisory.severity.value]
    if advisory.exploited:
        tags.append("known-exploited")
    ranking: dict[str, object] = {"tags": tags, "precision": "high"}
    if advisory.severity in SECURITY_SEVERITY:
        ranking["security-severity"] = SECURITY_SEVERITY[advisory.severity]
    return ranking


def _help(advisory: _Advisory, mark: _Mark) -> Iterator[str]:
    yield f"{mark(advisory.id)} is rated {advisory.severity.value} by the registry's scanner."
    if advisory.exploited:
        yield "It is known to be exploited (KEV)."
    if advisory.epss is not None:
        yield f"Its probability of exploitation in 30 days is {advisory.epss:.1%} (EPSS)."
    yield ""
    for name, words, version in advisory.packages[:_MOST_PACKAGES]:
        yield f"- {mark(name)}: {words} {mark(version) if version else ''}".rstrip()
    left_out = len(advisory.packages) - _MOST_PACKAGES
    if left_out > 0:
        yield f"- and {left_out} more"
    yield ""
    if advisory.link:
        yield from (advisory.link if mark is str else f"<{advisory.link}>", "")
    elif advisory.source:
        yield from (mark(advisory.source), "")
    yield _ADVICE


def _policy_rule(rule_id: str, rule: RuleOutcome) -> dict[str, object]:
    """Nothing is known but that there are too many, so no severity is told."""
    title = plain(rule.title, most=_LONGEST // 2) or "the limit of the policy is kept"
    told = f"{name_of(rule)}: {title}"
    message = plain(rule.message, most=_LONGEST)
    advice = f"The policy allows {rule.max}. The findings were counted, not listed."
    return {
        "id": rule_id,
        "name": "PolicyRule",
        "shortDescription": {"text": told},
        "fullDescription": {"text": told},
        "help": {
            "text": "\n\n".join(filter(None, (told, advice, message))),
            "markdown": "\n\n".join([code(told), advice, *map(code, filter(None, (message,)))]),
        },
        "properties": {"tags": ["security", "policy"], "precision": "high"},
    }
