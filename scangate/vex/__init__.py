"""VEX documents: what an author says of vulnerabilities in products. Pure.

`read` makes statements of a document, `applicable` says which of them are about one image; what
that says of a finding is up to the policy. Read are OpenVEX (github.com/openvex/spec) and
CycloneDX (github.com/CycloneDX/specification), both as JSON. Who wrote a document is not checked:
a document counts because somebody put it where the policy looks.
"""

from scangate.vex.applicable import Applicable, applicable
from scangate.vex.document import MAX_BYTES, VexError
from scangate.vex.read import read
from scangate.vex.statement import Statement, Status

__all__ = [
    "MAX_BYTES",
    "Applicable",
    "Statement",
    "Status",
    "VexError",
    "applicable",
    "read",
]
