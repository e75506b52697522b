"""OperationService: Get (yandex/cloud/operation/operation_service.proto). Another host's API."""

from scangate.emulator.call import Call
from scangate.emulator.refusals import missing
from scangate.emulator.wire import Json


def get_operation(call: Call) -> Json:
    """GET /operations/{operationId}."""
    identity = call.identity("operationId")
    for started in call.view.started_scans:
        if started.operation_id == identity:
            return call.wire.operation(started)
    raise missing("Operation", identity)
