"""Which VEX statements are about an image, and what they say of its findings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scangate.model import Image, Value, Vulnerability
from scangate.vex import package, product
from scangate.vex.package import Package
from scangate.vex.statement import Statement, Status

_WITHOUT_REASON = {
    Status.NOT_AFFECTED: "it gives no justification or impact statement",
    Status.FIXED: "it gives no justification, impact statement or status notes",
}
_MOST_IDS = 3
_LONGEST_NAME = 160


class _Claim(Value, frozen=True):
    """A statement about the image. `packages` is None when every package is meant."""

    statement: Statement
    packages: tuple[Package, ...] | None

    def covers(self, vulnerability: Vulnerability) -> bool:
        """Whether the package of the finding is meant."""
        return self.packages is None or any(each.is_of(vulnerability) for each in self.packages)


class Applicable(Value, frozen=True):
    """The statements on one image, and those on other products, by vulnerability."""

    claims: Mapping[str, tuple[_Claim, ...]]
    elsewhere: Mapping[str, tuple[Statement, ...]]

    def suppressing(self, vulnerability: Vulnerability) -> Statement | None:
        """Return the statement by which the finding does no harm; None if it has to be counted.

        It says so and why, and no statement that says affected or under investigation covers the
        finding, by whichever name of the vulnerability, unless it is older. Of several the newest
        is returned. A finding that names no advisory or no package is always counted.
        """
        if not self.claims or not _is_named(vulnerability):
            return None
        claims = self.claims.get(_key(vulnerability.id), ())
        return next(
            (
                claim.statement
                for claim in claims
                if claim.statement.suppresses
                and claim.covers(vulnerability)
                and self._rival(claim.statement, vulnerability) is None
            ),
            None,
        )

    def misses(self, vulnerabilities: Iterable[Vulnerability]) -> tuple[str, ...]:
        """Tell of statements that would take the harm out of findings, but do not apply.

        One plain sentence for each file and cause. Where no finding of an advisory is left to
        count, nothing is told of it.
        """
        if not self.claims and not self.elsewhere:
            return ()
        groups: defaultdict[str, list[Vulnerability]] = defaultdict(list)
        for vulnerability in filter(_is_named, vulnerabilities):
            groups[vulnerability.id].append(vulnerability)
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for name, findings in groups.items():
            for statement, why in self._causes(name, findings):
                found[statement.file, why].add(name)
        return tuple(_sentence(*key, found[key]) for key in sorted(found))

    def _rival(self, statement: Statement, vulnerability: Vulnerability) -> Statement | None:
        """Return a statement that there may be harm in the finding after all, as new as this."""
        names = sorted({_key(name) for name in (vulnerability.id, *statement.vulnerabilities)})
        rivals = (
            claim.statement
            for name in names
            for claim in self.claims.get(name, ())
            if not claim.statement.status.harmless and claim.covers(vulnerability)
        )
        return next((rival for rival in rivals if not rival.older_than(statement)), None)

    def _causes(
        self, name: str, findings: Sequence[Vulnerability]
    ) -> Iterator[tuple[Statement, str]]:
        """Yield the harmless statements on an advisory, and why they leave findings of it."""
        left = [finding for finding in findings if self.suppressing(finding) is None]
        if not left:
            return
        for claim in self.claims.get(_key(name), ()):
            if claim.statement.status.harmless:
                yield from self._why_not(claim, findings=findings, left=left)
        for statement in self.elsewhere.get(_key(name), ()):
            if statement.status.harmless:
                yield statement, _of_another(statement.products)

    def _why_not(
        self, claim: _Claim, *, findings: Sequence[Vulnerability], left: Sequence[Vulnerability]
    ) -> Iterator[tuple[Statement, str]]:
        statement = claim.statement
        if not any(map(claim.covers, findings)):
            yield statement, f"it is about another package, {_cut(statement.packages[0])}"
        for finding in filter(claim.covers, left):
            rival = self._rival(statement, finding)
            if not statement.suppresses:
                yield statement, _WITHOUT_REASON[statement.status]
            elif rival:
                word = rival.status.value
                yield statement, f"{rival.file} says {word}, and is not known to be older"


def applicable(statements: Iterable[Statement], image: Image) -> Applicable:
    """Sort out the statements that are about the image. Their order changes nothing."""
    claims: defaultdict[str, list[_Claim]] = defaultdict(list)
    elsewhere: defaultdict[str, list[Statement]] = defaultdict(list)
    for statement in sorted(statements, key=lambda statement: statement.sort_key):
        meant = any(product.means(name, image) for name in statement.products)
        claim = _claim(statement) if meant else None
        for name in {_key(name) for name in statement.vulnerabilities}:
            if claim:
                claims[name].append(claim)
            else:
                elsewhere[name].append(statement)
    return Applicable(
        claims={name: tuple(told) for name, told in claims.items()},
        elsewhere={name: tuple(told) for name, told in elsewhere.items()},
    )


def _claim(statement: Statement) -> _Claim:
    """Packages that cannot be read are none, which is not the same as every package."""
    packages = tuple(filter(None, map(package.read, statement.packages)))
    return _Claim(statement=statement, packages=packages if statement.packages else None)


def _of_another(products: Sequence[str]) -> str:
    return f"it is about another product, {_cut(products[0])}" if products else "it names no image"


def _is_named(vulnerability: Vulnerability) -> bool:
    return bool(vulnerability.described and vulnerability.id and vulnerability.package)


def _key(vulnerability: str) -> str:
    """No two advisories differ by their capitals alone."""
    return vulnerability.casefold()


def _sentence(file: str, why: str, ids: set[str]) -> str:
    first, more = sorted(ids)[:_MOST_IDS], len(ids) - _MOST_IDS
    named = ", ".join(map(_cut, first)) + (f" and {more} more" if more > 0 else "")
    return f"{file}: what it says of {named} does not apply: {why}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
