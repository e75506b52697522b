"""IamTokenService: Create (yandex/cloud/iam/v1/iam_token_service.proto). Another host's API."""

import json

from scangate.emulator.call import Call
from scangate.emulator.moments import write_timestamp
from scangate.emulator.proof import proven_account
from scangate.emulator.query import check_length
from scangate.emulator.refusals import Code, StatusError, invalid
from scangate.emulator.wire import Json

# The lengths that the proto allows
_PROOFS = {"jwt": 8000, "yandexPassportOauthToken": 4000}


def create_token(call: Call) -> Json:
    """POST /iam/v1/tokens: a token for a JWT or an OAuth token."""
    name, proof = _proof(call.request.body)
    identities = call.view.world.identities
    if name == "jwt":
        account = proven_account(proof, identities, now=call.view.now)
    elif proof in identities.oauth:
        account = "the-user"
    else:
        raise StatusError(Code.UNAUTHENTICATED, "OAuth token is invalid or expired")
    token = call.issue(account)
    return {"iamToken": token.sign(), "expiresAt": write_timestamp(token.expires)}


def _proof(body: bytes) -> tuple[str, str]:
    try:
        request = json.loads(body)
    except ValueError as error:
        raise invalid("the body is not JSON") from error
    if not isinstance(request, dict) or len(request) != 1 or not request.keys() <= _PROOFS.keys():
        raise invalid(f"the body must be an object with one of {', '.join(_PROOFS)}")
    name, proof = next(iter(request.items()))
    if not isinstance(proof, str) or not proof:
        raise invalid(f"{name}: is required")
    check_length(name, proof, longest=_PROOFS[name])
    return name, proof
