"""CycloneDX: what an analysis says, and of what."""

from typing import Any

import pytest

from scangate.instant import Instant
from scangate.vex import Statement, Status, VexError, read
from tests.vex.making import PURL, analysed, cyclonedx

LIB = "pkg:deb/debian/lib1@1.0"


def statements(*told: dict[str, Any], **changed: Any) -> tuple[Statement, ...]:
    return read(cyclonedx(*told, **changed), file="vex.json")


def one(*, whole: dict[str, Any] | None = None, **changed: Any) -> Statement:
    (found,) = statements(analysed(**changed), **(whole or {}))
    return found


def component(**changed: Any) -> dict[str, Any]:
    return {"type": "library", "name": "lib1", **changed}


def test_a_statement() -> None:
    analysis = {
        "state": "not_affected",
        "justification": "code_not_present",
        "detail": "Left out.",
        "response": ["will_not_fix"],
    }
    assert one(analysis=analysis) == Statement(
        vulnerabilities=("CVE-2026-1",),
        products=(PURL,),
        status=Status.NOT_AFFECTED,
        justification="code_not_present",
        impact="Left out.",
        file="vex.json",
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("not_affected", Status.NOT_AFFECTED),
        ("false_positive", Status.NOT_AFFECTED),
        ("resolved", Status.FIXED),
        ("resolved_with_pedigree", Status.FIXED),
        ("exploitable", Status.AFFECTED),
        ("in_triage", Status.UNDER_INVESTIGATION),
    ],
)
def test_states(state: str, status: Status) -> None:
    assert one(analysis={"state": state}).status is status


def test_references_are_other_names() -> None:
    references = [{"id": "CVE-1", "source": {"name": "NVD"}}, {"id": "CVE-2026-1"}]
    assert one(references=references).vulnerabilities == ("CVE-2026-1", "CVE-1")


@pytest.mark.parametrize(
    ("ref", "products", "packages"),
    [
        pytest.param("image", (PURL,), (), id="the image of the BOM"),
        pytest.param(PURL, (PURL,), (), id="a purl of an image"),
        pytest.param("other", ("pkg:oci/other",), (), id="another image in the BOM"),
        pytest.param("lib", (PURL,), (LIB,), id="a component"),
        pytest.param("nested", (PURL,), ("pkg:npm/nested@1",), id="a component of a component"),
        pytest.param("pkg:npm/x@1", (PURL,), ("pkg:npm/x@1",), id="a purl of a package"),
        pytest.param("pkg:npm/ref@1", (PURL,), (LIB,), id="a bom-ref that looks like a purl"),
        pytest.param("bare", (PURL,), ("the bom-ref bare",), id="a component without a purl"),
        pytest.param("nobody", (PURL,), ("the bom-ref nobody",), id="a bom-ref of nothing"),
        pytest.param(
            "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#image",
            (PURL,),
            ("the BOM-Link urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#image",),
            id="a BOM-Link",
        ),
        pytest.param(
            "urn:cdx:here", (PURL,), ("the BOM-Link urn:cdx:here",), id="a bom-ref like a BOM-Link"
        ),
    ],
)
def test_what_is_affected(ref: str, products: tuple[str, ...], packages: tuple[str, ...]) -> None:
    parts = [
        component(**{"bom-ref": "lib", "purl": LIB}),
        component(**{"bom-ref": "other", "purl": "pkg:oci/other"}),
        component(**{"bom-ref": "pkg:npm/ref@1", "purl": LIB}),
        component(**{"bom-ref": "bare"}),
        component(**{"bom-ref": "urn:cdx:here", "purl": PURL}),
        component(components=[component(**{"bom-ref": "nested", "purl": "pkg:npm/nested@1"})]),
    ]
    found = one(affects=[{"ref": ref}], whole={"components": parts})
    assert (found.products, found.packages) == (products, packages)


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"component": {"type": "container", "name": "app", "bom-ref": "image"}}],
    ids=["no metadata", "no component", "no purl"],
)
def test_a_package_of_no_image(metadata: dict[str, Any] | None) -> None:
    found = one(affects=[{"ref": LIB}], whole={"metadata": metadata})
    assert (found.products, found.packages) == ((), (LIB,))


def test_each_component_is_a_statement() -> None:
    found = statements(analysed(affects=[{"ref": "image"}, {"ref": LIB}]))
    assert [each.packages for each in found] == [(), (LIB,)]


def test_a_vulnerability_of_nothing_is_kept() -> None:
    assert one(affects=[]).products == ()


@pytest.mark.parametrize(
    ("state", "purl", "packages"),
    [
        pytest.param("resolved", LIB, (LIB,), id="beside the one version"),
        pytest.param(
            "resolved",
            "pkg:npm/x",
            ("some versions of pkg:npm/x",),
            id="of a package without a version",
        ),
        pytest.param("exploitable", "pkg:npm/x", ("pkg:npm/x",), id="that are said to be harmful"),
    ],
)
def test_ranges_of_versions(state: str, purl: str, packages: tuple[str, ...]) -> None:
    versions = [{"range": "vers:npm/<2", "status": "affected"}, {"version": "3"}]
    found = one(analysis={"state": state}, affects=[{"ref": purl, "versions": versions}])
    assert found.packages == packages


@pytest.mark.parametrize(
    ("analysis", "metadata", "time"),
    [
        pytest.param(
            {"lastUpdated": "2026-02-01T00:00:00Z", "firstIssued": "2026-01-01T00:00:00Z"},
            {"timestamp": "2026-03-01T00:00:00Z"},
            "2026-02-01T00:00:00Z",
            id="of its last change",
        ),
        pytest.param(
            {"firstIssued": "2026-01-01T00:00:00Z"},
            {"timestamp": "2026-03-01T00:00:00Z"},
            "2026-01-01T00:00:00Z",
            id="of its first issue",
        ),
        pytest.param(
            {}, {"timestamp": "2026-03-01T00:00:00Z"}, "2026-03-01T00:00:00Z", id="of the BOM"
        ),
        pytest.param({}, {}, None, id="none"),
    ],
)
def test_time(analysis: dict[str, str], metadata: dict[str, str], time: str | None) -> None:
    told = {"state": "in_triage", **analysis}
    found = one(analysis=told, updated="2026-12-01T00:00:00Z", whole={"metadata": metadata})
    assert found.time == (Instant.parse(time) if time else None)


@pytest.mark.parametrize("analysis", [None, {"detail": "Not looked at."}], ids=["none", "no state"])
def test_what_was_not_analysed_says_nothing(analysis: dict[str, str] | None) -> None:
    bare = {key: value for key, value in analysed().items() if key != "analysis"}
    told = bare if analysis is None else {**bare, "analysis": analysis}
    assert len(statements(told, analysed())) == 1
    with pytest.raises(VexError, match="says of none what it is to the product"):
        statements(told)


@pytest.mark.parametrize("version", ["1.4", "1.5", "1.6", "1.7"])
def test_known_versions(version: str) -> None:
    assert len(statements(analysed(), specVersion=version)) == 1


@pytest.mark.parametrize("version", ["1.3", "1.8", "2.0", ""])
def test_other_versions_are_refused(version: str) -> None:
    with pytest.raises(VexError, match=f"CycloneDX '{version}', which is not known"):
        statements(analysed(), specVersion=version)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"analysis": {"state": "unaffected"}}, "Invalid enum value", id="a new state"),
        pytest.param({"analysis": {"state": "RESOLVED"}}, "Invalid enum value", id="capitals"),
        pytest.param({"analysis": {"State": "resolved"}}, "unknown field", id="a misspelt key"),
        pytest.param({"analysis": "resolved"}, "analysis", id="a text for an analysis"),
        pytest.param({"id": ""}, "without an id", id="no id"),
        pytest.param({"id": 1}, "id", id="a number for an id"),
        pytest.param({"affects": [{}]}, "`ref`", id="no ref"),
        pytest.param({"affects": [{"ref": ""}]}, "ref", id="an empty ref"),
        pytest.param(
            {"affects": [{"ref": LIB, "version": "1"}]}, "unknown field", id="a misspelt version"
        ),
        pytest.param(
            {"analysis": {"state": "resolved", "lastUpdated": "now"}}, "RFC 3339", id="a bad time"
        ),
    ],
)
def test_malformed_vulnerabilities(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(VexError, match=reason):
        one(**changed)


@pytest.mark.parametrize("key", ["specVersion", "vulnerabilities"])
def test_what_every_document_has(key: str) -> None:
    with pytest.raises(VexError, match=f"is malformed: .*`{key}`"):
        statements(analysed(), **{key: None})


def test_a_bom_ref_of_two_components_is_refused() -> None:
    twice = [component(**{"bom-ref": "lib", "purl": LIB}), component(**{"bom-ref": "lib"})]
    with pytest.raises(VexError, match="the bom-ref 'lib' for two components"):
        statements(analysed(), components=twice)


def test_a_component_may_be_listed_twice() -> None:
    twice = [component(**{"bom-ref": "lib", "purl": LIB})] * 2
    assert len(statements(analysed(), components=twice)) == 1


def test_components_may_have_no_bom_ref() -> None:
    nameless = [component(purl=LIB), component(purl="pkg:npm/x@1")]
    assert len(statements(analysed(), components=nameless)) == 1
