"""OpenVEX: what its statements say, in all of its versions."""

from typing import Any

import pytest

from scangate.instant import Instant
from scangate.vex import Statement, Status, VexError, read
from tests.vex.making import DIGEST, OTHER_DIGEST, PURL, REPOSITORY, openvex, said


def statements(*told: dict[str, Any], **changed: Any) -> tuple[Statement, ...]:
    return read(openvex(*told, **changed), file="vex.json")


def one(**changed: Any) -> Statement:
    (found,) = statements(said(**changed))
    return found


def test_a_statement() -> None:
    assert one() == Statement(
        vulnerabilities=("CVE-2026-1",),
        products=(PURL,),
        status=Status.NOT_AFFECTED,
        justification="component_not_present",
        time=Instant.parse("2026-11-01T00:00:00Z"),
        file="vex.json",
    )


@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.value)
def test_every_status_is_known(status: Status) -> None:
    assert one(status=status.value).status is status


@pytest.mark.parametrize(
    ("vulnerability", "names"),
    [
        pytest.param("CVE-1", ("CVE-1",), id="0.0.1: a text"),
        pytest.param({"name": "CVE-1"}, ("CVE-1",), id="a name"),
        pytest.param(
            {"name": "CVE-1", "aliases": ["GHSA-1", "CVE-1"]}, ("CVE-1", "GHSA-1"), id="aliases"
        ),
        pytest.param(
            {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2", "name": "CVE-1"},
            ("CVE-1",),
            id="an address is no name",
        ),
    ],
)
def test_names_of_a_vulnerability(vulnerability: object, names: tuple[str, ...]) -> None:
    assert one(vulnerability=vulnerability).vulnerabilities == names


@pytest.mark.parametrize(
    ("product", "names"),
    [
        pytest.param(REPOSITORY, (REPOSITORY,), id="0.0.1: a text"),
        pytest.param({"@id": PURL}, (PURL,), id="an @id"),
        pytest.param({"identifiers": {"purl": PURL}}, (PURL,), id="a purl"),
        pytest.param(
            {"@id": "https://example.test/app", "identifiers": {"cpe23": "cpe:2.3:a:x"}},
            ("https://example.test/app", "cpe:2.3:a:x"),
            id="names that are none of an image",
        ),
        pytest.param(
            {"@id": REPOSITORY, "identifiers": {"purl": PURL}},
            (PURL,),
            id="the purl of one build, not its repository",
        ),
        pytest.param(
            {"@id": REPOSITORY, "identifiers": {"purl": "pkg:oci/app?tag=1.4"}},
            ("pkg:oci/app?tag=1.4",),
            id="a purl with a tag, not its repository",
        ),
        pytest.param(
            {"@id": REPOSITORY, "identifiers": {"purl": "pkg:oci/app"}},
            (REPOSITORY, "pkg:oci/app"),
            id="a purl of no build beside the repository",
        ),
        pytest.param(
            {"@id": REPOSITORY, "hashes": {"sha-256": "B" * 64}},
            (OTHER_DIGEST,),
            id="a digest, not its repository",
        ),
        pytest.param(
            {"@id": REPOSITORY, "hashes": {"sha-512": "ab"}},
            ("the hash sha-512 ab",),
            id="a hash that cannot be compared, not its repository",
        ),
        pytest.param(
            {"@id": f"{REPOSITORY}@{DIGEST}", "hashes": {"md5": "ab"}},
            (f"{REPOSITORY}@{DIGEST}", "the hash md5 ab"),
            id="a digest beside a hash",
        ),
    ],
)
def test_names_of_a_product(product: object, names: tuple[str, ...]) -> None:
    assert one(products=[product]).products == names


@pytest.mark.parametrize(
    ("subcomponents", "names"),
    [
        pytest.param([], (), id="none"),
        pytest.param(["lib1", "lib2"], ("lib1", "lib2"), id="texts"),
        pytest.param([{"@id": "pkg:deb/debian/lib1@1"}], ("pkg:deb/debian/lib1@1",), id="an @id"),
        pytest.param(
            [{"@id": "lib1", "identifiers": {"purl": "pkg:npm/lib1"}}],
            ("pkg:npm/lib1",),
            id="a purl, not the bare name beside it",
        ),
        pytest.param(
            [{"@id": "pkg:npm/lib1", "identifiers": {"purl": "pkg:npm/lib1@1"}}],
            ("pkg:npm/lib1@1",),
            id="the purl of one version",
        ),
        pytest.param(
            [{"identifiers": {"cpe23": "cpe:2.3:a:x"}}],
            ("cpe:2.3:a:x",),
            id="a CPE is still a restriction",
        ),
    ],
)
def test_names_of_packages(subcomponents: list[object], names: tuple[str, ...]) -> None:
    product = {"@id": PURL, "subcomponents": subcomponents}
    assert one(products=[product]).packages == names


def test_each_product_has_its_own_packages() -> None:
    found = statements(
        said(products=[{"@id": PURL, "subcomponents": ["lib1"]}, {"@id": REPOSITORY}])
    )
    assert [(each.products, each.packages) for each in found] == [
        ((PURL,), ("lib1",)),
        ((REPOSITORY,), ()),
    ]


def test_packages_of_the_whole_statement_as_in_0_0_1() -> None:
    found = statements(said(products=[PURL, REPOSITORY], subcomponents=["lib1"]))
    assert [each.packages for each in found] == [("lib1",), ("lib1",)]


@pytest.mark.parametrize("products", [{}, {"products": []}], ids=["no key", "an empty list"])
def test_a_statement_without_products_is_kept(products: dict[str, Any]) -> None:
    told = said()
    del told["products"]
    (found,) = statements({**told, **products})
    assert found.products == ()


@pytest.mark.parametrize(
    ("own", "whole", "time"),
    [
        pytest.param({"timestamp": "2026-01-01T00:00:00Z"}, {}, "2026-01-01T00:00:00Z", id="own"),
        pytest.param(
            {"timestamp": "2026-01-01T00:00:00+03:00", "last_updated": "2026-02-01T00:00:00Z"},
            {},
            "2025-12-31T21:00:00Z",
            id="own before its update",
        ),
        pytest.param(
            {"last_updated": "2026-02-01T00:00:00Z"}, {}, "2026-02-01T00:00:00Z", id="its update"
        ),
        pytest.param({}, {}, "2026-11-01T00:00:00Z", id="the document's"),
        pytest.param(
            {},
            {"timestamp": None, "last_updated": "2026-03-01T00:00:00Z"},
            "2026-03-01T00:00:00Z",
            id="the document's update",
        ),
        pytest.param({}, {"timestamp": None}, None, id="none"),
    ],
)
def test_time(own: dict[str, str], whole: dict[str, Any], time: str | None) -> None:
    (found,) = statements(said(**own), **whole)
    assert found.time == (Instant.parse(time) if time else None)


@pytest.mark.parametrize(
    "context",
    [
        "https://openvex.dev/ns",
        "https://openvex.dev/ns/",
        "https://openvex.dev/ns/v0.0.1",
        "https://openvex.dev/ns/v0.2.0",
    ],
)
def test_known_versions(context: str) -> None:
    assert len(statements(said(), **{"@context": context})) == 1


@pytest.mark.parametrize(
    "context",
    [
        "https://openvex.dev/ns/v0.3.0",
        "https://openvex.dev/ns/v1.0.0",
        "https://openvex.dev/nsx",
        "https://openvex.dev/ns/v0.2.0\n",
    ],
)
def test_other_versions_are_refused(context: str) -> None:
    with pytest.raises(VexError, match="a version of OpenVEX that is not known"):
        statements(said(), **{"@context": context})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"status": "not-affected"}, "Invalid enum value", id="a status nobody knows"),
        pytest.param({"status": "Not_Affected"}, "Invalid enum value", id="capitals"),
        pytest.param({"status": None}, "statements\\[0\\].status", id="no status"),
        pytest.param({"vulnerability": None}, "statements\\[0\\].vuln", id="no vulnerability"),
        pytest.param({"vulnerability": ""}, "vulnerability", id="an empty vulnerability"),
        pytest.param({"vulnerability": {"aliases": ["CVE-1"]}}, "`name`", id="no name"),
        pytest.param({"vulnerability": {"name": " "}}, "name", id="an empty name"),
        pytest.param({"vulnerability": {"name": 1}}, "name", id="a number for a name"),
        pytest.param({"products": PURL}, "products", id="a text for products"),
        pytest.param({"products": [{}]}, "without a name", id="a product without a name"),
        pytest.param({"products": [""]}, "without a name", id="an empty product"),
        pytest.param(
            {"products": [{"@id": PURL, "subcomponents": [{}]}]},
            "without a name",
            id="a subcomponent without a name",
        ),
        pytest.param({"subcomponents": [""]}, "without a name", id="an empty subcomponent"),
        pytest.param(
            {"products": [{"@id": PURL, "subcomponent": ["lib1"]}]},
            "unknown field `subcomponent`",
            id="a misspelt restriction of a product",
        ),
        pytest.param(
            {"subComponents": ["lib1"]}, "unknown field", id="a misspelt restriction of all"
        ),
        pytest.param({"justification": 1}, "justification", id="a number for a justification"),
        pytest.param({"timestamp": "yesterday"}, "not an RFC 3339", id="a time that is none"),
        pytest.param({"timestamp": "2026-01-01"}, "not an RFC 3339", id="a date"),
    ],
)
def test_malformed_statements(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(VexError, match=reason):
        one(**changed)


@pytest.mark.parametrize("key", ["@id", "author", "statements"])
def test_what_every_document_has(key: str) -> None:
    with pytest.raises(VexError, match=f"is malformed: .*`{key}`"):
        statements(said(), **{key: None})


def test_a_document_may_have_keys_of_its_own() -> None:
    assert len(statements(said(), nes={"products": 3})) == 1


def test_a_justification_is_one_of_the_specification() -> None:
    """Another word would look like a reason and say nothing."""
    with pytest.raises(VexError, match="justification"):
        read(openvex(said(justification="banana")), file="vex.json")
