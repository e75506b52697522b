"""OpenVEX, versions 0.0.1 to 0.2.0.

Shapes: openvex/spec, OPENVEX-SPEC.md and openvex_json_schema.json; those of 0.0.1, with plain texts
for vulnerabilities and products and with subcomponents of the whole statement, are in
openvex/go-vex, pkg/vex/compat.go. As the schema says, statements have no other keys: a misspelt
`subcomponents` would widen one to the whole product. Documents may, as some in use do.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from scangate.vex.document import Document
from scangate.vex.names import is_purl, narrowest, of_hash
from scangate.vex.statement import Statement, Status

_CONTEXT = re.compile(r"https://openvex\.dev/ns(?:/v0\.[0-2]\.[0-9]{1,3})?/?")
_NAMESPACE = "https://openvex.dev/ns"

_Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys that are not read are named, and are objects of any kind."""


class _Vulnerability(_Strict, frozen=True):
    name: _Text
    aliases: tuple[_Text, ...] = ()
    id: object = msgspec.field(name="@id", default=None)
    description: object = None


class _Component(_Strict, frozen=True):
    id: str = msgspec.field(name="@id", default="")
    identifiers: dict[str, str] = msgspec.field(default_factory=dict)
    hashes: dict[str, str] = msgspec.field(default_factory=dict)
    supplier: object = None

    @property
    def names(self) -> tuple[str, ...]:
        """What says most exactly which component it is; empty if nothing says it."""
        hashes = (of_hash(algorithm, value) for algorithm, value in self.hashes.items())
        return narrowest((self.id, *self.identifiers.values(), *hashes))


class _Product(_Component, frozen=True):
    subcomponents: tuple[str | _Component, ...] = ()


_Justification = Literal[
    "",
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
]
"""The labels of the specification; another word would look like a reason."""


class _Statement(_Strict, frozen=True):
    vulnerability: _Text | _Vulnerability
    status: Status
    products: tuple[str | _Product, ...] = ()
    subcomponents: tuple[str | _Component, ...] = ()
    justification: _Justification = ""
    impact_statement: str = ""
    status_notes: str = ""
    timestamp: str = ""
    last_updated: str = ""
    id: object = msgspec.field(name="@id", default=None)
    version: object = None
    supplier: object = None
    vuln_description: object = None
    action_statement: object = None
    action_statement_timestamp: object = None


class _Document(msgspec.Struct, frozen=True):
    """`timestamp` is required by the specification, and missing in documents that are in use."""

    id: _Text = msgspec.field(name="@id")
    author: _Text
    statements: tuple[_Statement, ...]
    timestamp: str = ""
    last_updated: str = ""


def recognises(document: Document) -> bool:
    """Whether the document says that it is OpenVEX."""
    context = document.value.get("@context")
    return isinstance(context, str) and context.startswith(_NAMESPACE)


def read(document: Document) -> tuple[Statement, ...]:
    """Read every statement, one for each product. Raises VexError."""
    context = str(document.value["@context"])
    if not _CONTEXT.fullmatch(context):
        raise document.refused(f"is of a version of OpenVEX that is not known: {context[:60]!r}")
    whole = document.read(_Document)
    return tuple(
        each for statement in whole.statements for each in _statements(document, whole, statement)
    )


def _statements(document: Document, whole: _Document, statement: _Statement) -> Iterator[Statement]:
    plain = Statement(
        vulnerabilities=_vulnerabilities(statement.vulnerability),
        products=(),
        status=statement.status,
        justification=statement.justification,
        impact=statement.impact_statement,
        notes=statement.status_notes,
        time=document.time(
            statement.timestamp, statement.last_updated, whole.timestamp, whole.last_updated
        ),
        file=document.file,
    )
    if not statement.products:
        yield plain
    for product in map(_product, statement.products):
        parts = product.subcomponents or statement.subcomponents
        yield msgspec.structs.replace(
            plain,
            products=_named(document, product),
            packages=tuple(name for part in parts for name in _packages(document, part)),
        )


def _vulnerabilities(told: str | _Vulnerability) -> tuple[str, ...]:
    if isinstance(told, str):
        return (told,)
    return tuple(dict.fromkeys((told.name, *told.aliases)))


def _product(told: str | _Product) -> _Product:
    return _Product(id=told) if isinstance(told, str) else told


def _packages(document: Document, told: str | _Component) -> tuple[str, ...]:
    """A purl says of which kind the package is, which its bare name beside it does not."""
    names = _named(document, _Component(id=told) if isinstance(told, str) else told)
    return tuple(filter(is_purl, names)) or names


def _named(document: Document, component: _Component) -> tuple[str, ...]:
    """Left out, a part without a name would leave the whole product."""
    names = component.names
    if not names:
        raise document.refused("has a product or subcomponent without a name")
    return names
