"""The least that reading all findings of a scan takes: each page once, through json.loads.

usage: pages.py HOST:PORT SCAN [FILE]

With FILE it does what a user would write instead of the gate: it judges the findings, and writes
them there.
"""

import http.client
import json
import os
import sys

host, scan, *file = sys.argv[1:]
connection = http.client.HTTPConnection(host, timeout=60)
headers = {"Authorization": f"Bearer {os.environ['YC_IAM_TOKEN']}"}
found, token, rows = 0, "", []
while True:
    query = f"pageSize=1000{f'&pageToken={token}' if token else ''}"
    path = f"/container-registry/v1/scans/{scan}:listVulnerabilities?{query}"
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status}")
    page = json.loads(body)
    found += len(page["vulnerabilities"])
    if file:
        rows += page["vulnerabilities"]
    token = page.get("nextPageToken", "")
    if not token:
        break
print(found)
if file:
    fixable = [
        row for row in rows if row["severity"] == "CRITICAL" and row["package"].get("fixedBy")
    ]
    with open(file[0], "w", encoding="utf-8") as report:  # noqa: PTH123 - pathlib takes time to load
        json.dump({"violating": fixable, "findings": rows}, report, indent=2)
    sys.exit(bool(fixable))
