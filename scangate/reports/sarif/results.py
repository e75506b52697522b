"""SARIF results: the messages, fingerprints and suppressions that GitHub makes alerts of.

GitHub knows an alert again by `primaryLocationLineHash`, its rule and its file. It reads a
suppression only when it first sees an alert, so an accepted risk may stay open there.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

import msgspec

from scangate.report import Bucket, Finding, RuleOutcome, Suppression
from scangate.reports.sarif.locations import location_of, related_to
from scangate.reports.sarif.selection import Result, Texts, name_of
from scangate.reports.sarif.text import plain
from scangate.reports.text import shorten

_MOST_RULES = 5
_LONGEST = 1000
_MOST_SOURCE = 300


def write_results(results: Sequence[Result], rule_ids: Sequence[str]) -> list[msgspec.Raw]:
    """Write results, each as JSON; `rule_ids` are the run's rules in their order.

    What is the same finding, as of one package in two versions, is told apart by a number.
    """
    index = {rule_id: place for place, rule_id in enumerate(rule_ids)}
    seen: Counter[tuple[str, ...]] = Counter()
    written = []
    for result in results:
        key = result.key
        seen[key] += 1
        told = _write(result, index[result.rule_id], f"{_digest(key)}:{seen[key]}")
        # Thousands of dictionaries at a time would keep the garbage collector busy
        written.append(msgspec.Raw(msgspec.json.encode(told)))
    return written


def fix_of(finding: Finding, texts: Texts) -> tuple[str, str]:
    """Say what is known of a fix: in words, and the version if there is one."""
    if finding.vulnerability.fixable is None:
        return "whether it has a fix is not told", ""
    version = texts.fixed_version
    return ("fixed in", version) if version else ("no fix yet", "")


def package_of(texts: Texts) -> str:
    """Name the package and its version."""
    return f"{texts.package} {texts.version}".strip() or "a package that is not named"


def _write(result: Result, rule_index: int, fingerprint: str) -> dict[str, object]:
    written: dict[str, object] = {
        "ruleId": result.rule_id,
        "ruleIndex": rule_index,
        "level": result.level,
        "message": {"text": _message(result)},
        "locations": [location_of(result)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
        "properties": _properties(result),
    }
    related = related_to(result)
    if related:
        written["relatedLocations"] = related
    suppression = result.finding and result.finding.suppression
    if suppression and not result.rules:
        written["suppressions"] = [_suppression(suppression)]
    return written


def _digest(key: Sequence[str]) -> str:
    """Each part is told with its length, so that no two keys are written alike."""
    text = "".join(f"{len(part)}:{part}" for part in key)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _message(result: Result) -> str:
    """GitHub shows the first sentence where there is little room."""
    if result.finding is None or result.texts is None:
        told = _unlisted(result.rules[0], result.subject.name)
    else:
        told = f"{_found(result.finding, result.texts, result)}. {_standing(result)}"
    return shorten(told, 2 * _LONGEST)


def _unlisted(rule: RuleOutcome, name: str) -> str:
    found = "too many" if rule.count is None else rule.count
    told = f"{name} violates the rule {name_of(rule)}: {found} found, {rule.max} allowed."
    return f"{told} {plain(rule.message, most=_LONGEST)}".strip()


def _found(finding: Finding, texts: Texts, result: Result) -> str:
    word = f" ({texts.severity_word})" if texts.severity_word else ""
    severity = f"{finding.vulnerability.severity.value}{word}"
    exploited = ", known to be exploited" if finding.known_exploited else ""
    fix = " ".join(fix_of(finding, texts)).strip()
    where = f"{package_of(texts)} in {result.subject.name}"
    return f"{where}: {result.rule_id}, {severity}{exploited}, {fix}"


def _standing(result: Result) -> str:
    if not result.rules:
        return "It is accepted, and not counted."
    names = [name_of(rule) for rule in result.rules]
    more = f" and {len(names) - _MOST_RULES} more" if len(names) > _MOST_RULES else ""
    noun = "rule" if len(names) == 1 else "rules"
    told = f"It counts against the {noun} {', '.join(names[:_MOST_RULES])}{more}."
    return f"{told} {plain(result.rules[0].message, most=_LONGEST // 2)}".strip()


def _suppression(suppression: Suppression) -> dict[str, str]:
    vex = "VEX " if suppression.bucket is Bucket.VEX else ""
    until = "" if suppression.expires is None else f", until {suppression.expires.isoformat()}"
    reason = plain(suppression.reason, most=_LONGEST) or "no reason is given"
    source = plain(suppression.by, most=_MOST_SOURCE) or "the policy"
    return {
        "kind": "external",
        "status": "accepted",
        "justification": f"{reason} ({vex}{source}{until})",
    }


def _properties(result: Result) -> dict[str, object]:
    """The facts of the result for scripts; what is not known is left out."""
    facts: dict[str, object] = {"rules": [plain(rule.name) for rule in result.rules]}
    if result.finding is None or result.texts is None:
        return facts
    finding, texts = result.finding, result.texts
    facts |= {
        "severity": finding.vulnerability.severity.value,
        "package": texts.package,
        "version": texts.version,
        "fixedVersion": texts.fixed_version,
        "type": texts.type,
        "new": finding.new,
        "knownExploited": finding.known_exploited,
        "epss": finding.epss,
    }
    return {name: fact for name, fact in facts.items() if fact is not None and fact != ""}
