"""The address that takes the CSV file of a user import job, in the place of Amazon S3."""

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local.cognito.clock import Clock
from local.cognito.paging import service_secret
from local.cognito.store import Store

_VALID_SECONDS = 15 * 60
_MAX_FILE_BYTES = 100 * 1024 * 1024  # DG:quotas
_PATH = "/user-import"


def upload_url(store: Store, origin: str, job_id: str, created: float) -> str:
    """The pre-signed address of a job that was created at `created`; use inside a transaction."""
    expires = int(created + _VALID_SECONDS)
    return f"{origin}{_PATH}/{job_id}?{urlencode({'expires': expires, 'signature': _sign(store, job_id, expires)})}"


def _sign(store: Store, job_id: str, expires: int) -> str:
    return hmac.digest(service_secret(store), f"upload|{job_id}|{expires}".encode(), hashlib.sha256).hex()


class Uploads:
    """Serves PUT of a CSV file."""

    def __init__(self, store: Store, clock: Clock, accept: Callable[[Store, Clock, str, str], bool]) -> None:
        self._store = store
        self._clock = clock
        self._accept = accept

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route(f"{_PATH}/{{job_id}}", self._put, methods=["PUT"])]

    async def _put(self, request: Request) -> Response:
        job_id, query = str(request.path_params["job_id"]), request.query_params
        expires = int(query.get("expires", "0")) if query.get("expires", "").isdecimal() else 0
        expected = await run_in_threadpool(self._expected, job_id, expires)
        signed = hmac.compare_digest(query.get("signature", "").encode(), expected.encode())
        # The header is part of what AWS signs (DG:cognito-user-pools-using-import-tool).
        encrypted = request.headers.get("x-amz-server-side-encryption") == "aws:kms"
        if not signed or not encrypted or expires < self._clock.now():
            return PlainTextResponse("AccessDenied", 403)
        body = await request.body()
        if len(body) > _MAX_FILE_BYTES:
            return PlainTextResponse("EntityTooLarge", 400)
        text = body.decode("utf-8-sig", errors="replace")
        taken = await run_in_threadpool(self._accept, self._store, self._clock, job_id, text)
        return PlainTextResponse("", 200 if taken else 404)

    def _expected(self, job_id: str, expires: int) -> str:
        with self._store.transaction():
            return _sign(self._store, job_id, expires)
