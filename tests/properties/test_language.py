"""The promises, over the whole language of policies; and for each a faulty core that breaks it.

"Improves" means that a non-zero exit becomes 0. What is known may well be good news: that a version
with a fix exists can end an exception, and that a finding is an old one can keep it out of a rule.
So it is promised of each fact which way it counts when it is *not* told, and where a fact is itself
an absence, that is said:

- no fixed version is told where none exists, so that an empty one is no untold fact;
- `severity: high` asks for exactly that, so a worse finding is outside of it, and limits count each
  severity by itself; only `>=` is promised to hold a finding that becomes worse;
- a finding that the baseline has not is new, which a rule on `new: false` lets pass.
"""

import hypothesis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scangate.model import Value
from tests.properties import breaches, changes, faults
from tests.properties.breaches import Broken
from tests.properties.changes import Pair
from tests.properties.judging import SOUND, Core


class Promise(Value, frozen=True):
    """What must not happen between two cases, and cores in which it does."""

    name: str
    pairs: st.SearchStrategy[Pair]
    faults: tuple[Core, ...]
    broken: Broken = breaches.improves


PROMISES = (
    Promise(
        name="1: taking a row away that the counts vouch for never improves",
        pairs=changes.without_a_row(),
        faults=(Core(evaluate=faults.believing_the_rows),),
    ),
    Promise(
        name="1: taking the list away never improves",
        pairs=changes.without_the_list(),
        faults=(
            Core(evaluate=faults.believing_the_rows),
            Core(evaluate=faults.no_evidence_is_a_pass),
        ),
    ),
    Promise(
        name="1: taking the baseline away, or a row of it, never improves what asks for new ones",
        pairs=changes.without_a_row_of_the_baseline(),
        faults=(faults.ruling(faults.selecting(new=False)),),
    ),
    Promise(
        name="1: taking the catalog of exploited vulnerabilities away never improves",
        pairs=changes.without_the_catalog(),
        faults=(faults.loading(faults.no_catalog_is_empty),),
    ),
    Promise(
        name="2: adding a finding never improves",
        pairs=changes.with_a_finding(),
        faults=(Core(evaluate=faults.the_last_row_decides),),
    ),
    Promise(
        name="3: a worse finding never satisfies a rule with >= that was violated",
        pairs=changes.with_a_worse_finding(),
        faults=(faults.ruling(faults.only_the_least),),
        broken=breaches.satisfies_what_it_violated,
    ),
    Promise(
        name="4: an unknown id never improves",
        pairs=changes.with_a_fact_untold(["id"]),
        faults=(
            faults.skipping(lambda row: not row.id),
            faults.seeing(faults.any_id_will_do),
        ),
    ),
    Promise(
        name="4: an unknown package never improves",
        pairs=changes.with_a_fact_untold(["package"]),
        faults=(
            faults.skipping(lambda row: not row.package),
            faults.seeing(faults.any_package_will_do),
        ),
    ),
    Promise(
        name="4: an unknown type, origin or version never improves",
        pairs=changes.with_a_fact_untold(["type", "origin", "version"]),
        faults=(
            faults.skipping(lambda row: not row.type),
            faults.skipping(lambda row: not row.origin),
            faults.skipping(lambda row: not row.version),
        ),
    ),
    Promise(
        name="4: a row that tells nothing but its severity never improves",
        pairs=changes.with_nothing_told_but_a_severity(),
        faults=(
            faults.skipping(lambda row: not row.described),
            faults.seeing(faults.any_id_will_do),
        ),
    ),
    Promise(
        name="4: an unknown score never improves",
        pairs=changes.without_a_score(),
        faults=(faults.loading(faults.no_score_is_none),),
    ),
    Promise(
        name="4: an unknown severity is judged as critical",
        pairs=changes.with_an_unknown_severity(),
        faults=(faults.skipping(lambda row: bool(row.severity_word)),),
        broken=breaches.differs,
    ),
    Promise(
        name="4: an unrated finding is judged as high",
        pairs=changes.with_an_unrated_finding(),
        faults=(faults.ruling(faults.without_unrated),),
        broken=breaches.differs,
    ),
    Promise(
        name="6: the order of rows, rules, exceptions, statements, keys and globs changes nothing",
        pairs=changes.reordered(),
        faults=(
            faults.loading(faults.only_the_first_of_each),
            faults.loading(faults.the_first_statement_decides),
            Core(evaluate=faults.in_the_order_of_the_text),
        ),
        broken=breaches.tells_otherwise,
    ),
    Promise(
        name="9: an ignore entry that expired, is for others or takes nothing lowers no count",
        pairs=changes.without_an_idle_ignore(),
        faults=(
            faults.excepting(expires=None),
            faults.excepting(images=None),
            faults.excepting(package=""),
            faults.loading(faults.more_than_two_are_none),
        ),
        broken=breaches.counts_otherwise,
    ),
    Promise(
        name="one ignore entry more counts nothing more, and turns no finding that it is not about",
        pairs=changes.with_an_ignore(),
        faults=(
            faults.loading(faults.more_than_two_are_none),
            Core(evaluate=faults.one_exception_for_a_whole_package),
        ),
        broken=breaches.counts_more_or_turns_others,
    ),
    Promise(
        name="a harmless statement more counts nothing more, and turns no finding of others",
        pairs=changes.with_a_harmless_statement(),
        faults=(faults.loading(faults.suspicious_of_statements),),
        broken=breaches.counts_more_or_turns_others,
    ),
    Promise(
        name="buckets, rules and exceptions tell of the same findings, each in one bucket",
        pairs=changes.as_it_is(),
        faults=(
            faults.skipping(lambda row: not row.described),
            Core(evaluate=faults.counting_what_is_suppressed),
        ),
        broken=breaches.disagrees_with_itself,
    ),
    Promise(
        name="a second look is equal to the first",
        pairs=changes.as_it_is(),
        faults=(Core(evaluate=faults.Forgetful()),),
        broken=breaches.changes_on_another_look,
    ),
    Promise(
        name="a policy means what is documented",
        pairs=changes.as_it_is(),
        faults=(
            faults.excepting(while_unfixed=False),
            faults.ruling(faults.only_the_least),
            faults.ruling(faults.without_unrated),
            faults.ruling(faults.selecting(fixable=None)),
            faults.ruling(faults.selecting(new=None)),
            faults.ruling(faults.selecting(known_exploited=None)),
            faults.ruling(faults.selecting(epss=None)),
            faults.ruling(faults.selecting(id=None)),
            faults.ruling(faults.selecting(package=None)),
            faults.ruling(faults.selecting(type=None)),
            faults.ruling(faults.selecting(origin=None)),
            faults.ruling(faults.one_more),
            faults.ruling(faults.only_warning),
            faults.loading(faults.without_overrides),
            faults.loading(faults.only_the_last_override),
            faults.loading(faults.without_doubts),
            faults.loading(faults.the_first_statement_decides),
            Core(evaluate=faults.counting_what_is_suppressed),
        ),
        broken=breaches.means_otherwise,
    ),
)
FAULTS = [
    pytest.param(promise, fault, id=f"{promise.name} [{number}]")
    for promise in PROMISES
    for number, fault in enumerate(promise.faults)
]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_promise(promise: Promise) -> None:
    @given(promise.pairs)
    def kept(pair: Pair) -> None:
        before, after = pair
        assert not promise.broken(before, after, SOUND)

    kept()


@pytest.mark.parametrize(("promise", "fault"), FAULTS)
def test_a_faulty_core_breaks_the_promise(promise: Promise, fault: Core) -> None:
    hypothesis.find(
        promise.pairs,
        lambda pair: promise.broken(pair[0], pair[1], fault),
        settings=settings(max_examples=5000, phases=[hypothesis.Phase.generate]),
    )
