"""JSON Schemas for editors: of a policy file, and of the cases kept beside it.

They come from the types that read the files, which refuse more than a schema can say.
"""

import msgspec

from scangate.policy.schema import PolicyFile
from scangate.policy.schema.cases import CaseFile

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a policy file."""
    return _named("policy", PolicyFile)


def case_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a file of cases."""
    return _named("test", CaseFile)


def named(name: str, schema: dict[str, object]) -> dict[str, object]:
    """Give a schema what editors know it by; what it says of itself stays."""
    beginning = {"$schema": _DRAFT, "$id": f"urn:scangate:schema:1:{name}"}
    return {**beginning, "title": f"scangate {name}", **schema}


def _named(name: str, kind: type[object]) -> dict[str, object]:
    return named(name, msgspec.json.schema(kind))
