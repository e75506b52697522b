"""Whether a push starts a scan: what a registry's scan policy covers, and what to do if it doesn't.

yandex/cloud/cloudregistry/v1/scan_policy.proto: a rule names paths. How they are written (`*`, a
folder, with the registry's ID) is not documented, so every way is taken; to wait for a scan that
never comes is the harmless mistake.
"""

from scangate.model import Image, PushScan
from scangate.registries.cloud_registry.wire import ScanPolicy

_SCAN_NOW = "start a scan with --scan if-missing (scans are billed)"


def without_policy(registry_id: str) -> PushScan:
    """A registry without a scan policy scans nothing by itself."""
    command = f"yc cloud-registry registry scan-policy create --registry-id {registry_id} …"
    return PushScan(
        covered=False,
        why=f"registry {registry_id} has no scan policy, so a push starts no scan",
        remedy=f"{_SCAN_NOW}, or let every push be scanned: {command}",
    )


def of_policy(policy: ScanPolicy, image: Image) -> PushScan:
    """Tell whether a scan policy covers a push to the image's repository."""
    registry_id, _, path = image.name.partition("/")
    rule = policy.rules.push_rule
    if policy.disabled or rule is None or rule.disabled:
        return _not_covered(f"the scan policy of registry {registry_id} does not scan on push")
    paths = rule.paths or ("*",)
    if any(_covers(each, name) for each in paths for name in (path, image.name)):
        return PushScan(covered=True)
    return _not_covered(f"the scan policy of registry {registry_id} does not cover {path}")


def _not_covered(why: str) -> PushScan:
    change = "yc cloud-registry registry scan-policy update"
    return PushScan(covered=False, why=why, remedy=f"{_SCAN_NOW}, or change it: {change}")


def _covers(path: str, name: str) -> bool:
    whole = path.strip("/")
    node = whole.removesuffix("/*")
    return whole == "*" or name == node or name.startswith(f"{node}/")
