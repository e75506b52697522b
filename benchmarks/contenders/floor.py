"""The least that gating an image takes: two requests on one connection, with what Python has.

usage: floor.py URL REPOSITORY TAG CA
"""

import http.client
import json
import os
import ssl
import sys
import urllib.parse
from typing import Any

url, repository, tag, authority = sys.argv[1:]
host = urllib.parse.urlsplit(url).netloc
context = ssl.create_default_context(cafile=authority)
connection = http.client.HTTPSConnection(host, context=context, timeout=30)
headers = {"Authorization": f"Bearer {os.environ['YC_IAM_TOKEN']}"}


def ask(path: str, **query: str | int) -> Any:  # noqa: ANN401 - it is JSON
    """Return an answer."""
    target = f"/container-registry/v1/{path}?{urllib.parse.urlencode(query)}"
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status}")
    return json.loads(body)


images = ask("images", repositoryName=repository, pageSize=1000)["images"]
image = next(each for each in images if tag in each["tags"])
scans = ask("scans", imageId=image["id"], pageSize=1000)["scanResults"]
ready = max((s for s in scans if s["status"] == "READY"), key=lambda scan: scan["scannedAt"])
counts = ready["vulnerabilities"]
sys.exit(int(counts.get("critical", 0)) > 0 or int(counts.get("high", 0)) > 5)
