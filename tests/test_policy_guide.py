"""Every policy that the documents show can be used."""

import re
from pathlib import Path

import pytest

from scangate.cli.shelves import BuiltIns
from scangate.feeds import read_epss, read_kev
from scangate.policy.effective import Feeds
from scangate.policy.load import load
from scangate.policy.shelf import LooseText, Shelf

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
POLICIES = [text for text in BLOCKS if "version:" in text]
KEV = b"""{
  "catalogVersion": "2026.11.20", "dateReleased": "2026-11-20T15:00:00.0000Z", "count": 1,
  "vulnerabilities": [{"cveID": "CVE-2021-44228"}]
}"""
EPSS = b"""#model_version:v1,score_date:2026-11-20T00:00:00Z
cve,epss,percentile
CVE-2021-0001,0.5,0.5
"""


class Beside(LooseText, frozen=True):
    """A policy with the feeds of the guide beside it, and no VEX documents yet."""

    def read(self, path: str, *, limit: int) -> bytes:
        return {"kev": KEV, "epss": EPSS}.get(path) or super().read(path, limit=limit)

    def beside(self, path: str, named: str) -> str:
        return "kev" if named.endswith(".json") else "epss"

    def matching(self, path: str, pattern: str) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize("text", POLICIES, ids=range(len(POLICIES)))
def test_a_policy_of_the_guide(text: str) -> None:
    shelf: Shelf = Beside(source="scangate.yaml", data=text.encode())
    policy = load("scangate.yaml", shelf=shelf, builtins=BuiltIns.of_this_version(), name="guide")

    assert policy.terms.can_fail


def test_the_guide_has_policies_and_good_feeds() -> None:
    assert len(POLICIES) >= 9
    feeds = Feeds(kev=read_kev(KEV, file="kev"), epss=read_epss(EPSS, file="epss"))
    assert feeds.named == {"kev", "epss"}
