"""How a promise can be broken between two cases, as a core judges them."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

from scangate.errors import ExitCode
from scangate.policy.effective import Ignore
from scangate.report import Bucket, Finding, IgnoreState, RuleOutcome, Verdict
from tests.properties.judging import Case, Core, decide, judge
from tests.properties.meaning import meaning_of


class Broken(Protocol):
    def __call__(self, before: Case, after: Case, core: Core, /) -> bool: ...


def improves(before: Case, after: Case, core: Core) -> bool:
    return decide(before, core) is not ExitCode.PASS and decide(after, core) is ExitCode.PASS


def satisfies_what_it_violated(before: Case, after: Case, core: Core) -> bool:
    """Whether any rule with `>=` is no longer violated."""
    rules = [*before.section("rules"), *_overriding_rules(before)]
    exact = {
        rule["name"]
        for rule in rules
        if not str(rule["match"].get("severity", ">=")).startswith(">=")
    }
    violated = {rule.name for rule in _violated(before, core) if not rule.name.startswith("max-")}
    return bool(violated - exact - {rule.name for rule in _violated(after, core)})


def _overriding_rules(case: Case) -> Iterator[dict[str, Any]]:
    for override in case.section("overrides"):
        yield from override.get("rules", ())


def _violated(case: Case, core: Core) -> list[RuleOutcome]:
    return [rule for rule in judge(case, core).rules if rule.verdict is not Verdict.PASS]


def differs(before: Case, after: Case, core: Core) -> bool:
    return decide(before, core) is not decide(after, core)


def tells_otherwise(before: Case, after: Case, core: Core) -> bool:
    """Whether anything that is told of a case depends on an order."""
    return _told(before, core) != _told(after, core)


def _told(case: Case, core: Core) -> object:
    """Return all that is told, in an order of its own, with entries in the place of their lines."""
    policy, judgement = core.load(case), judge(case, core)
    entries = {each.written: _entry(each) for each in policy.ignores}

    def finding(each: Finding) -> str:
        by = each.suppression and entries.get(each.suppression.by, each.suppression.by)
        return f"{msgspec.structs.replace(each, suppression=None)} {_reason(each)} {by}"

    rules = [
        (f"{rule.name} {rule.verdict} {rule.count}", sorted(map(finding, rule.findings or ())))
        for rule in judgement.rules
    ]
    ignores = [f"{each.state} {each.count} {entries[each.written]}" for each in judgement.ignores]
    notices = [_without_lines(notice, entries) for notice in judgement.notices]
    findings = sorted(map(finding, judgement.findings or ()))
    return judgement.verdict, sorted(rules), findings, sorted(ignores), sorted(notices)


def _reason(finding: Finding) -> object:
    told = finding.suppression
    return told and (told.bucket, told.reason, told.expires)


def _entry(ignore: Ignore) -> str:
    entry = msgspec.structs.replace(ignore, written="", place=None)
    images = sorted(ignore.images) if ignore.images else None
    return str(msgspec.structs.replace(entry, images=images and tuple(images)))


def _without_lines(notice: str, entries: Mapping[str, str]) -> str:
    for written, entry in entries.items():
        notice = notice.replace(f"({written})", entry)
    return notice


def counts_otherwise(before: Case, after: Case, core: Core) -> bool:
    told = [
        [(rule.name, rule.count) for rule in judge(case, core).rules] for case in (before, after)
    ]
    return told[0] != told[1]


def counts_more(before: Case, after: Case, core: Core) -> bool:
    fewer, more = judge(after, core).rules, judge(before, core).rules
    return any((a.count or 0) > (b.count or 0) for a, b in zip(fewer, more, strict=True))


def counts_more_or_turns_others(before: Case, after: Case, core: Core) -> bool:
    """Whether an exception makes anything stricter, or does more than it says."""
    return counts_more(before, after, core) or turns_another_finding(before, after, core)


def turns_another_finding(before: Case, after: Case, core: Core) -> bool:
    """Whether one more entry or statement moves a finding that it is not about."""
    names = _new_names(before, after)
    pairs = zip(judge(before, core).findings or (), judge(after, core).findings or (), strict=True)
    return any(
        old.bucket is not new.bucket and old.vulnerability.id.casefold() not in names
        for old, new in pairs
    )


def _new_names(before: Case, after: Case) -> set[str]:
    """Return the advisories that one more entry or statement is about."""
    names = [each["id"] for each in after.section("ignore")]
    for each in before.section("ignore"):
        names.remove(each["id"])
    for statement in after.vex[len(before.vex) :]:
        names += statement.vulnerabilities
    return {name.casefold() for name in names}


def means_otherwise(_before: Case, case: Case, core: Core) -> bool:
    """Whether it is not judged as the documentation has it."""
    judgement, meaning = judge(case, core), meaning_of(case)
    return (
        judgement.verdict is not meaning.verdict
        or {rule.name: rule.count for rule in judgement.rules} != meaning.counts
        or tuple(each.bucket for each in judgement.findings or ()) != meaning.buckets
    )


def disagrees_with_itself(_before: Case, case: Case, core: Core) -> bool:
    """Whether buckets, rules and exceptions tell of different findings."""
    judgement = judge(case, core)
    findings = judgement.findings or ()
    by_rule = {rule.name: list(rule.findings or ()) for rule in judgement.rules}
    used = [each for each in judgement.ignores if each.state is IgnoreState.USED]
    return (
        [each.vulnerability for each in findings] != list(case.rows)
        or any(each.rules and each.suppression for each in findings)
        or any(set(each.rules) - by_rule.keys() for each in findings)
        or any(
            rule.count != len(by_rule[rule.name])
            or by_rule[rule.name] != [each for each in findings if rule.name in each.rules]
            for rule in judgement.rules
        )
        or any((each.state is IgnoreState.USED) != bool(each.count) for each in judgement.ignores)
        or sum(each.bucket is Bucket.IGNORED for each in findings)
        > sum(each.count for each in used)
    )


def changes_on_another_look(_before: Case, case: Case, core: Core) -> bool:
    return judge(case, core) != judge(case, core)
