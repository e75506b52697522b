"""The exchange of ID tokens (RFC 8693; docs, iam/operations/wlif/setup-wlif)."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from scangate.emulator.call import Call
from scangate.emulator.messages import Reply
from scangate.emulator.moments import SECOND
from scangate.emulator.signed import read_id_token
from scangate.emulator.wire import Json

_FIXED = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
}
_FORM = "application/x-www-form-urlencoded"


def exchange_token(call: Call) -> Json | Reply:
    """POST /oauth/token: a token for the CI system's word about a job."""
    form = dict(parse_qsl(call.request.body.decode(errors="replace")))
    if call.request.headers.get("content-type", "").partition(";")[0] != _FORM:
        return _refuse("invalid_request", f"the body must be {_FORM}")
    for name, value in _FIXED.items():
        if form.get(name) != value:
            return _refuse("invalid_request", f"{name} must be {value}")
    claims = read_id_token(form.get("subject_token", ""))
    if claims is None:
        return _refuse("invalid_grant", "the subject token's signature is wrong")
    if not _is_valid(claims, now=call.view.now // SECOND):
        return _refuse("invalid_grant", "the subject token has expired")
    if not _is_federated(call, form.get("audience", ""), claims):
        return _refuse("invalid_grant", "no federated credential matches the subject token")
    token = call.issue(form["audience"])
    life = call.view.world.identities.life // SECOND
    return {"access_token": token.sign(), "token_type": "Bearer", "expires_in": life}


def _is_valid(claims: Mapping[str, object], *, now: int) -> bool:
    expires = claims.get("exp")
    return isinstance(expires, int) and now < expires


def _is_federated(call: Call, account: str, claims: Mapping[str, object]) -> bool:
    named = (account, claims.get("iss"), claims.get("aud"), claims.get("sub"))
    return any(
        named == (each.account, each.issuer, each.audience, each.subject)
        for each in call.view.world.identities.federated
    )


def _refuse(error: str, description: str) -> Reply:
    body = json.dumps({"error": error, "error_description": description}).encode()
    return Reply(status=400, headers={"Content-Type": "application/json"}, body=body)
