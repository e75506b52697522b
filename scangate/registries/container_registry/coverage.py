"""Whether a push starts a scan: what a registry's scan policy covers, and what to do if it doesn't.

yandex/cloud/containerregistry/v1/scan_policy.proto: a rule names repositories, `*` is every one,
and those below a repository are included. Whether names begin with the registry's ID is not
documented, so both are taken; to wait for a scan that never comes is the harmless mistake.
"""

from scangate.model import Image, PushScan
from scangate.registries.container_registry.wire import ScanPolicyMessage

_SCAN_NOW = "start a scan with --scan if-missing (scans are billed)"


def without_policy(registry_id: str, *, root: str) -> PushScan:
    """A registry without a scan policy scans nothing by itself."""
    rule = '{"pushRule": {"repositoryPrefixes": ["*"]}}'
    body = f'{{"registryId": "{registry_id}", "name": "scan-on-push", "rules": {rule}}}'
    command = (
        f"curl -X POST {root}/scanPolicies "
        f"-H \"Authorization: Bearer $(yc iam create-token)\" -d '{body}'"
    )
    return PushScan(
        covered=False,
        why=f"registry {registry_id} has no scan policy, so a push starts no scan",
        remedy=f"{_SCAN_NOW}, or let every push be scanned: {command}",
    )


def of_policy(policy: ScanPolicyMessage, image: Image) -> PushScan:
    """Tell whether a scan policy covers a push to the image's repository."""
    registry_id, _, path = image.name.partition("/")
    rule = policy.rules.push_rule
    if policy.disabled or rule is None or rule.disabled:
        why = f"the scan policy of registry {registry_id} does not scan on push"
        return _not_covered(why)
    prefixes = rule.repository_prefixes or ("*",)
    if any(_covers(prefix, name) for prefix in prefixes for name in (path, image.name)):
        return PushScan(covered=True)
    return _not_covered(f"the scan policy of registry {registry_id} does not cover {path}")


def _not_covered(why: str) -> PushScan:
    where = "the registry's page in the console, tab Vulnerability scanner, on push"
    return PushScan(covered=False, why=why, remedy=f"{_SCAN_NOW}, or change it: {where}")


def _covers(prefix: str, name: str) -> bool:
    node = prefix.rstrip("/")
    return node == "*" or name == node or name.startswith(f"{node}/")
