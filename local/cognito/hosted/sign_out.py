"""GET /logout, and single logout at the SAML provider from which the browser came (DG:logout-endpoint)."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from local.cognito.clients import find_client
from local.cognito.clock import Clock
from local.cognito.errors import ServiceError
from local.cognito.hosted.answers import ErrorRedirect, PageError, Refusal
from local.cognito.hosted.browser_sessions import BrowserSession, Logout, open_logout, take_logout, take_session
from local.cognito.hosted.forms import form_of, query_of
from local.cognito.hosted.requests import addressee
from local.cognito.hosted.saml_logout import BadLogout, LogoutRequest, check_response
from local.cognito.hosted.saml_metadata import Metadata
from local.cognito.hosted.saml_request import entity_id, new_request_id, redirect_url
from local.cognito.hosted.web import origin_of, shown
from local.cognito.model import Doc
from local.cognito.signing_certificate import signing_pair
from local.cognito.store import Store

LOGOUT_PATH = "/saml2/logout"


class SignOuts:
    """The steps of a sign-out."""

    def __init__(self, store: Store, clock: Clock, metadata: Metadata) -> None:
        self._store = store
        self._clock = clock
        self._metadata = metadata

    def routes(self) -> list[Route]:
        """Both endpoints."""
        return [
            Route("/logout", shown(self._logout), methods=["GET"]),
            Route(LOGOUT_PATH, shown(self._answered), methods=["GET", "POST"]),
        ]

    async def _logout(self, request: Request) -> Response:
        """End the browser's session in the pool of the client, at its provider too, and send the browser on."""
        client, target = self._checked(request)
        pool_id, now = str(client["UserPoolId"]), self._clock.now()
        with self._store.transaction():
            session = take_session(self._store, request, pool_id, now)
            provider = None
            if session is not None:
                provider = self._store.get("providers", pool_id=pool_id, name=session.provider)
        if session is None or provider is None or provider["ProviderDetails"].get("IDPSignout") != "true":
            return RedirectResponse(target, 302)
        return RedirectResponse(await self._to_provider(session, provider, target), 302)

    def _checked(self, request: Request) -> tuple[Doc, str]:
        """The client that asks, and where the browser goes at the end.

        Raises:
            ErrorRedirect, PageError: there is no such client, or it does not list the address.
        """
        params = query_of(request)
        with self._store.transaction():
            try:
                client = find_client(self._store, params.get("client_id", ""))
            except ServiceError as error:
                raise ErrorRedirect("invalid_request") from error
        target = params.get("logout_uri")
        if target is None:
            with self._store.transaction():
                addressee(self._store, params)
            return client, f"/login?{request.url.query}"
        if target not in client.get("LogoutURLs", []):
            raise ErrorRedirect("redirect_mismatch", str(client["ClientId"]))
        return client, target

    async def _to_provider(self, session: BrowserSession, provider: Doc, target: str) -> str:
        """Where a LogoutRequest takes the browser; the target where the provider has no address for it."""
        try:
            party = await self._metadata.of(provider)
        except Refusal as refusal:
            raise PageError(refusal.description) from refusal
        if party.slo_url is None:
            return target
        request_id, now = new_request_id(), self._clock.now()
        with self._store.transaction():
            logout = Logout(session.pool_id, session.provider, request_id, target)
            relay_state = open_logout(self._store, logout, now)
            # Always signed (reference 3.1).
            key = str(signing_pair(self._store, session.pool_id, now)["pem"])
        issuer, remote = entity_id(session.pool_id), session.remote
        message = LogoutRequest(request_id, party.slo_url, issuer, remote.name_id, remote.index)
        return redirect_url(message, relay_state, key)

    async def _answered(self, request: Request) -> Response:
        """The provider's LogoutResponse, which must come by POST (DG:cognito-user-pools-saml-idp-sign-out)."""
        if request.method != "POST":
            raise PageError("The logout response must be sent by HTTP POST.")
        form = await form_of(request)
        encoded = form.get("SAMLResponse")
        if not encoded:
            raise PageError("Invalid samlResponse or relayState from identity provider")
        with self._store.transaction():
            logout = take_logout(self._store, form.get("RelayState", ""), self._clock.now())
            provider = None
            if logout is not None:
                provider = self._store.get("providers", pool_id=logout.pool_id, name=logout.provider)
        if logout is None or provider is None:
            raise PageError("Invalid relayState from identity provider")
        here = f"{origin_of(request)}{LOGOUT_PATH}"
        try:
            check_response(encoded, await self._metadata.of(provider), logout.request_id, here)
        except (BadLogout, Refusal) as error:
            raise PageError(f"Invalid SAML logout response received: {error}") from error
        return RedirectResponse(logout.target, 302)
