"""CycloneDX VEX, versions 1.4 to 1.7: a BOM that says what vulnerabilities are to its components.

Shapes: CycloneDX/specification, schema/bom-1.6.schema.json, `vulnerability`, whose parts that are
read are the same in all of these. An analysis has no other keys there, and so here.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec

from scangate.model import Value
from scangate.vex.document import Document
from scangate.vex.names import is_image, is_purl, parse
from scangate.vex.statement import Statement, Status

_VERSIONS = {"1.4", "1.5", "1.6", "1.7"}
_BOM_LINK = "urn:cdx:"

_STATES = {
    "not_affected": Status.NOT_AFFECTED,
    "false_positive": Status.NOT_AFFECTED,
    "resolved": Status.FIXED,
    "resolved_with_pedigree": Status.FIXED,
    "exploitable": Status.AFFECTED,
    "in_triage": Status.UNDER_INVESTIGATION,
}
"""What the states of an analysis mean (`impactAnalysisState`)."""

_State = Literal[
    "not_affected",
    "false_positive",
    "resolved",
    "resolved_with_pedigree",
    "exploitable",
    "in_triage",
]
_Text = Annotated[str, msgspec.Meta(min_length=1)]


_Justification = Literal[
    "",
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
]
"""The labels of the schema (impactAnalysisJustification); another word is no reason."""


class _Analysis(msgspec.Struct, rename="camel", frozen=True, forbid_unknown_fields=True):
    state: _State | None = None
    justification: _Justification = ""
    detail: str = ""
    response: object = None
    first_issued: str = ""
    last_updated: str = ""


class _Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: object = None
    range: object = None
    status: object = None


class _Affected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ref: _Text
    versions: tuple[_Version, ...] = ()


class _Reference(msgspec.Struct, frozen=True):
    id: str = ""


class _Vulnerability(msgspec.Struct, frozen=True):
    id: str = ""
    references: tuple[_Reference, ...] = ()
    analysis: _Analysis = _Analysis()
    affects: tuple[_Affected, ...] = ()


class _Component(msgspec.Struct, frozen=True):
    ref: str = msgspec.field(name="bom-ref", default="")
    purl: str = ""
    components: "tuple[_Component, ...]" = ()


class _Metadata(msgspec.Struct, frozen=True):
    timestamp: str = ""
    component: _Component | None = None


class _Bom(msgspec.Struct, rename="camel", frozen=True):
    spec_version: str
    vulnerabilities: tuple[_Vulnerability, ...]
    metadata: _Metadata = _Metadata()
    components: tuple[_Component, ...] = ()


class _Context(Value, frozen=True):
    """What a vulnerability of a BOM refers to: its parts by bom-ref, and what it is the BOM of."""

    document: Document
    timestamp: str
    purls: Mapping[str, str]
    subject: tuple[str, ...]


def recognises(document: Document) -> bool:
    """Whether the document says that it is CycloneDX."""
    return document.value.get("bomFormat") == "CycloneDX"


def read(document: Document) -> tuple[Statement, ...]:
    """Read every statement, one for each component that a vulnerability is said to affect.

    A vulnerability without a state was not analysed, and nothing is said of it. Raises VexError.
    """
    bom = document.read(_Bom)
    if bom.spec_version not in _VERSIONS:
        raise document.refused(f"is CycloneDX {bom.spec_version[:20]!r}, which is not known")
    analysed = [each for each in bom.vulnerabilities if each.analysis.state]
    if bom.vulnerabilities and not analysed:
        raise document.refused("has vulnerabilities, but says of none what it is to the product")
    context = _context(document, bom)
    return tuple(each for told in analysed for each in _statements(context, told))


def _context(document: Document, bom: _Bom) -> _Context:
    subject = bom.metadata.component
    return _Context(
        document=document,
        timestamp=bom.metadata.timestamp,
        purls=_purls(document, [*bom.components, *filter(None, [subject])]),
        subject=(subject.purl,) if subject and subject.purl else (),
    )


def _purls(document: Document, components: list[_Component]) -> Mapping[str, str]:
    """Return what each bom-ref stands for; they are unique within a BOM, or could be read twice."""
    purls: dict[str, str] = {}
    while components:
        component = components.pop()
        components.extend(component.components)
        if component.ref and purls.setdefault(component.ref, component.purl) != component.purl:
            raise document.refused(f"has the bom-ref {component.ref[:60]!r} for two components")
    return purls


def _statements(context: _Context, told: _Vulnerability) -> Iterator[Statement]:
    analysis = told.analysis
    if not told.id or analysis.state is None:
        raise context.document.refused("has a vulnerability with an analysis but without an id")
    plain = Statement(
        vulnerabilities=tuple(
            dict.fromkeys(filter(None, (told.id, *(each.id for each in told.references))))
        ),
        products=(),
        status=_STATES[analysis.state],
        justification=analysis.justification,
        impact=analysis.detail,
        time=context.document.time(analysis.last_updated, analysis.first_issued, context.timestamp),
        file=context.document.file,
    )
    if not told.affects:
        yield plain
    for affected in told.affects:
        yield _of(plain, affected, context)


def _of(plain: Statement, affected: _Affected, context: _Context) -> Statement:
    """Say it of an image, or of a package in the image that the BOM is of."""
    name = _resolved(affected.ref, context)
    if affected.versions and plain.status.harmless and not _is_exact(name):
        # Ranges are not compared here, and without them it would be said of every version
        name = f"some versions of {name}"
    if is_image(name):
        return msgspec.structs.replace(plain, products=(name,))
    return msgspec.structs.replace(plain, products=context.subject, packages=(name,))


def _resolved(ref: str, context: _Context) -> str:
    """Return the purl that is meant, or else a text that is no name of anything.

    A BOM-Link is of another BOM, which is not here; a bom-ref is any text (`refType`), and must
    not be taken for the name of a package.
    """
    if ref.startswith(_BOM_LINK):
        return f"the BOM-Link {ref}"
    purl = context.purls.get(ref) or ref
    return purl if is_purl(purl) else f"the bom-ref {ref}"


def _is_exact(name: str) -> bool:
    purl = parse(name) if is_purl(name) else None
    return purl is not None and bool(purl.version)
