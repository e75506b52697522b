"""The policy as it is applied: what every policy file, and all that it extends, comes down to."""

import datetime as dt
from collections.abc import Iterator, Sequence

import msgspec

from scangate.documents import DocumentError, Problem
from scangate.documents.nodes import Path
from scangate.errors import EvidenceIncomplete, PolicyError
from scangate.feeds import Epss, Kev
from scangate.model import Place, Value
from scangate.policy.lock import loosened
from scangate.policy.rule import Terms
from scangate.policy.select import Globs, any_of
from scangate.policy.terms import refuse_toothless, terms_of
from scangate.policy.written import Written, merge
from scangate.report import PolicyIdentity
from scangate.vex import Statement

_MOST_EFFORT = 500_000
"""Rules above, times rules, times overrides, that are compared at most."""


class Ignore(Value, frozen=True):
    """A risk that is accepted.

    `expires` is the last day (UTC) on which it applies, None for never. Empty texts and None are
    what it does not say; `written` is its place as a person reads it.
    """

    id: str
    reason: str
    expires: dt.date | None
    written: str
    package: str = ""
    while_unfixed: bool = False
    owner: str = ""
    ticket: str = ""
    images: Globs | None = None
    place: Place | None = None


class Override(Value, frozen=True):
    """What differs for the images of some repositories. `path` is its own in its file."""

    images: Globs
    sections: Written
    path: Path = ()


class Feeds(Value, frozen=True):
    """What is known about advisories beside the scan. `max_age` None accepts any age."""

    kev: Kev | None = None
    epss: Epss | None = None
    max_age: dt.timedelta | None = dt.timedelta(days=30)

    @property
    def named(self) -> frozenset[str]:
        """The names of those that are there."""
        given = {"kev": self.kev, "epss": self.epss}
        return frozenset(name for name, feed in given.items() if feed is not None)


class Text(Value, frozen=True):
    """One of the texts that a policy is made of, and its digest."""

    name: str
    sha256: str


class Policy(Value, frozen=True):
    """Everything that judging needs.

    `terms` hold where no override matches; the feeds that their rules may ask are `available`.
    `parent` is what it extends. Whatever a policy above it has `locked` must not be loosened;
    its own locks, and theirs, are for those that extend it. `texts` are all that were read, in
    reading order. `warn_only` is the user's word that violations are to be told and let pass.
    """

    identity: PolicyIdentity
    terms: Terms
    sections: Written
    description: str = ""
    overrides: tuple[Override, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    vex: tuple[Statement, ...] = ()
    feeds: Feeds = Feeds()
    available: frozenset[str] = frozenset()
    parent: "Policy | None" = None
    locked: frozenset[str] = frozenset()
    texts: tuple[Text, ...] = ()
    warn_only: bool = False

    @property
    def suppresses(self) -> bool:
        """Whether it can take findings out of the count, for which they must be listed."""
        return bool(self.ignores or self.vex)

    @property
    def asks_for_new(self) -> bool:
        """Whether any rule of it asks which findings are new."""
        return any(rule.select.new is not None for terms in self._alone() for rule in terms.rules)

    @property
    def held_feeds(self) -> frozenset[str]:
        """The feeds that it names, or without which its rules, or a parent's, refuse to judge."""
        inherited = self.parent.held_feeds if self.parent else self.feeds.named
        return inherited.union(self.feeds.named, *(terms.demands for terms in self._alone()))

    def terms_for(self, repository: str) -> Terms:
        """Return what holds for the images of a repository, named as the service does.

        Raises PolicyError when overrides together loosen what a parent locked, or leave nothing
        to enforce; EvidenceIncomplete when it takes the repository to tell, and it is not known.
        """
        if self.overrides and not repository:
            raise EvidenceIncomplete(
                "the policy has overrides, and it is not known of which repository the image is",
                hint="give the IMAGE as well",
            )
        matching = [each for each in self.overrides if any_of(each.images)(repository)]
        terms = self._checked(matching) if matching else self.terms
        return msgspec.structs.replace(terms, enforce=False) if self.warn_only else terms

    def check(self) -> None:
        """Raise DocumentError where it, or an override alone, loosens what a parent locked."""
        self._refuse_too_much()
        problems = [*self._loosened([])]
        for override in self.overrides:
            problems += self._loosened([override])
        if problems:
            raise DocumentError(list(dict.fromkeys(problems)))

    def refuse_toothless(self) -> None:
        """Raise DocumentError where it, or an override alone, leaves nothing to enforce."""
        refuse_toothless(self.terms, self.sections.place)
        for override in self.overrides:
            refuse_toothless(self._merged([override]), override.sections.place, override.path)

    def replace(self, **fields: object) -> "Policy":
        """Return a policy with other fields."""
        return msgspec.structs.replace(self, **fields)

    def _refuse_too_much(self) -> None:
        """Refuse what would take minutes to hold against a lock."""
        above = [len(policy.terms.rules) for policy in self._above()]
        effort = sum(above) * len(self.terms.rules) * (1 + len(self.overrides))
        if effort > _MOST_EFFORT:
            what = "too many rules and overrides to hold against the locks above"
            raise DocumentError([Problem(self.sections.place, (), what)])

    def _checked(self, overrides: Sequence[Override]) -> Terms:
        """Overrides that are sound alone need not be so together."""
        try:
            terms = self._merged(overrides)
            refuse_toothless(terms, overrides[-1].sections.place, overrides[-1].path)
            problems = list(self._loosened(overrides))
        except DocumentError as error:
            raise _refused(error.problems) from error
        if problems:
            raise _refused(problems)
        return terms

    def _alone(self) -> Iterator[Terms]:
        """Return the terms without and with each override."""
        yield self.terms
        for override in self.overrides:
            yield self._merged([override])

    def _merged(self, overrides: Sequence[Override]) -> Terms:
        return terms_of(self._sections(overrides), feeds=self.available)

    def _sections(self, overrides: Sequence[Override]) -> Written:
        sections = self.sections
        for each in overrides:
            sections = merge(sections, each.sections)
        return sections

    def _loosened(self, overrides: Sequence[Override]) -> Iterator[Problem]:
        """Hold it against every policy above it: two overrides of its parent may clash, too."""
        told = set()
        terms = self._merged(overrides)
        for above in self._above():
            inherited = [each for each in overrides if each in above.overrides]
            held = above._merged(inherited)  # noqa: SLF001 - its own kind
            for section, what in loosened(held, terms, locked=above.locked):
                if what not in told:
                    told.add(what)
                    place, path = self._where(section, overrides)
                    yield Problem(place, path, f"{what}, which {above.identity.source} locks")

    def _above(self) -> Iterator["Policy"]:
        """Return the policies that have locks, the one that all others extend first."""
        if self.parent is not None:
            yield from self.parent._above()  # noqa: SLF001 - its own kind
            if self.parent.locked:
                yield self.parent

    def _where(self, section: str, overrides: Sequence[Override]) -> tuple[Place, Path]:
        """Return where the last word on a section is written."""
        own = next((each for each in reversed(overrides) if each.sections.inside(section)), None)
        sections = own.sections if own else self.sections
        tree = sections.inside(section) or sections
        return tree.place, (*(own.path if own else ()), section)


def _refused(problems: Sequence[Problem]) -> PolicyError:
    return PolicyError([str(problem) for problem in problems])
