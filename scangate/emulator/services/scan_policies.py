"""ScanPolicyService: Get and GetByRegistry (scan_policy_service.proto)."""

from scangate.emulator.behaviour import NoPolicy
from scangate.emulator.call import Call
from scangate.emulator.refusals import invalid, missing
from scangate.emulator.services.registries import registry_by_id
from scangate.emulator.wire import Json


def get_scan_policy(call: Call) -> Json:
    """GET /scanPolicies/{scanPolicyId}."""
    identity = call.identity("scanPolicyId")
    for registry in call.view.world.registries:
        policy = registry.scan_policy
        if policy is not None and policy.id == identity:
            return call.wire.scan_policy(policy, registry)
    raise missing("ScanPolicy", identity)


def get_scan_policy_by_registry(call: Call) -> Json:
    """GET /scanPolicies/{registryId}:byRegistry."""
    registry = registry_by_id(call)
    if registry.scan_policy is not None:
        return call.wire.scan_policy(registry.scan_policy, registry)
    if call.view.world.behaviour.no_scan_policy is NoPolicy.BAD_REQUEST:
        raise invalid("Scan policy not found for registry")
    raise missing("ScanPolicy for registry", registry.id)
