"""What a user would write with `requests` to gate an image on its counts.

usage: with_requests.py URL REPOSITORY TAG
"""

import os
import sys
from typing import Any

import requests

url, repository, tag = sys.argv[1:]
session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['YC_IAM_TOKEN']}"


def ask(path: str, **query: str | int) -> Any:  # noqa: ANN401 - it is JSON
    """Return an answer."""
    answer = session.get(f"{url}/container-registry/v1/{path}", params=query, timeout=30)
    answer.raise_for_status()
    return answer.json()


images = ask("images", repositoryName=repository, pageSize=1000)["images"]
image = next(each for each in images if tag in each["tags"])
scans = ask("scans", imageId=image["id"], pageSize=1000)["scanResults"]
ready = max((s for s in scans if s["status"] == "READY"), key=lambda scan: scan["scannedAt"])
counts = ready["vulnerabilities"]
sys.exit(int(counts.get("critical", 0)) > 0 or int(counts.get("high", 0)) > 5)
