"""Whole feeds, and what is made of them."""

import gzip
import json
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"

KEV = (_DATA / "kev.json").read_bytes()
EPSS = (_DATA / "epss.csv").read_bytes()
COMMENT, COLUMNS, *ROWS = EPSS.decode().splitlines()
ROW = "CVE-2021-44228,0.9,0.99"


def packed(data: bytes) -> bytes:
    """Pack as publishers do."""
    return gzip.compress(data, mtime=0)


def kev(**changes: Any) -> bytes:
    """Return the catalog with other values; None takes the key away."""
    catalog = json.loads(KEV) | changes
    return json.dumps({key: value for key, value in catalog.items() if value is not None}).encode()


def listing(*entries: Any) -> bytes:
    """Return a catalog of these entries and their number."""
    return kev(count=len(entries), vulnerabilities=list(entries))


def epss(*rows: str, comment: str = COMMENT, columns: str = COLUMNS) -> bytes:
    """Return scores of these rows, every line with its end."""
    return "".join(f"{line}\n" for line in (comment, columns, *rows)).encode()
