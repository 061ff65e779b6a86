"""The control address for tests and demos. It is part of the local service only; AWS has nothing like it.

``GET /_local/ready``      200 once requests are served.
``GET /_local/calls``      ``{"calls": [...]}``, see `journal.Entry`. Cognito operations only. ``DELETE`` forgets them.
``POST /_local/faults``    ``{"operation": "AdminCreateUser", "pool_id": "...", "kind": "hold_after", "times": 1}``.
                           `pool_id` may be left out (any pool), `times` too (1). Kinds:

    hold_before   parks the request before anything is applied. When released it goes on, unless its caller has gone
                  away: then it is not applied (journal status 499).
    hold_after    parks it once the change is committed and its letters are sent, before the answer goes out.
    drop_after    commits, then closes the connection without an answer.
    throttle      answers TooManyRequestsException, HTTP 400; nothing is applied.
    error_500     answers InternalErrorException, HTTP 500; nothing is applied.

                  The two "after" kinds meet only calls that succeed. A parked request whose caller goes away ends by
                  itself, so ``parked`` goes down without a release.
``GET /_local/faults``     ``{"faults": [{..., "remaining", "parked"}], "parked": n}``: wait for `parked`.
``DELETE /_local/faults``  forgets all faults and releases what is parked.
``POST /_local/clock``     ``{"advance": seconds}`` moves lockouts, sessions, codes and token lifetimes on; answers
                           ``{"advanced": total}``. SRP time stamps and TOTP codes follow real time.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cognito.clock import Clock
from local.cognito.faults import Faults
from local.cognito.journal import Journal


class Control:
    """The control address over the parts it controls."""

    def __init__(self, clock: Clock, faults: Faults, journal: Journal) -> None:
        self._clock = clock
        self._faults = faults
        self._journal = journal

    def routes(self) -> list[Route]:
        """Routes under /_local."""
        return [
            Route("/_local/ready", self._ready, methods=["GET"]),
            Route("/_local/calls", self._calls, methods=["GET", "DELETE"]),
            Route("/_local/faults", self._fault_orders, methods=["GET", "POST", "DELETE"]),
            Route("/_local/clock", self._move_clock, methods=["POST"]),
        ]

    async def _ready(self, request: Request) -> Response:
        return JSONResponse({"ready": True})

    async def _calls(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._journal.clear()
        return JSONResponse({"calls": self._journal.shown()})

    async def _fault_orders(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._faults.clear()
        if request.method == "POST":
            body = await request.json()
            try:
                times = int(body.get("times", 1))
                self._faults.add(str(body["operation"]), body.get("pool_id"), str(body["kind"]), times)
            except (KeyError, ValueError) as error:
                return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse(self._faults.shown())

    async def _move_clock(self, request: Request) -> Response:
        body = await request.json()
        try:
            return JSONResponse({"advanced": self._clock.advance(float(body["advance"]))})
        except (KeyError, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
