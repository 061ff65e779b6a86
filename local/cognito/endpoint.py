"""The AWS JSON 1.1 endpoint: one request, its faults, its answer, its journal entry."""

import asyncio
import json
import uuid

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local.cognito.caller import find_caller, read_scope
from local.cognito.connections import Connections
from local.cognito.dispatch import Caller, Service
from local.cognito.errors import ServiceError
from local.cognito.faults import AFTER, BEFORE, Faults, park
from local.cognito.identify import name_key, pool_of
from local.cognito.journal import Entry, Journal
from local.cognito.model import Doc

_CLIENT_GONE = 499


class CognitoEndpoint:
    """Serves ``X-Amz-Target: AWSCognitoIdentityProviderService.<operation>``."""

    def __init__(
        self, service: Service, account: str, faults: Faults, journal: Journal, connections: Connections
    ) -> None:
        self._service = service
        self._account = account
        self._faults = faults
        self._journal = journal
        self._connections = connections

    async def serve(self, request: Request, operation: str) -> Response:
        """Answer one call."""
        try:
            params = _parse(await request.body())
            caller = await run_in_threadpool(self._caller, request)
        except ServiceError as error:
            return _error_response(error)
        pool_id = await run_in_threadpool(pool_of, self._service.store, params)
        now = self._service.clock.now()
        entry = self._journal.begin(operation, pool_id, name_key(params), caller.account, now)
        gone = asyncio.create_task(_disconnected(request))
        try:
            return await self._serve(request, params, caller, entry, gone)
        except ServiceError as error:
            entry.status, entry.error, entry.applied = error.status, error.code, error.keep_changes
            return _error_response(error)
        finally:
            gone.cancel()

    def _caller(self, request: Request) -> Caller:
        scope = read_scope(request.headers.get("authorization"))
        return find_caller(self._service.store, self._service.clock, self._account, scope)

    async def _serve(
        self, request: Request, params: Doc, caller: Caller, entry: Entry, gone: "asyncio.Task[None]"
    ) -> Response:
        before = self._faults.take(BEFORE, entry.operation, entry.pool_id)
        if before is not None and before.kind == "throttle":
            raise ServiceError("TooManyRequestsException", "Rate exceeded")
        if before is not None and before.kind == "error_500":
            raise ServiceError("InternalErrorException", "Ordered by a test.", status=500)
        if before is not None and not await park(before, gone):
            entry.status = _CLIENT_GONE
            return Response(status_code=_CLIENT_GONE)
        answer = await run_in_threadpool(self._service.execute, entry.operation, params, caller)
        entry.status, entry.applied = 200, True
        after = self._faults.take(AFTER, entry.operation, entry.pool_id)
        if after is not None and after.kind == "hold_after":
            await park(after, gone)
        if after is not None and after.kind == "drop_after":
            self._connections.drop(request)
            await gone
        return _response(answer, 200)


def _parse(body: bytes) -> Doc:
    try:
        params = json.loads(body or b"{}")
    except ValueError as error:
        raise ServiceError("SerializationException", "The body is not JSON.") from error
    if not isinstance(params, dict):
        raise ServiceError("SerializationException", "Start of structure or map found where not expected.")
    return params


async def _disconnected(request: Request) -> None:
    """Return once the caller has closed the connection; the body has been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _response(body: Doc, status: int, headers: dict[str, str] | None = None) -> Response:
    extra = {"x-amzn-RequestId": str(uuid.uuid4()), **(headers or {})}
    return Response(json.dumps(body), status, extra, media_type="application/x-amz-json-1.1")


def _error_response(error: ServiceError) -> Response:
    body = {"__type": error.code, "message": error.message}
    return _response(body, error.status, {"x-amzn-errortype": error.code})
