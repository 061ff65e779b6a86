"""From an authorization request to an identity provider, and from its answer to a code for the client."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool

from local.cognito.clock import Clock
from local.cognito.errors import ServiceError
from local.cognito.hosted import oidc, saml_request
from local.cognito.hosted.answers import PageError, Refusal
from local.cognito.hosted.browser_sessions import BrowserSession, begin_session
from local.cognito.hosted.flows import Flow, issue_code, open_flow, take_flow, use_assertion
from local.cognito.hosted.people import Person, signed_in_user
from local.cognito.hosted.providers import find_remote, social_addresses
from local.cognito.hosted.requests import SignInRequest, addressee, chosen_provider, read_request
from local.cognito.hosted.saml_metadata import Metadata
from local.cognito.hosted.saml_response import Expected, Verified, verify_response
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.signing_certificate import encryption_pair, signing_pair
from local.cognito.store import Store

ACS_PATH = "/saml2/idpresponse"
CALLBACK_PATH = "/oauth2/idpresponse"
_BAD_RELAY = "Invalid relayState from identity provider"


@dataclass(frozen=True)
class Arrived:
    """An answer of a provider, and what it answers; `flow` has no request id where the provider began."""

    flow: Flow
    provider: Doc


@dataclass(frozen=True)
class Done:
    """A sign-in that succeeded: the client's code, and the browser's cookie where there is a session to end."""

    code: str
    cookie: str | None


class SignIns:
    """The steps of a sign-in. Transactions are short; nothing is asked of a provider inside one."""

    def __init__(self, store: Store, clock: Clock, metadata: Metadata) -> None:
        self._store = store
        self._clock = clock
        self._metadata = metadata

    async def begin(self, request: SignInRequest, provider: Doc, asked: Mapping[str, str]) -> str:
        """The address to which the browser is sent.

        Args:
            asked: the parameters of the request, of which some go along.

        Raises:
            Refusal: the provider cannot be asked.
        """
        if provider["ProviderType"] == "SAML":
            return await self._begin_saml(request, provider)
        with self._store.transaction():
            addresses = social_addresses(self._store)
        remote = await find_remote(provider, addresses)
        nonce, callback = secrets.token_urlsafe(32), f"{request.origin}{CALLBACK_PATH}"
        state = self._open(Flow(str(provider["ProviderName"]), request, "", nonce, callback))
        return oidc.authorize_url(remote, callback, state, nonce, asked)

    async def _begin_saml(self, request: SignInRequest, provider: Doc) -> str:
        party = await self._metadata.of(provider)
        request_id, acs = saml_request.new_request_id(), f"{request.origin}{ACS_PATH}"
        state = self._open(Flow(str(provider["ProviderName"]), request, request_id, "", acs))
        message = saml_request.AuthnRequest(request_id, party.sso_url, acs, saml_request.entity_id(request.pool_id))
        key = None
        if provider["ProviderDetails"].get("RequestSigningAlgorithm"):
            with self._store.transaction():
                key = str(signing_pair(self._store, request.pool_id, self._clock.now())["pem"])
        return saml_request.redirect_url(message, state, key)

    def _open(self, flow: Flow) -> str:
        with self._store.transaction():
            return open_flow(self._store, flow, self._clock.now())

    def arrived(self, state: str) -> Arrived:
        """What a state stands for, which can be asked once.

        Raises:
            PageError: it is unknown, used, or older than five minutes.
        """
        with self._store.transaction():
            flow = take_flow(self._store, state, self._clock.now())
            if flow is None:
                raise PageError(_BAD_RELAY)
            provider = self._store.get("providers", pool_id=flow.request.pool_id, name=flow.provider)
        if provider is None:
            raise PageError("Login option is not available. Please try another one")
        return Arrived(flow, provider)

    def unasked(self, relay_state: str, origin: str) -> Arrived:
        """A SAML answer to nothing, whose relay state is an authorization request (reference 3.1).

        Raises:
            PageError, ErrorRedirect: it is no such request, or its provider does not begin sign-ins.
        """
        params = dict(parse_qsl(relay_state))
        if not {"client_id", "redirect_uri", "identity_provider"} <= params.keys():
            raise PageError(_BAD_RELAY)
        with self._store.transaction():
            to = addressee(self._store, params)
            provider = chosen_provider(self._store, to, params)
        if provider is None or provider["ProviderDetails"].get("IDPInit") != "true":
            raise PageError("Invalid samlResponse or relayState from identity provider")
        try:
            request = read_request(to, params, origin)
        except Refusal as refusal:
            raise PageError(f"{_BAD_RELAY}: {refusal.error}") from refusal
        return Arrived(Flow(str(provider["ProviderName"]), request, "", "", f"{origin}{ACS_PATH}"), provider)

    async def verify_saml(self, arrived: Arrived, encoded: str, acs: str) -> Person:
        """Who a SAML response is about, or Refusal."""
        pool_id, name = arrived.flow.request.pool_id, str(arrived.provider["ProviderName"])
        party = await self._metadata.of(arrived.provider)
        pair = None
        if arrived.provider["ProviderDetails"].get("EncryptedResponses") == "true":
            with self._store.transaction():
                pair = encryption_pair(self._store, pool_id, name, self._clock.now())
        request_id = arrived.flow.request_id or None
        expected = Expected(party, saml_request.entity_id(pool_id), acs, request_id, pair)
        verified: Verified = await run_in_threadpool(verify_response, encoded, expected)
        with self._store.transaction():
            new = use_assertion(self._store, pool_id, party.entity_id, verified.assertion_id, self._clock.now())
        if not new:
            raise Refusal("server_error", "Invalid SAML response received: The assertion was used before")
        return verified.person

    async def redeem(self, arrived: Arrived, code: str) -> Person:
        """Who an OpenID Connect provider's code is about, or Refusal."""
        with self._store.transaction():
            addresses = social_addresses(self._store)
        remote = await find_remote(arrived.provider, addresses)
        return await oidc.redeem(remote, code, arrived.flow.acs, arrived.flow.nonce)

    def complete(self, arrived: Arrived, person: Person, answers: Sequence[Doc | ServiceError]) -> Done:
        """Store the person and give the client its code.

        Args:
            arrived: what was answered.
            person: by whom.
            answers: of the pool's functions that were asked so far.

        Raises:
            Refusal: nothing is stored, but for what a function let happen before another one refused.
            Needed: another function has to be asked first; nothing was changed.
        """
        # What a function let happen stays although a later one refuses, so the transaction ends well then.
        with self._store.transaction():
            outcome = self._outcome(arrived, person, answers)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def _outcome(self, arrived: Arrived, person: Person, answers: Sequence[Doc | ServiceError]) -> Done | Refusal:
        request = arrived.flow.request
        client = self._store.get("clients", id=request.client_id)
        pool = self._store.get("pools", id=request.pool_id)
        place = self._store.row("pools", id=request.pool_id)
        if client is None or pool is None or place is None:
            raise PageError(_BAD_RELAY)
        here = (self._store, self._clock, request.origin)
        call = Call("IdpResponse", {}, str(place["account"]), None, *here, answers=answers)
        try:
            user = signed_in_user(call, pool, client, arrived.provider, person)
        except ServiceError as error:
            # How the client is told of a function is not documented: as of what else cannot be stored.
            return Refusal("invalid_request", error.message)
        return self._done(arrived, person, user.sub)

    def _done(self, arrived: Arrived, person: Person, sub: str) -> Done:
        request, now, cookie = arrived.flow.request, self._clock.now(), None
        if person.session is not None:
            session = BrowserSession(request.pool_id, arrived.flow.provider, person.session)
            cookie = begin_session(self._store, session, now)
        return Done(issue_code(self._store, request, sub, now), cookie)
