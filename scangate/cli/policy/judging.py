"""The cases of one file on their way through the gate."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType

from scangate.cli.shelves import BuiltIns
from scangate.documents.nodes import MAX_BYTES
from scangate.errors import ScangateError, UsageError
from scangate.feeds import MAX_BYTES as MAX_FEED_BYTES
from scangate.feeds import FeedError, read_epss, read_kev
from scangate.instant import Instant
from scangate.model import Evidence, Value
from scangate.pipeline import judge_evidence, without_verdict
from scangate.policy.cases import (
    baseline_of,
    differences,
    evidence_of,
    moment_of,
    read_cases,
    target_of,
)
from scangate.policy.effective import Feeds, Policy
from scangate.policy.load import load
from scangate.policy.schema.cases import Case
from scangate.policy.shelf import Shelf, Unreadable
from scangate.report import ImageOutcome
from scangate.saved import MAX_BYTES as MAX_SAVED_BYTES
from scangate.saved import read as read_saved
from scangate.vex import MAX_BYTES as MAX_VEX_BYTES
from scangate.vex import read as read_vex

T = TypeVar("T")


class Ended(Value, frozen=True):
    """A case, its outcome, and how that differs from what was expected."""

    case: Case
    outcome: ImageOutcome
    differences: tuple[str, ...]


class Run:
    """One file of cases, which all have the same policy but not the same feeds."""

    def __init__(self, shelf: Shelf, path: str, *, now: Instant) -> None:
        self._shelf = shelf
        self._path = path
        self._now = now
        self._policies: dict[tuple[object, object], Policy] = {}

    def cases(self) -> Iterator[Ended]:
        """Judge each case.

        Raises DocumentError, PolicyError, UsageError or Unreadable when the file, the policy or
        anything that they name cannot be used.
        """
        data = self._shelf.read(self._path, limit=MAX_BYTES)
        file = read_cases(data, file=self._shelf.show(self._path))
        for case in file.cases:
            now = moment_of(case, otherwise=self._now)
            policy = self._policy(file.policy, case)
            outcome = _judge(case, policy, saved=self._saved(case), now=now)
            yield Ended(case=case, outcome=outcome, differences=differences(case.expect, outcome))

    def _policy(self, named: str, case: Case) -> Policy:
        key = (case.kev, case.epss)
        if key not in self._policies:
            self._policies[key] = self._load(named, self._feeds(case))
        policy = self._policies[key]
        statements = [
            each for path in case.vex for each in self._read(path, MAX_VEX_BYTES, read_vex)
        ]
        return policy.replace(vex=(*policy.vex, *statements))

    def _load(self, named: str, given: Feeds) -> Policy:
        """A policy is named as another one would name it with `extends`."""
        built_ins = BuiltIns.of_this_version()
        is_file = "/" in named or named.endswith((".yaml", ".yml"))
        shelf: Shelf = self._shelf if is_file else built_ins
        path = shelf.beside(self._path, named)
        return load(path, shelf=shelf, builtins=built_ins, given=given)

    def _feeds(self, case: Case) -> Feeds:
        return Feeds(
            kev=self._feed(case.kev, read_kev),
            epss=self._feed(case.epss, read_epss),
        )

    def _feed(self, named: str | UnsetType, parse: Callable[..., T]) -> T | None:
        return None if named is UNSET else self._read(named, MAX_FEED_BYTES, parse)

    def _saved(self, case: Case) -> Sequence[tuple[str, bytes]]:
        if case.file is UNSET:
            return ()
        return [self._read(case.file, MAX_SAVED_BYTES, lambda data, file: (file, data))]

    def _read(self, named: str, limit: int, parse: Callable[..., T]) -> T:
        """Read what lies beside the cases. Raises UsageError."""
        try:
            path = self._shelf.beside(self._path, named)
            return parse(self._shelf.read(path, limit=limit), file=self._shelf.show(path))
        except (Unreadable, FeedError) as error:
            raise UsageError(str(error)) from error


def _judge(
    case: Case, policy: Policy, *, saved: Sequence[tuple[str, bytes]], now: Instant
) -> ImageOutcome:
    """Judge as `check` would, with an outcome whatever happens."""
    target = target_of(case)
    baseline = baseline_of(case)
    try:
        if policy.asks_for_new and baseline is None:
            raise UsageError("a rule asks which findings are new, and the case has no baseline")
        evidence = _saved_evidence(case, policy, saved) if saved else (evidence_of(case, now),)
        return judge_evidence(target.text, evidence, policy=policy, now=now, baseline=baseline)
    except ScangateError as error:
        return without_verdict(target.text, error, policy=policy)


def _saved_evidence(
    case: Case, policy: Policy, saved: Sequence[tuple[str, bytes]]
) -> Sequence[Evidence]:
    """A saved scan says of which image it is, or the case does."""
    target = None if case.image is UNSET else target_of(case)
    return read_saved(saved, target, settings=lambda name: policy.terms_for(name).scan).evidence
