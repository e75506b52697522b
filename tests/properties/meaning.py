"""What a policy means, said once more and differently: from its text, without the code of the gate.

Slow and plain: everything is asked of every row. `languages` says what can be generated.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from scangate.model import RANKED, Severity, Value, Vulnerability
from scangate.report import Bucket, Verdict
from scangate.vex import Statement
from tests.fakes import IMAGE
from tests.properties.judging import Case
from tests.properties.languages import PRODUCTS, TODAY, VEX_PACKAGES
from tests.properties.worlds import limits_of


class Meaning(Value, frozen=True):
    """The verdict, how many findings each rule counts, and the bucket of each row."""

    verdict: Verdict
    counts: Mapping[str, int]
    buckets: tuple[Bucket, ...]


class Meant(Value, frozen=True):
    """A rule; a limit is one that matches by severities and by whether there is a fix."""

    name: str
    match: Mapping[str, Any]
    max: int
    warns: bool = False


def meaning_of(case: Case) -> Meaning:
    policy = effective(case.policy)
    rules = [*_limits(policy["thresholds"]), *_rules(policy["rules"])]
    suppressed = [_suppression(row, case) for row in case.rows]
    left = [row for row, bucket in zip(case.rows, suppressed, strict=True) if bucket is None]
    counts = {rule.name: sum(selects(rule.match, row, case) for row in left) for rule in rules}
    violated = [rule for rule in rules if counts[rule.name] > rule.max]
    verdict = Verdict.WARN if violated else Verdict.PASS
    if policy["mode"] == "enforce" and not all(rule.warns for rule in violated):
        verdict = Verdict.FAIL
    buckets = tuple(
        bucket
        or (
            Bucket.COUNTED
            if any(selects(rule.match, row, case) for rule in rules)
            else Bucket.UNSELECTED
        )
        for row, bucket in zip(case.rows, suppressed, strict=True)
    )
    return Meaning(verdict=verdict, counts=counts, buckets=buckets)


def effective(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections as they are for the image."""
    whole = {"thresholds": {}, "rules": [], "mode": "enforce", **policy}
    for override in whole.pop("overrides", ()):
        if any_glob(override["images"], IMAGE.repository):
            whole = combined(whole, override)
    return whole


def combined(under: Any, over: Any) -> Any:
    """Mappings merge by key, rules by their name, other lists append, all else is replaced.

    A limit on one part of what a number limits leaves the number to the other part.
    """
    if type(under) is int and isinstance(over, dict):
        return {"fixable": under, "unfixable": under, **over}
    if isinstance(under, dict) and isinstance(over, dict):
        both = {key: combined(under[key], over[key]) for key in under.keys() & over.keys()}
        return {**under, **over, **both}
    if not (isinstance(under, list) and isinstance(over, list)):
        return over
    if not any(isinstance(each, dict) for each in (*under, *over)):
        return [*under, *over]
    names = dict.fromkeys(rule["name"] for rule in (*under, *over))
    found = [[rule for rule in (*under, *over) if rule["name"] == name] for name in names]
    return [combined(same[0], same[-1]) for same in found]


def selects(match: Mapping[str, Any], row: Vulnerability, case: Case) -> bool:
    """Whether a rule is about a row. What is not known is held against the row."""
    return all(_holds(key, wanted, row, case) for key, wanted in match.items())


def _holds(key: str, wanted: Any, row: Vulnerability, case: Case) -> bool:
    if key == "severity":
        return row.severity in severities_of(wanted)
    if key == "fixable":
        return not row.described or bool(row.fixed_version) == wanted
    if key == "new":
        return not _is_recognisable(row) or case.baseline is None or _is_new(row, case) == wanted
    if key == "kev":
        return not row.id or case.kev is None or (row.id.upper() in case.kev) == wanted
    if key == "epss":
        score = (case.epss or {}).get(row.id.upper(), 1.0)
        return bool(score >= float(wanted.removeprefix(">=")))
    text = getattr(row, key)
    return not text or any_glob(wanted, text)


def any_glob(globs: str | list[str], text: str) -> bool:
    return any(fnmatchcase(text, glob) for glob in ([globs] if isinstance(globs, str) else globs))


def severities_of(wanted: Any) -> set[Severity]:
    if isinstance(wanted, (list, set)):
        return {Severity(word) for word in wanted}
    if not wanted.startswith(">="):
        return {Severity(wanted)}
    least = RANKED.index(Severity(wanted.removeprefix(">=")))
    compared_as = {severity: RANKED.index(severity) for severity in RANKED}
    compared_as[Severity.UNDEFINED] = compared_as[Severity.HIGH]
    return {severity for severity, rank in compared_as.items() if rank <= least}


def _is_recognisable(row: Vulnerability) -> bool:
    return bool(row.id and row.package)


def _is_new(row: Vulnerability, case: Case) -> bool:
    return all((row.id, row.package) != (old.id, old.package) for old in case.baseline or ())


def _limits(thresholds: Mapping[str, Any]) -> Iterator[Meant]:
    for severity, limit in limits_of(thresholds).items():
        whom = {severity}
        if severity is Severity.HIGH and "undefined" not in thresholds:
            whom.add(Severity.UNDEFINED)
        by_severity = {"severity": {each.value for each in whom}}
        if isinstance(limit, int):
            yield Meant(name=f"max-{severity.value}", match=by_severity, max=limit)
        else:
            for word, number in limit.items():
                match = {**by_severity, "fixable": word == "fixable"}
                yield Meant(name=f"max-{severity.value}-{word}", match=match, max=number)
    if thresholds.get("total", "none") != "none":
        yield Meant(name="max-total", match={}, max=thresholds["total"])


def _rules(rules: list[dict[str, Any]]) -> Iterator[Meant]:
    for rule in rules:
        yield Meant(
            name=rule["name"],
            match=rule["match"],
            max=rule["max"],
            warns=rule["action"] == "warn",
        )


def _suppression(row: Vulnerability, case: Case) -> Bucket | None:
    if any(ignores(entry, row) for entry in case.section("ignore")):
        return Bucket.IGNORED
    return Bucket.VEX if any(acquits(each, row, case) for each in case.vex) else None


def ignores(entry: Mapping[str, Any], row: Vulnerability) -> bool:
    """Whether an entry takes a row out of the count."""
    return (
        row.id == entry["id"]
        and fnmatchcase(row.package, entry.get("package", "*"))
        and not (entry.get("while_unfixed") and row.fixed_version)
        and entry["expires"] >= TODAY  # "never" is after every date, as a text
        and any_glob(entry.get("images", "*"), IMAGE.repository)
    )


def acquits(statement: Statement, row: Vulnerability, case: Case) -> bool:
    """Whether a statement says with reasons that a row does no harm, and none speaks against it."""
    names = {name.casefold() for name in (row.id, *statement.vulnerabilities)}
    rivals = (
        each
        for each in case.vex
        if each.status.value in ("affected", "under_investigation")
        and names & {name.casefold() for name in each.vulnerabilities}
        and _is_on(each, row)
        and (each.time is None or statement.time is None or each.time >= statement.time)
    )
    return (
        statement.status.value in ("not_affected", "fixed")
        and bool(statement.justification)
        and _is_recognisable(row)
        and row.id.casefold() in {name.casefold() for name in statement.vulnerabilities}
        and _is_on(statement, row)
        and not any(rivals)
    )


def _is_on(statement: Statement, row: Vulnerability) -> bool:
    return PRODUCTS[statement.products[0]] and row.package in VEX_PACKAGES[statement.packages]
