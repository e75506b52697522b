"""Which format a VEX document is in."""

from scangate.vex import cyclonedx, openvex
from scangate.vex.document import Document, decode
from scangate.vex.statement import Statement

_HINTS = {
    "payload": "it is a signed envelope: verify the signature, then give what is in its payload",
    "predicate": "it is an attestation: verify it, then give its predicate alone",
    "document": "CSAF is not read; give OpenVEX or CycloneDX",
    "runs": "it is a SARIF report, which is no VEX document",
}
"""What else people take for a VEX document, by a key that it has."""


def read(data: bytes, *, file: str) -> tuple[Statement, ...]:
    """Read every statement of an OpenVEX or CycloneDX document.

    Raises VexError for what is neither, is malformed, or has a status that its format does not
    know: read as none, such a word could have been the one that says "affected".
    """
    document = decode(data, file=file)
    is_openvex = openvex.recognises(document)
    if is_openvex and cyclonedx.recognises(document):
        raise document.refused("says that it is both OpenVEX and CycloneDX")
    if is_openvex:
        return openvex.read(document)
    if cyclonedx.recognises(document):
        return cyclonedx.read(document)
    raise document.refused(
        "is neither OpenVEX (@context https://openvex.dev/ns) nor CycloneDX (bomFormat CycloneDX)",
        hint=_hint(document),
    )


def _hint(document: Document) -> str:
    return next((hint for key, hint in _HINTS.items() if key in document.value), "")
