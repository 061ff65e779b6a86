"""The AWS JSON 1.1 endpoint: one request, its faults, its answer, its journal entry."""

import asyncio
import json
import uuid
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local.cognito.caller import Scope, find_caller, read_scope
from local.cognito.connections import Connections
from local.cognito.dispatch import Caller, Service
from local.cognito.errors import ServiceError
from local.cognito.fault_orders import AFTER, BEFORE, PAGES
from local.cognito.faults import Fault, Faults, park
from local.cognito.functions import with_functions
from local.cognito.identify import Subject, subject_of
from local.cognito.journal import Entry, Journal
from local.cognito.model import Doc, find_operation
from local.cognito.quotas import Place, Quotas
from local.cognito.visibility import Visibility

_NO_ANSWER = 499
_REFUSALS = {
    "throttle": ServiceError("TooManyRequestsException", "Rate exceeded"),
    "error_500": ServiceError("InternalErrorException", "Ordered by a test.", status=500),
    "truncate_list": ServiceError("InternalErrorException", "Ordered by a test.", status=500),
    "conflict": ServiceError("ConcurrentModificationException", "Ordered by a test."),
    "access_denied": ServiceError("AccessDeniedException", "User is not authorized to perform this action."),
}


@dataclass(frozen=True)
class Watch:
    """What looks at every call, and what tests control: faults, hidden resources, quotas, the journal."""

    faults: Faults
    visibility: Visibility
    quotas: Quotas
    journal: Journal


@dataclass(frozen=True)
class _Arrival:
    """One call: the request and what it says."""

    request: Request
    params: Doc
    caller: Caller
    entry: Entry
    gone: "asyncio.Task[None]"


class CognitoEndpoint:
    """Serves ``X-Amz-Target: AWSCognitoIdentityProviderService.<operation>``."""

    def __init__(self, service: Service, account: str, watch: Watch, connections: Connections) -> None:
        self._service = service
        self._account = account
        self._watch = watch
        self._connections = connections

    async def serve(self, request: Request, operation: str) -> Response:
        """Answer one call."""
        try:
            params = _parse(await request.body())
            scope = read_scope(request.headers.get("authorization"))
            origin = str(request.base_url).rstrip("/")
            caller, subject = self._identify(scope, params, origin)
        except ServiceError as error:
            return _error_response(error)
        now = self._service.clock.now()
        entry = self._watch.journal.begin(operation, subject.pool_id, subject.name, caller.account, now)
        arrival = _Arrival(request, params, caller, entry, asyncio.create_task(_disconnected(request)))
        try:
            if find_operation(operation) is not None:
                self._watch.quotas.admit(operation, params, _place(caller, subject))
            return await self._serve(arrival)
        except ServiceError as error:
            entry.status, entry.error, entry.applied = error.status, error.code, error.keep_changes
            return _error_response(error)
        finally:
            arrival.gone.cancel()

    def _identify(self, scope: Scope | None, params: Doc, origin: str) -> tuple[Caller, Subject]:
        store = self._service.store
        caller = find_caller(store, self._service.clock, self._account, scope)
        return replace(caller, origin=origin), subject_of(store, params)

    async def _serve(self, arrival: _Arrival) -> Response:
        entry, params = arrival.entry, arrival.params
        before = self._take(BEFORE, arrival)
        if before is not None:
            if before.order.kind in _REFUSALS:
                raise _REFUSALS[before.order.kind]
            if before.order.kind == "timeout_before":
                return await self._hang_up(arrival)
            if before.order.kind == "hold_before" and not await park(before, arrival.gone):
                entry.status = _NO_ANSWER
                return Response(status_code=_NO_ANSWER)
        self._watch.visibility.check(entry.operation, entry.pool_id, params)
        # Requests are worked off one after the other in any case, and a thread for each would cost more than the work.
        most_items = None if before is None else PAGES.get(before.order.kind)
        answer, letters = await with_functions(
            lambda answers: self._service.execute(entry.operation, params, arrival.caller, most_items, answers)
        )
        if letters:
            await run_in_threadpool(self._service.send, letters)
        entry.status, entry.applied = 200, True
        after = self._take(AFTER, arrival)
        if after is not None and after.order.kind == "not_found_after_create":
            calls, seconds = after.order.calls, after.order.seconds
            self._watch.visibility.hide(entry.operation, entry.pool_id, answer, calls=calls, seconds=seconds)
        if after is not None and after.order.kind == "hold_after":
            await park(after, arrival.gone)
        if after is not None and after.order.kind == "timeout_after":
            await self._hang_up(arrival)
        return _response(self._watch.visibility.seen(entry.operation, entry.pool_id, params, answer), 200)

    def _take(self, kinds: tuple[str, ...], arrival: _Arrival) -> Fault | None:
        entry = arrival.entry
        fault = self._watch.faults.take(kinds, entry.operation, entry.pool_id, arrival.params)
        if fault is not None:
            entry.fault = fault.order.kind
        return fault

    async def _hang_up(self, arrival: _Arrival) -> Response:
        """Cut the connection; the answer that is returned goes nowhere."""
        if not arrival.entry.applied:
            arrival.entry.status = _NO_ANSWER
        self._connections.drop(arrival.request)
        await arrival.gone
        return Response(status_code=_NO_ANSWER)


def _place(caller: Caller, subject: Subject) -> Place:
    """Where a call counts: an unsigned one in the account and Region of its pool."""
    if caller.region is not None:
        return Place(caller.account, caller.region, subject.pool_id, subject.user)
    region = (subject.pool_id or "").partition("_")[0]
    return Place(subject.account or caller.account, region, subject.pool_id, subject.user)


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
