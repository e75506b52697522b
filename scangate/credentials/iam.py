"""IAM tokens for a proof of identity: a signed JWT, or an OAuth token.

POST /iam/v1/tokens (yandex/cloud/iam/v1/iam_token_service.proto), which asks for no token.
"""

from collections.abc import Callable, Mapping

import msgspec

from scangate.credentials.answers import asking, issued_token, read_answer
from scangate.credentials.source import Found, Given
from scangate.instant import Instant
from scangate.transport import Transport


class _Answer(msgspec.Struct, rename="camel"):
    """CreateIamTokenResponse."""

    iam_token: str
    expires_at: str = ""


def issue(
    given: Given,
    proof: Mapping[str, str],
    *,
    source: str,
    hint: str,
    again: Callable[[], Found],
) -> Found:
    """Return the token that IAM issues for the proof, a field of CreateIamTokenRequest.

    `hint` is what to do when IAM refuses. Raises Unauthenticated then, else Unavailable.
    """
    transport = given.bounded(given.limits.request)
    body = msgspec.json.encode(proof)
    with asking(source, hint=hint):
        answer = transport.post(
            f"{given.where.iam}/iam/v1/tokens", body, headers={"Content-Type": "application/json"}
        )
    issued = read_answer(answer, _Answer, source=source)
    return Found(
        source,
        issued_token(issued.iam_token, source=source),
        expires=by_this_clock(issued.expires_at, given, transport),
        again=again,
    )


def by_this_clock(told: str, given: Given, transport: Transport) -> Instant | None:
    """Return when a token runs out, by this machine's clock, which may be wrong.

    None when it was not told readably: the token is good nevertheless, and a 401 renews it.
    """
    try:
        expires = Instant.parse(told)
    except ValueError:
        return None
    now = given.clock.now()
    return now.plus(expires.since(transport.served_at() or now))
