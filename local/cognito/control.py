"""The control address for tests and demos. It is part of the local service only; AWS has nothing like it.

``GET /_local/ready``      200 once requests are served.

``GET /_local/calls``      ``{"calls": [...]}``, see `journal.Entry`: the last Cognito operations, at most 20,000;
                           ``?after=SEQ`` only those behind a sequence number. ``DELETE`` forgets them.
                           ``POST {"keep": n}`` keeps at most n from now on, 0 none (for benchmarks).

``POST /_local/faults``    orders a fault: ``{"operation": "AdminCreateUser", "kind": "hold_after"}``.
    operation       an operation's name, or ``*``, ``reads``, ``writes``.
    pool_id         only calls about this pool; left out: any.
    times           how many of the next matching calls, 1 where it is left out; or
    probability     of each matching call, with a ``seed``: the same seed picks the same calls of a sequence.
    kind            hold_before     parks the request before anything is applied. When released it goes on, unless its
                                    caller has gone away: then it is not applied (journal status 499).
                    throttle        answers TooManyRequestsException, HTTP 400; nothing is applied.
                    error_500       answers InternalErrorException, HTTP 500; nothing is applied.
                    conflict        answers ConcurrentModificationException; meets only operations that declare it.
                    access_denied   answers AccessDeniedException, as for a role that lost a permission.
                    timeout_before  closes the connection without an answer; nothing is applied (status 499).
                    truncate_list   error_500 for the second or a later page of a listing, never for the first.
                    short_page      a page of a listing has one item, and a token although the page was not full.
                    empty_page      a page of a listing has no items, but a token if there is anything to list.
                    hold_after      parks it once the change is committed and its letters are sent, before the answer.
                    timeout_after   commits, then closes the connection without an answer.
                    not_found_after_create
                                    the create succeeds, but for ``calls`` reads or ``seconds`` listings leave out
                                    what was made, describes say ResourceNotFoundException, and a client cannot name
                                    the provider that was made. Users are missing from ListUsers only.
                    The "after" kinds meet only calls that succeed. A parked request whose caller goes away ends by
                    itself, so ``parked`` goes down without a release.
``GET /_local/faults``     ``{"faults": [{..., "remaining", "met", "parked"}], "parked": n}``: wait for `parked`.
``DELETE /_local/faults``  forgets all faults, releases what is parked, shows what is hidden.

``GET /_local/quotas``     ``{"scale", "throttled", "throttled_per_pool_or_user", "categories": [{"account", "region",
                           "category", "per_second", "used", "allowed", "throttled"}]}``; calls refused by a fault are
                           not counted. ``POST {"scale": x}`` changes the scale (1: AWS's default rates, 0: none) and
                           fills all allowances, ``DELETE`` sets the counts to nothing.

``POST /_local/domains``   ``{"taken": "prefix", "region": "us-east-1"}``: another AWS account has this domain prefix;
                           ``DELETE`` with the same body: not any more.

``GET /_local/limits``     how many of a resource there may be, by name (`limits.DEFAULTS`, which are AWS's).
                           ``POST {"user_pools": 3}`` changes some, null brings a default back.

``GET /_local/social``     where the four social providers are: ``{"Google": "http://localhost:9000", ...}``.
                           ``POST`` with such an object says which OpenID provider (its issuer) plays one, null none.

``GET /_local/functions``  where the functions of pools are, by ARN. ``POST {"arn:aws:lambda:…": "http://…"}`` says
                           so of some, null forgets one. An event goes there by POST, as by Lambda's Invoke; a
                           function without an address is not called.

``GET /_local/texts``      ``{"texts": [{"to", "body", "sent"}]}``: text messages, the last 200; for a browser a page.

``POST /_local/imports``   ``{"seconds": n}``: how long user import jobs take from now on (2).

``POST /_local/clock``     ``{"advance": seconds}`` moves lockouts, sessions, codes and token lifetimes on; answers
                           ``{"advanced": total}``. SRP time stamps, TOTP codes and quotas follow real time.
"""

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cognito.clock import Clock
from local.cognito.domains import release_prefix, reserve_prefix
from local.cognito.endpoint import Watch
from local.cognito.fault_orders import Order
from local.cognito.functions import addresses, change_addresses
from local.cognito.hosted.pages import texts_page
from local.cognito.hosted.providers import change_social_addresses
from local.cognito.import_jobs import set_import_seconds
from local.cognito.limits import all_limits, change_limits
from local.cognito.store import Store
from local.cognito.texts import all_texts

_Endpoint = Callable[[Request], Awaitable[Response]]


class Control:
    """The control address over the parts it controls."""

    def __init__(self, clock: Clock, watch: Watch, store: Store) -> None:
        self._clock = clock
        self._watch = watch
        self._store = store

    def routes(self) -> list[Route]:
        """Routes under /_local."""
        return [
            Route("/_local/ready", self._ready, methods=["GET"]),
            Route("/_local/calls", _checked(self._calls), methods=["GET", "POST", "DELETE"]),
            Route("/_local/faults", _checked(self._faults), methods=["GET", "POST", "DELETE"]),
            Route("/_local/quotas", _checked(self._quotas), methods=["GET", "POST", "DELETE"]),
            Route("/_local/domains", _checked(self._domains), methods=["POST", "DELETE"]),
            Route("/_local/limits", _checked(self._limits), methods=["GET", "POST"]),
            Route("/_local/social", _checked(self._social), methods=["GET", "POST"]),
            Route("/_local/functions", _checked(self._functions), methods=["GET", "POST"]),
            Route("/_local/texts", self._texts, methods=["GET"]),
            Route("/_local/imports", _checked(self._imports), methods=["POST"]),
            Route("/_local/clock", _checked(self._move_clock), methods=["POST"]),
        ]

    async def _ready(self, request: Request) -> Response:
        return JSONResponse({"ready": True})

    async def _calls(self, request: Request) -> Response:
        journal = self._watch.journal
        if request.method == "POST":
            journal.keep(int((await request.json())["keep"]))
        if request.method == "DELETE":
            journal.clear()
        return JSONResponse({"calls": journal.shown(int(request.query_params.get("after", 0)))})

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._watch.faults.clear()
            self._watch.visibility.clear()
        if request.method == "POST":
            self._watch.faults.add(Order.from_json(await request.json()))
        return JSONResponse(self._watch.faults.shown())

    async def _quotas(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._watch.quotas.forget()
        if request.method == "POST":
            self._watch.quotas.rescale(float((await request.json())["scale"]))
        return JSONResponse(self._watch.quotas.shown())

    async def _domains(self, request: Request) -> Response:
        body = await request.json()
        prefix, region = str(body["taken"]), str(body.get("region", "us-east-1"))
        change = release_prefix if request.method == "DELETE" else reserve_prefix
        await run_in_threadpool(change, self._store, region, prefix)
        return JSONResponse({"taken": prefix, "region": region})

    async def _limits(self, request: Request) -> Response:
        if request.method == "POST":
            await run_in_threadpool(change_limits, self._store, await request.json())
        return JSONResponse(await run_in_threadpool(all_limits, self._store))

    async def _social(self, request: Request) -> Response:
        changes = await request.json() if request.method == "POST" else {}
        return JSONResponse(await run_in_threadpool(change_social_addresses, self._store, dict(changes)))

    async def _functions(self, request: Request) -> Response:
        if request.method == "POST":
            return JSONResponse(await run_in_threadpool(change_addresses, self._store, await request.json()))
        return JSONResponse(await run_in_threadpool(addresses, self._store))

    async def _texts(self, request: Request) -> Response:
        texts = await run_in_threadpool(all_texts, self._store)
        if "text/html" in request.headers.get("accept", ""):
            return texts_page(texts)
        return JSONResponse({"texts": texts})

    async def _imports(self, request: Request) -> Response:
        seconds = float((await request.json())["seconds"])
        await run_in_threadpool(set_import_seconds, self._store, seconds)
        return JSONResponse({"seconds": seconds})

    async def _move_clock(self, request: Request) -> Response:
        return JSONResponse({"advanced": self._clock.advance(float((await request.json())["advance"]))})


def _checked(endpoint: _Endpoint) -> _Endpoint:
    """`endpoint`, answering 400 to a body that means nothing."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return answer
