"""OperationService: Get (yandex/cloud/operation/operation_service.proto). Another host's API."""

from scangate.emulator.call import Call
from scangate.emulator.cloud_wire import CloudWire
from scangate.emulator.refusals import missing
from scangate.emulator.wire import Json
from scangate.emulator.world import CLOUD_REGISTRY


def get_operation(call: Call) -> Json:
    """GET /operations/{operationId}."""
    identity = call.identity("operationId")
    for started in call.view.started_scans:
        if started.operation_id == identity:
            cloud = started.api == CLOUD_REGISTRY
            return (CloudWire(call.view) if cloud else call.wire).operation(started)
    raise missing("Operation", identity)
