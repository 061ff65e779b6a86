"""The two grants, with Authlib's open defaults closed."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc7636 import CodeChallenge
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from federation.models import AuthorizationCode, RefreshToken, TokenFamily
from federation.provider.client import OPEN_AUTH_METHODS, Client
from federation.provider.mint import mint_access_token, mint_id_token, subject_of
from federation.provider.requests import refuse_malformed
from federation.provider.targets import Target, asked_for, of_granted
from federation.services.back_channel import expect_logout
from federation.services.token_families import (
    UsedBefore,
    keep_refresh_token,
    redeem_code,
    revoke_family,
    spend_refresh_token,
    still_entitled,
)
from federation.tokens import hash_token, new_token
from identity.models import DirectoryUser

CODE_LIFETIME = timedelta(seconds=60)
NONCE_LENGTH = 255
# As much as is kept of what was granted.
_LONGEST_SCOPE = 4000
# A SHA-256 digest in base64url (RFC 7636 section 4.2).
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class RequiredPkce(CodeChallenge):  # type: ignore[misc]  # Authlib ships no types
    """PKCE with S256 for every client (RFC 9700 section 2.1.1). Authlib asks public ones alone, and takes `plain`."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request without a challenge of S256, or with another method; an omitted one would mean `plain`."""
        data = grant.request.payload.data
        if not data.get("code_challenge"):
            raise InvalidRequestError("code_challenge is required.")
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256.")
        if not _S256_CHALLENGE.fullmatch(data["code_challenge"]):
            raise InvalidRequestError("code_challenge is not one of S256.")
        super().validate_code_challenge(grant, redirect_uri)


class RequiredNonce:
    """A nonce in each request, and each once for each client (OpenID Connect Core section 15.5.2).

    An application may be exempted (`Application.require_nonce`), since the code flow makes it optional; one that is
    sent is checked all the same. See docs/adr/0004.
    """

    def __call__(self, grant: Any) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.validate)

    def validate(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a missing nonce where one is required, and one that a code was issued for."""
        application = grant.request.client.application
        nonce = grant.request.payload.data.get("nonce", "")
        if not nonce and application.require_nonce:
            raise InvalidRequestError("nonce is required.")
        if len(nonce) > NONCE_LENGTH:
            raise InvalidRequestError("nonce is too long.")
        if nonce and AuthorizationCode.objects.filter(application=application, nonce=nonce).exists():
            raise InvalidRequestError("nonce was used before.")


class AllowedTarget:
    """`resource` names APIs of the application's alone (RFC 8707 section 2)."""

    def __call__(self, grant: Any) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.validate)

    def validate(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request for anything else."""
        target_of_request(grant.request)


def target_of_request(request: Any) -> Target:
    """Return what tokens will be for that come of an authorization request, a device's included.

    Raises:
        InvalidTarget: it is for something that is not offered.
        InvalidScopeError: more would be granted than is kept.
    """
    scope = request.payload.scope or ""
    target = asked_for(request.client.offer, scope, request.payload.resources)
    if len(target.narrowed(scope)) > _LONGEST_SCOPE:
        raise InvalidScopeError("The scope is too long.")
    return target


class IssuesTokens:
    """Makes the answer of the token endpoint from the family that a grant has used up a code or token of."""

    request: Any

    def choose_target(self, client: Client, granted: Sequence[str]) -> None:
        """Settle what the tokens will be for, before anything is used up: who asks for too much may ask again.

        Raises:
            InvalidTarget: it was not granted, or is not offered any more.
        """
        self.request.target = of_granted(client.offer, granted, self.request.payload.resources)

    def read_family(self) -> DirectoryUser:
        """Read what tokens say of the family that was used, in one go, and return its user."""
        rows = TokenFamily.objects.select_related("user", "session", "tenant")
        family = self.request.family = rows.get(pk=self.request.family.pk)
        # A code or token of another application's is not taken.
        family.application = self.request.client.application
        return family.user

    def generate_token(self, *, scope: str, **_: Any) -> dict[str, Any]:
        """Mint the tokens of one answer (RFC 6749 section 5.1). What else Authlib passes, the family knows better."""
        target: Target = self.request.target
        scope = target.narrowed(scope)
        subject = subject_of(self.request.family, scope, target.audiences)
        access_token = mint_access_token(subject)
        token = {
            "token_type": "Bearer",
            "access_token": access_token,
            "expires_in": subject.access_token_seconds,
            "refresh_token": new_token(),
            "scope": scope,
        }
        if "openid" in subject.scope:
            token["id_token"] = mint_id_token(subject, access_token)
        return token

    def save_token(self, token: dict[str, Any]) -> None:
        """Keep the hash of the refresh token; the others verify by their signature."""
        expect_logout(self.request.family)
        keep_refresh_token(self.request.family, token["refresh_token"])


class CodeGrant(IssuesTokens, grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib ships no types
    """The authorization code grant: codes are hashed, live for a minute and work once, also when asked for at once."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(OPEN_AUTH_METHODS)

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Client) -> str:
        """Return the redirect URI. The error does not repeat one that is not the client's, as Authlib's would."""
        redirect_uri: str = request.payload.redirect_uri or ""
        if not redirect_uri:
            raise InvalidRequestError("redirect_uri is required.")
        if not client.check_redirect_uri(redirect_uri):
            raise InvalidRequestError("redirect_uri is not one of this application's.")
        return redirect_uri

    def validate_requested_scope(self) -> None:
        """Refuse a request that is not OpenID Connect's."""
        if "openid" not in (self.request.payload.scope or "").split():
            raise InvalidScopeError("The scope must contain openid.")

    def create_authorization_response(self, redirect_uri: str, grant_user: Any) -> Any:
        """Answer with the code and our issuer, by which a client of several providers tells them apart (RFC 9207)."""
        status, body, headers = super().create_authorization_response(redirect_uri, grant_user)
        location = f"{dict(headers)['Location']}&{issuer_parameter()}"
        return status, body, [("Location", location)]

    def generate_authorization_code(self) -> str:
        """Return a fresh code."""
        return new_token()

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Keep the code's hash, bound to client, redirect URI, PKCE challenge, nonce and session."""
        session, data, target = request.session, request.payload.data, target_of_request(request)
        try:
            with transaction.atomic():
                AuthorizationCode.objects.create(
                    code_hash=hash_token(code),
                    tenant_id=session.tenant_id,
                    application=request.client.application,
                    user_id=session.user_id,
                    session=session,
                    redirect_uri=request.payload.redirect_uri,
                    scope=target.narrowed(request.scope),
                    audiences=kept_audiences(request.client, target),
                    nonce=data.get("nonce", ""),
                    code_challenge=data["code_challenge"],
                    expires_at=timezone.now() + CODE_LIFETIME,
                )
        except IntegrityError as error:
            raise InvalidRequestError("nonce was used before.", redirect_uri=request.payload.redirect_uri) from error

    def query_authorization_code(self, code: str, client: Client) -> AuthorizationCode | None:
        """Return the client's code. One that was used before ends everything that its first use began."""
        found = AuthorizationCode.objects.filter(code_hash=hash_token(code), application=client.application).first()
        if found is not None and found.used_at is not None:
            revoke_family(found)
            self.request.used_twice = True
            return None
        if found is None or found.expires_at <= timezone.now():
            return None
        return found

    def validate_token_request(self) -> None:
        """Validate as Authlib does, PKCE last, and then use the code up: one UPDATE decides between several."""
        refuse_malformed(self.request)
        super().validate_token_request()
        code = self.request.authorization_code
        self.choose_target(self.request.client, code.audiences)
        self.request.family = redeem_code(code)
        if self.request.family is None:
            revoke_family(code)
            self.request.used_twice = True
            raise InvalidGrantError("Invalid 'code' in request.")

    def authenticate_user(self, authorization_code: AuthorizationCode) -> DirectoryUser | None:
        """Return the user, if they still may sign in to this application, and their session stands."""
        return self.read_family() if still_entitled(self.request.family) else None

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Keep the row: it was marked as used, and is what a second use is recognised by."""


class RefreshGrant(IssuesTokens, grants.RefreshTokenGrant):  # type: ignore[misc]  # Authlib ships no types
    """The refresh token grant: each works once and is replaced; a second use ends the family (RFC 9700 4.14.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(OPEN_AUTH_METHODS)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        """Return the token as it is kept, used or not."""
        return RefreshToken.objects.select_related("family").filter(token_hash=hash_token(refresh_token)).first()

    def validate_token_request(self) -> None:
        """Validate client, token and scope as Authlib does, then use the token up by one UPDATE."""
        refuse_malformed(self.request)
        super().validate_token_request()
        self.choose_target(self.request.client, self.request.refresh_token.family.audiences)
        try:
            self.request.family = spend_refresh_token(self.request.refresh_token)
        except UsedBefore:
            self.request.used_twice = True
            raise InvalidGrantError from None
        if self.request.family is None:
            raise InvalidGrantError

    def authenticate_user(self, refresh_token: RefreshToken) -> DirectoryUser:
        """Return the user, read now; refuse one who may no longer.

        Raises:
            InvalidGrantError: Authlib would answer `invalid_request`, which tells a client to correct its request.
        """
        if not still_entitled(self.request.family):
            raise InvalidGrantError
        return self.read_family()

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        """Do nothing: the token was used up before the new one was made."""


def kept_audiences(client: Client, target: Target) -> list[str]:
    """Return what is kept of a target: nothing for the application's own audience, which may be another by then."""
    return [] if target.audiences == (client.offer.own,) else list(target.audiences)


def issuer_parameter() -> str:
    """Return `iss=<issuer>` for an authorization response."""
    return urlencode({"iss": settings.SIGNIN_URL})
