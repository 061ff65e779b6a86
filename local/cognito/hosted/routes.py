"""The routes of a pool's domain."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.cognito.clients import find_client
from local.cognito.clock import Clock
from local.cognito.errors import ServiceError
from local.cognito.functions import with_functions
from local.cognito.hosted import token
from local.cognito.hosted.answers import PageError, Refusal, json_refusal, refused, to_client
from local.cognito.hosted.browser_sessions import keep_cookie
from local.cognito.hosted.forms import BadForm, form_of, query_of
from local.cognito.hosted.pages import chooser
from local.cognito.hosted.people import Person
from local.cognito.hosted.requests import addressee, chosen_provider, read_request, require_domain
from local.cognito.hosted.saml_metadata import Metadata
from local.cognito.hosted.sign_in import ACS_PATH, CALLBACK_PATH, Arrived, SignIns
from local.cognito.hosted.sign_out import SignOuts
from local.cognito.hosted.web import origin_of, shown
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.quotas import Place, Quotas
from local.cognito.store import Store
from local.cognito.tokens import user_of_access_token, visible_attributes

# These may be called by scripts of any page (reference 3.3).
_CORS = {"Access-Control-Allow-Origin": "*"}
_NO_SAML = "Invalid samlResponse or relayState from identity provider"


class Hosted:
    """What the domain serves."""

    def __init__(self, store: Store, clock: Clock, quotas: Quotas) -> None:
        self._store = store
        self._clock = clock
        self._quotas = quotas
        metadata = Metadata()
        self._sign_ins = SignIns(store, clock, metadata)
        self._sign_outs = SignOuts(store, clock, metadata)

    def routes(self) -> list[Route]:
        """Routes of all endpoints; each answers the methods that AWS's does."""
        return [
            Route("/oauth2/authorize", shown(self._authorize), methods=["GET"]),
            Route("/login", shown(self._authorize), methods=["GET"]),
            Route(CALLBACK_PATH, shown(self._oidc_answer), methods=["GET", "POST"]),
            Route(ACS_PATH, shown(self._saml_answer), methods=["GET", "POST"]),
            *self._sign_outs.routes(),
            Route("/error", shown(self._error), methods=["GET"]),
            Route("/oauth2/token", self._token, methods=["POST"]),
            Route("/oauth2/revoke", self._revoke, methods=["POST"]),
            Route("/oauth2/userInfo", self._user_info, methods=["GET", "POST"]),
        ]

    async def _authorize(self, request: Request) -> Response:
        params = query_of(request)
        with self._store.transaction():
            to = addressee(self._store, params)
        try:
            asked = read_request(to, params, origin_of(request))
            with self._store.transaction():
                provider = chosen_provider(self._store, to, params)
            if provider is None:
                return chooser(to, params)
            return RedirectResponse(await self._sign_ins.begin(asked, provider, params), 302)
        except Refusal as refusal:
            return refused(to.redirect_uri, to.state, refusal)

    async def _saml_answer(self, request: Request) -> Response:
        if request.method != "POST":
            # The response must come by the POST binding (DG:troubleshooting, "Invalid SAML response errors").
            raise PageError("The SAML response must be sent by HTTP POST.")
        form = await form_of(request)
        encoded, relay_state = form.get("SAMLResponse"), form.get("RelayState")
        if not encoded or not relay_state:
            raise PageError(_NO_SAML)
        unasked = "client_id=" in relay_state
        sign_ins = self._sign_ins
        arrived = sign_ins.unasked(relay_state, origin_of(request)) if unasked else sign_ins.arrived(relay_state)
        acs = f"{origin_of(request)}{ACS_PATH}"
        return await self._finish(arrived, lambda: sign_ins.verify_saml(arrived, encoded, acs))

    async def _oidc_answer(self, request: Request) -> Response:
        # Apple answers by a form (Apple, "Request an authorization to the Sign in with Apple server").
        params = await form_of(request) if request.method == "POST" else query_of(request)
        arrived = self._sign_ins.arrived(params.get("state", ""))
        if arrived.provider["ProviderType"] == "SAML":
            raise PageError("Invalid state")

        async def redeem() -> Person:
            if "error" in params:
                # The provider's own error goes on to the client (DG:federation-endpoint-idp-responses).
                raise Refusal(params["error"], params.get("error_description", ""))
            if "code" not in params:
                raise Refusal("invalid_request", f"{arrived.flow.provider} Error - the answer has no code")
            return await self._sign_ins.redeem(arrived, params["code"])

        return await self._finish(arrived, redeem)

    async def _finish(self, arrived: Arrived, verify: Callable[[], Awaitable[Person]]) -> Response:
        request = arrived.flow.request
        try:
            self._count("IdpResponse", request.pool_id)
            person = await verify()
            done = await with_functions(lambda answers: self._sign_ins.complete(arrived, person, answers))
        except Refusal as refusal:
            return refused(request.redirect_uri, request.state, refusal)
        response = to_client(request.redirect_uri, {"code": done.code, "state": request.state})
        if done.cookie is not None:
            keep_cookie(response, request.pool_id, done.cookie, secure=request.origin.startswith("https:"))
        return response

    def _count(self, what: str, pool_id: str) -> None:
        """Count a request in its category (`quota_table`); PageError where there are too many of them."""
        with self._store.transaction():
            place = self._store.row("pools", id=pool_id)
        if place is None:
            raise PageError("Login option is not available. Please try another one")
        try:
            self._quotas.admit(what, {}, Place(str(place["account"]), str(place["region"]), pool_id, None))
        except ServiceError as error:
            raise PageError(error.message, status=429) from error

    async def _error(self, request: Request) -> Response:
        raise PageError(query_of(request).get("error", "unknown"))

    async def _token(self, request: Request) -> Response:
        return await self._for_client(request, token.granted)

    async def _revoke(self, request: Request) -> Response:
        return await self._for_client(request, token.revoked)

    async def _for_client(
        self, request: Request, answer: Callable[[Call, Doc, Mapping[str, str]], Doc | None]
    ) -> Response:
        try:
            form = await form_of(request)
            response = _json(await self._answered(request, form, answer))
        except BadForm as error:
            response = json_refusal(Refusal("invalid_request", str(error)))
        except PageError as error:
            response = json_refusal(Refusal("invalid_request", error.words), error.status)
        except Refusal as error:
            response = json_refusal(error)
        response.headers.update(_CORS)
        return response

    async def _answered(
        self,
        request: Request,
        form: Mapping[str, str],
        answer: Callable[[Call, Doc, Mapping[str, str]], Doc | None],
    ) -> Doc | None:
        call = self._call("TokenEndpoint", request)
        with self._store.transaction():
            client = token.authenticated_client(call, form, request.headers.get("authorization"))
            require_domain(self._store, call.pool(str(client["UserPoolId"])))
        if form.get("grant_type") in token.GRANTS:
            self._count(f"TokenEndpoint.{form['grant_type']}", str(client["UserPoolId"]))
        return await with_functions(
            lambda answers: self._run(replace(call, answers=answers, asked=0), client, form, answer)
        )

    def _run(
        self,
        call: Call,
        client: Doc,
        form: Mapping[str, str],
        answer: Callable[[Call, Doc, Mapping[str, str]], Doc | None],
    ) -> Doc | None:
        refusal: Refusal | None = None
        body: Doc | None = None
        # A code that is refused is used up all the same, so the transaction ends well in any case.
        with self._store.transaction():
            try:
                body = answer(call, client, form)
            except Refusal as error:
                refusal = error
        if refusal is not None:
            raise refusal
        return body

    async def _user_info(self, request: Request) -> Response:
        kind, _, access_token = request.headers.get("authorization", "").partition(" ")
        call = self._call("UserInfo", request)
        try:
            if kind.lower() != "bearer":
                raise ServiceError("NotAuthorizedException", "Access token missing")
            with self._store.transaction():
                _, claims, user = user_of_access_token(call, access_token, "openid")
                client = find_client(self._store, str(claims["client_id"]))
        except ServiceError as error:
            # RFC 6750 section 3.
            challenge = f'Bearer error="invalid_token", error_description="{error.message}"'
            refusal = {"error": "invalid_token", "error_description": error.message}
            return JSONResponse(refusal, 401, {**_CORS, "WWW-Authenticate": challenge})
        # All values are texts here, truth values and identities too (DG:userinfo-endpoint).
        shown: dict[str, Any] = visible_attributes(client, user, str(claims["scope"]).split())
        return JSONResponse({**shown, "sub": user.sub, "username": user.username}, headers=_CORS)

    def _call(self, name: str, request: Request) -> Call:
        return Call(name, {}, "", None, self._store, self._clock, origin_of(request))


def _json(body: Doc | None) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(status_code=200, headers=headers) if body is None else JSONResponse(body, headers=headers)
