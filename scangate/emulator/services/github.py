"""ID tokens of GitHub Actions (docs.github.com, "OpenID Connect reference"). Another's API."""

from urllib.parse import parse_qsl

from scangate.emulator.call import Call
from scangate.emulator.identities import GitHubJob
from scangate.emulator.identities_reader import GITHUB
from scangate.emulator.moments import SECOND
from scangate.emulator.refusals import Code, StatusError
from scangate.emulator.signed import issue_id_token
from scangate.emulator.wire import Json

_LIFE = 300


def issue_job_token(call: Call) -> Json:
    """GET /actions/idtoken?audience=…: what ACTIONS_ID_TOKEN_REQUEST_URL names."""
    job = call.view.world.identities.github
    if job is None:
        raise StatusError(Code.PERMISSION_DENIED, "The job has no permission id-token: write")
    scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token != job.token:
        raise StatusError(Code.UNAUTHENTICATED, "The request token is invalid")
    owner = job.repository.partition("/")[0]
    asked = dict(parse_qsl(call.request.query)).get("audience")
    value = issue_id_token(_claims(job, asked or f"https://github.com/{owner}", call.view.now))
    return {"count": len(value), "value": value}


def _claims(job: GitHubJob, audience: str, now: int) -> dict[str, object]:
    seconds = now // SECOND
    return {
        "iss": GITHUB,
        "aud": audience,
        "sub": f"repo:{job.repository}:ref:{job.ref}",
        "repository": job.repository,
        "ref": job.ref,
        "iat": seconds,
        "exp": seconds + _LIFE,
    }
