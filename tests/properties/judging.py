"""What is judged by a policy of the whole language, and judging, of which parts can be faulty."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from scangate.errors import ExitCode, PolicyError, ScangateError
from scangate.feeds import Epss, Kev
from scangate.instant import Instant
from scangate.model import Evidence, Value, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Feeds, Policy
from scangate.policy.evaluate import Judgement, count_rows, evaluate
from scangate.policy.load import load
from scangate.policy.shelf import LooseText
from scangate.report import Verdict
from scangate.vex import Statement
from tests.fakes import IMAGE, NOW, result


class Case(Value, frozen=True):
    """All that a judgement follows from.

    `unlisted` are rows that the scan counts but does not list; `listed` False: it lists none.
    `baseline` are the rows of the earlier state, None without one.
    """

    policy: Mapping[str, Any]
    rows: tuple[Vulnerability, ...] = ()
    unlisted: tuple[Vulnerability, ...] = ()
    listed: bool = True
    vex: tuple[Statement, ...] = ()
    kev: frozenset[str] | None = None
    epss: Mapping[str, float] | None = None
    baseline: tuple[Vulnerability, ...] | None = None

    def replace(self, **fields: Any) -> "Case":
        return msgspec.structs.replace(self, **fields)

    def changed(self, place: int, **facts: Any) -> "Case":
        """Return the case in which one row tells something else."""
        row = msgspec.structs.replace(self.rows[place], **facts)
        return self.replace(rows=(*self.rows[:place], row, *self.rows[place + 1 :]))

    def without(self, place: int) -> "Case":
        """Return the case in which one row was never found."""
        return self.replace(rows=(*self.rows[:place], *self.rows[place + 1 :]))

    def with_policy(self, **sections: Any) -> "Case":
        return self.replace(policy={**self.policy, **sections})

    def section(self, name: str) -> list[Any]:
        return list(self.policy.get(name, ()))


GIVEN = Feeds(
    kev=Kev(file="kev.json", date=NOW, cves=frozenset({"CVE-2025-1000"})),
    epss=Epss(file="epss.csv", date=NOW, scores={}),
)


@functools.lru_cache(maxsize=1000)
def _load(text: str) -> Policy | PolicyError:
    shelf = LooseText(source="policy.yaml", data=text.encode())
    try:
        return load("policy.yaml", shelf=shelf, builtins=shelf, given=GIVEN, name="generated")
    except PolicyError as error:
        return error


def load_policy(case: Case) -> Policy:
    """Read the policy, an entry on each line, and put what is known of CVEs in.

    A feed that is not there leaves its rules without answers, as if it knew nothing.
    """
    loaded = _load(json.dumps(case.policy, indent=0))
    if isinstance(loaded, PolicyError):
        raise loaded
    kev = None if case.kev is None else Kev(file="kev.json", date=NOW, cves=case.kev)
    epss = None if case.epss is None else Epss(file="epss.csv", date=NOW, scores=case.epss)
    return loaded.replace(vex=case.vex, feeds=Feeds(kev=kev, epss=epss))


def evidence_of(case: Case) -> Evidence:
    counts = count_rows((*case.rows, *case.unlisted))
    rows = case.rows if case.listed else None
    return Evidence(image=IMAGE, scan=result(counts=counts), vulnerabilities=rows)


def baseline_of(case: Case) -> Baseline | None:
    return None if case.baseline is None else Baseline.of(case.baseline)


class Evaluating(Protocol):
    def __call__(
        self, policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
    ) -> Judgement: ...


class Core(Value, frozen=True):
    """Judging, in parts that a negative control can replace by faulty ones."""

    load: Callable[[Case], Policy] = load_policy
    evaluate: Evaluating = evaluate


SOUND = Core()


def judge(case: Case, core: Core = SOUND) -> Judgement:
    """Judge a case. Raises ScangateError when there is no verdict."""
    policy = core.load(case)
    return core.evaluate(policy, evidence_of(case), NOW, baseline=baseline_of(case))


def decide(case: Case, core: Core = SOUND) -> ExitCode:
    """Return the exit code of a case."""
    try:
        judgement = judge(case, core)
    except ScangateError as error:
        return error.code
    return ExitCode.VIOLATION if judgement.verdict is Verdict.FAIL else ExitCode.PASS
