"""The metadata service of a machine (docs, compute/operations/vm-connect/auth-inside-vm)."""

from scangate.emulator.call import Call
from scangate.emulator.moments import SECOND
from scangate.emulator.refusals import Code, StatusError, missing
from scangate.emulator.wire import Json


def get_machine_token(call: Call) -> Json:
    """GET /computeMetadata/v1/instance/service-accounts/default/token."""
    # Without the header the request may be one that a web page made the machine send
    if call.request.headers.get("metadata-flavor") != "Google":
        raise StatusError(Code.PERMISSION_DENIED, "Missing Metadata-Flavor:Google header")
    identities = call.view.world.identities
    if identities.machine is None:
        raise missing("Service account", "default")
    token = call.issue(identities.machine)
    life = identities.life // SECOND
    return {"access_token": token.sign(), "expires_in": life, "token_type": "Bearer"}
