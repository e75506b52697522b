"""Which statement suppresses a finding, and what is told of those that do not."""

from typing import Any

import pytest

from scangate.instant import Instant
from scangate.model import Vulnerability
from scangate.vex import Statement, Status
from tests.vex.making import EARLY, LATE, OTHER_DIGEST, PLATFORM, PURL, finding, on, statement

LIB = "pkg:deb/debian/lib1@1.0"


def suppressing(*statements: Statement, **found: Any) -> Statement | None:
    return on(*statements).suppressing(finding(**found))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="not affected, with a justification"),
        pytest.param({"justification": "", "impact": "Never run."}, id="with an impact statement"),
        pytest.param({"status": Status.FIXED}, id="fixed, with a justification"),
        pytest.param(
            {"status": Status.FIXED, "justification": "", "impact": "x"}, id="fixed, with an impact"
        ),
        pytest.param(
            {"status": Status.FIXED, "justification": "", "notes": "x"}, id="fixed, with notes"
        ),
        pytest.param({"vulnerabilities": ("GHSA-1", "CVE-2026-1")}, id="by an alias"),
        pytest.param({"vulnerabilities": ("cve-2026-1",)}, id="in other capitals"),
        pytest.param({"packages": (LIB,)}, id="of its package"),
        pytest.param({"packages": ("lib0", "lib1")}, id="of several packages"),
        pytest.param({"products": ("cr.yandex/crp9/x", PURL)}, id="of several products"),
        pytest.param({"time": None}, id="of a time not told"),
    ],
)
def test_what_suppresses(changed: dict[str, Any]) -> None:
    told = statement(**changed)
    assert suppressing(told) == told


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"justification": ""}, id="no justification"),
        pytest.param({"justification": " \n"}, id="a blank justification"),
        pytest.param({"justification": "", "notes": "x"}, id="not affected, with notes alone"),
        pytest.param({"status": Status.FIXED, "justification": ""}, id="fixed, without a word"),
        pytest.param({"status": Status.AFFECTED}, id="affected"),
        pytest.param({"status": Status.UNDER_INVESTIGATION, "notes": "x"}, id="investigated"),
        pytest.param({"vulnerabilities": ("CVE-2026-10",)}, id="a longer id"),
        pytest.param({"vulnerabilities": ("CVE-2026",)}, id="a shorter id"),
        pytest.param({"vulnerabilities": ()}, id="no id"),
        pytest.param({"products": ()}, id="no products"),
        pytest.param({"products": (f"pkg:oci/app@{OTHER_DIGEST}",)}, id="another image"),
        pytest.param({"products": (LIB,)}, id="a package as the product"),
        pytest.param({"packages": ("lib2",)}, id="another package"),
        pytest.param({"packages": ("pkg:deb/debian/lib1@2",)}, id="another version"),
        pytest.param({"packages": ("pkg:deb",)}, id="a package that cannot be read"),
        pytest.param({"packages": ("pkg:oci/lib1",)}, id="an image as a package"),
    ],
)
def test_what_does_not(changed: dict[str, Any]) -> None:
    assert suppressing(statement(**changed)) is None


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(finding(described=False), id="not described"),
        pytest.param(finding(name=""), id="no id"),
        pytest.param(finding(package=""), id="no package"),
        pytest.param(finding(name="CVE-2026-2"), id="another id"),
    ],
)
def test_findings_that_are_always_counted(found: Vulnerability) -> None:
    told = on(statement(), statement(vulnerabilities=("",)), statement(packages=("",)))
    assert told.suppressing(finding()) is not None
    assert told.suppressing(found) is None


RIVALS = [Status.AFFECTED, Status.UNDER_INVESTIGATION]


@pytest.mark.parametrize("status", RIVALS, ids=lambda status: status.value)
@pytest.mark.parametrize(
    ("rival", "holds"),
    [
        pytest.param({"time": Instant(EARLY.nanoseconds - 1)}, True, id="older"),
        pytest.param({"time": EARLY}, False, id="as old"),
        pytest.param({"time": LATE}, False, id="newer"),
        pytest.param({"time": None}, False, id="of a time not told"),
        pytest.param({"time": LATE, "packages": (LIB,)}, False, id="of its package"),
        pytest.param({"time": LATE, "packages": ("lib2",)}, True, id="of another package"),
        pytest.param({"time": LATE, "products": (OTHER_DIGEST,)}, True, id="of another image"),
        pytest.param({"time": LATE, "vulnerabilities": ("CVE-2",)}, True, id="of another id"),
        pytest.param(
            {"time": LATE, "vulnerabilities": ("ghsa-1",)}, False, id="of an alias of the other"
        ),
    ],
)
def test_words_against_it(status: Status, rival: dict[str, Any], holds: bool) -> None:
    told = statement(vulnerabilities=("CVE-2026-1", "GHSA-1"))
    found = suppressing(told, statement(status=status, file="other.json", **rival))
    assert found == (told if holds else None)


def test_a_word_against_one_of_unknown_time() -> None:
    assert suppressing(statement(time=None), statement(status=Status.AFFECTED)) is None


def test_a_word_against_an_old_one_leaves_a_new_one() -> None:
    old, new = statement(), statement(time=LATE)
    between = Instant(LATE.nanoseconds - 1)
    assert suppressing(old, new, statement(status=Status.AFFECTED, time=between)) == new


@pytest.mark.parametrize(
    ("chosen", "other"),
    [
        pytest.param({"time": LATE}, {"time": EARLY}, id="the newest"),
        pytest.param({"time": EARLY}, {"time": None}, id="one with a time"),
        pytest.param({"file": "a.json"}, {"file": "b.json"}, id="by file"),
        pytest.param({"status": Status.FIXED}, {}, id="by status"),
        pytest.param({"notes": ""}, {"notes": "x"}, id="by its words"),
    ],
)
def test_one_of_several_is_chosen(chosen: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = statement(**chosen), statement(**other)
    assert suppressing(first, second) == suppressing(second, first) == first


def test_the_reason_is_in_the_words_of_the_author() -> None:
    words = {"justification": "a_label", "impact": " Never run. ", "notes": "Looked at."}
    assert statement(**words).reason == "a_label; Never run."
    assert statement(status=Status.FIXED, **words).reason == "a_label; Never run.; Looked at."
    assert statement(status=Status.AFFECTED, **words).reason == ""


def test_a_platform_is_judged_by_its_own_statements() -> None:
    other = statement(products=(f"pkg:oci/app@{PLATFORM.index_digest}?arch=amd64",))
    assert on(other, image=PLATFORM).suppressing(finding()) is None
    assert on(statement(), image=PLATFORM).suppressing(finding()) == statement()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param(
            {"products": (f"pkg:oci/app@{OTHER_DIGEST}",)},
            f"it is about another product, pkg:oci/app@{OTHER_DIGEST}",
            id="another image",
        ),
        pytest.param({"products": ()}, "it names no image", id="no image"),
        pytest.param(
            {"packages": ("lib2",)}, "it is about another package, lib2", id="another package"
        ),
        pytest.param(
            {"justification": ""}, "it gives no justification or impact statement", id="no reason"
        ),
        pytest.param(
            {"status": Status.FIXED, "justification": ""},
            "it gives no justification, impact statement or status notes",
            id="fixed, no reason",
        ),
        pytest.param(
            {"time": None},
            "new.json says affected, and is not known to be older",
            id="a word against it",
        ),
    ],
)
def test_misses_are_told(changed: dict[str, Any], why: str) -> None:
    told = on(
        statement(**changed),
        statement(status=Status.AFFECTED, file="new.json", packages=("lib1",)),
    )
    sentence = f"vex.json: what it says of CVE-2026-1 does not apply: {why}"
    assert told.misses([finding()]) == (sentence,)


@pytest.mark.parametrize(
    ("statements", "findings"),
    [
        pytest.param([statement()], [finding()], id="it applies"),
        pytest.param([], [finding()], id="no statements"),
        pytest.param([statement(products=())], [], id="no findings"),
        pytest.param([statement(products=())], [finding(name="CVE-2")], id="another id"),
        pytest.param(
            [statement(products=())], [finding(described=False)], id="a finding without a name"
        ),
        pytest.param([statement(products=()), statement()], [finding()], id="another one applies"),
        pytest.param(
            [statement(products=(), status=Status.AFFECTED)], [finding()], id="affected elsewhere"
        ),
        pytest.param([statement(status=Status.UNDER_INVESTIGATION)], [finding()], id="open"),
        pytest.param(
            [statement(packages=("lib2",))],
            [finding(), finding(package="lib2")],
            id="it applies to another finding of the id",
        ),
    ],
)
def test_what_is_no_miss(statements: list[Statement], findings: list[Vulnerability]) -> None:
    assert on(*statements).misses(findings) == ()


def test_misses_are_gathered_by_file_and_cause() -> None:
    ids = [f"CVE-2026-{number}" for number in range(5)]
    elsewhere = [statement(vulnerabilities=(name,), products=("x",)) for name in ids]
    bare = statement(vulnerabilities=tuple(ids[:2]), justification="", file="a.json")
    first, second = on(*elsewhere, bare).misses([finding(name) for name in reversed(ids)])
    assert first.startswith("a.json: what it says of CVE-2026-0, CVE-2026-1 does not apply: ")
    assert second.startswith(
        "vex.json: what it says of CVE-2026-0, CVE-2026-1, CVE-2026-2 and 2 more does not apply: "
    )


def test_long_names_are_cut() -> None:
    (sentence,) = on(statement(products=("x" * 5000,))).misses([finding()])
    assert len(sentence) < 300
