"""What must hold for all statements, whatever they say and in whichever order they come."""

import random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scangate.instant import Instant
from scangate.model import Vulnerability
from scangate.vex import Statement, Status, read
from tests.vex.making import DIGEST, OTHER_DIGEST, PURL, REPOSITORY, finding, on, openvex, said

IDS = ("CVE-1", "CVE-2", "GHSA-1")
PRODUCTS = (PURL, REPOSITORY, f"{REPOSITORY}:1.4", DIGEST, OTHER_DIGEST, "pkg:oci/app", "x")
PACKAGES = ("lib1", "lib2", "pkg:deb/debian/lib1@1.0", "pkg:deb/debian/lib1@2.0", "pkg:deb")
TIMES = (None, Instant(1), Instant(2), Instant(3))
HARMFUL = (Status.AFFECTED, Status.UNDER_INVESTIGATION)


def some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=2, unique=True).map(tuple)


def statements(status: st.SearchStrategy[Status]) -> st.SearchStrategy[Statement]:
    return st.builds(
        Statement,
        vulnerabilities=some(IDS),
        products=some(PRODUCTS),
        packages=some(PACKAGES),
        status=status,
        justification=st.sampled_from(("", "a_label")),
        impact=st.sampled_from(("", " ")),
        notes=st.sampled_from(("", "Looked at.")),
        time=st.sampled_from(TIMES),
        file=st.sampled_from(("a.json", "b.json")),
    )


ANY = st.lists(statements(st.sampled_from(Status)), max_size=8)
FINDINGS: st.SearchStrategy[Vulnerability] = st.builds(
    finding,
    name=st.sampled_from(("", *IDS)),
    package=st.sampled_from(("", "lib1", "lib2")),
    version=st.sampled_from(("1.0", "2.0")),
    described=st.booleans(),
)


@given(ANY, FINDINGS, st.randoms(use_true_random=False))
def test_the_order_of_statements_changes_nothing(
    told: list[Statement], found: Vulnerability, chance: random.Random
) -> None:
    shuffled = chance.sample(told, len(told))
    assert on(*told).suppressing(found) == on(*shuffled).suppressing(found)


@given(ANY, st.lists(FINDINGS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_changes_nothing_of_what_is_told(
    told: list[Statement], found: list[Vulnerability], chance: random.Random
) -> None:
    shuffled = on(*chance.sample(told, len(told)))
    assert on(*told).misses(found) == shuffled.misses(chance.sample(found, len(found)))


@given(st.lists(statements(st.sampled_from(HARMFUL)), max_size=8), FINDINGS)
def test_harmful_statements_never_suppress(told: list[Statement], found: Vulnerability) -> None:
    assert on(*told).suppressing(found) is None
    assert on(*told).misses([found]) == ()


@given(ANY, statements(st.sampled_from(HARMFUL)), FINDINGS)
def test_one_harmful_statement_more_never_suppresses_more(
    told: list[Statement], harmful: Statement, found: Vulnerability
) -> None:
    if on(*told).suppressing(found) is None:
        assert on(*told, harmful).suppressing(found) is None


@given(ANY, st.sampled_from(HARMFUL), FINDINGS)
def test_the_newest_word_on_the_whole_image_holds(
    told: list[Statement], status: Status, found: Vulnerability
) -> None:
    newest = Statement(
        vulnerabilities=IDS, products=(PURL,), status=status, time=TIMES[-1], file="c.json"
    )
    assert on(*told, newest).suppressing(found) is None


@given(ANY, FINDINGS)
def test_what_suppresses_is_one_of_the_statements_and_says_why(
    told: list[Statement], found: Vulnerability
) -> None:
    suppressing = on(*told).suppressing(found)
    if suppressing is not None:
        assert suppressing in told
        assert suppressing.status in (Status.NOT_AFFECTED, Status.FIXED)
        assert suppressing.reason.strip()
        assert found.id in suppressing.vulnerabilities
        assert found.described
        assert found.package


@given(ANY, FINDINGS)
def test_a_time_that_is_lost_never_takes_a_word_back(
    told: list[Statement], found: Vulnerability
) -> None:
    """Only what is harmful loses its time here: it may have been the newest."""
    lost = [
        each if each.status.harmless else msgspec.structs.replace(each, time=None) for each in told
    ]
    if on(*told).suppressing(found) is None:
        assert on(*lost).suppressing(found) is None


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "status": st.sampled_from([status.value for status in Status]),
                "vulnerability": st.sampled_from(IDS),
                "products": st.lists(st.sampled_from(PRODUCTS), max_size=2),
                "justification": st.sampled_from(("", "component_not_present")),
            }
        ),
        max_size=6,
    ),
    FINDINGS,
    st.randoms(use_true_random=False),
)
def test_the_order_within_documents_changes_nothing(
    told: list[dict[str, Any]], found: Vulnerability, chance: random.Random
) -> None:
    def suppressing(words: list[dict[str, Any]]) -> Statement | None:
        document = openvex(*(said(**each) for each in words))
        return on(*read(document, file="vex.json")).suppressing(found)

    assert suppressing(told) == suppressing(chance.sample(told, len(told)))
