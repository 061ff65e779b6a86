"""The demonstration OpenID Connect provider."""

import base64
import binascii
import secrets
import time
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import unquote_plus, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.idp.oidc_state import CODE_SECONDS, TOKEN_SECONDS, Grant, Grants, OidcState, id_token, new_secret
from local.idp.people import DOMAIN, PEOPLE
from local.idp.state import StateFile
from local.idp.web import TEMPLATES, first, form_of, make_site, sign_in_page, who

BRAND = "Beacon"
SCOPES = ("openid", "email", "profile")


class OidcProvider:
    """The pages and endpoints, over what is kept in a folder; `origin` is the issuer."""

    def __init__(self, origin: str, data: Path) -> None:
        self._issuer = origin
        self._grants = Grants()
        self._file = StateFile(data / "oidc.json")
        kept = self._file.load()
        self._save(OidcState.new() if kept is None else OidcState(**kept))

    def application(self) -> Starlette:
        """The site."""
        return make_site(
            BRAND,
            [
                Route("/", self.home),
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/jwks", self.jwks),
                Route("/authorize", self.authorize, methods=["GET", "POST"]),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.userinfo, methods=["GET", "POST"]),
                Route("/admin", self.admin, methods=["GET", "POST"]),
                Route("/admin/secret", self.renew_secret, methods=["POST"]),
            ],
        )

    def _save(self, state: OidcState) -> None:
        self._state = state
        self._file.save(asdict(state))

    async def home(self, request: Request) -> Response:
        """What there is."""
        return TEMPLATES.TemplateResponse(request, "oidc_home.html", self._shown())

    def _shown(self) -> dict[str, object]:
        return {"brand": BRAND, "state": self._state, "people": PEOPLE, "issuer": self._issuer}

    async def discovery(self, _request: Request) -> Response:
        """The provider's metadata (OpenID Connect Discovery, section 3)."""
        paths = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "userinfo_endpoint": "/userinfo",
            "jwks_uri": "/jwks",
        }
        return JSONResponse(
            {
                "issuer": self._issuer,
                **{name: f"{self._issuer}{path}" for name, path in paths.items()},
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": list(SCOPES),
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "claims_supported": ["sub", "email", "email_verified", "name", "groups"],
            }
        )

    async def jwks(self, _request: Request) -> Response:
        """The signing key."""
        return JSONResponse(self._state.jwks())

    async def authorize(self, request: Request) -> Response:
        """Ask who it is, then send them back with a code."""
        asked = request.query_params
        redirect_uri = self._redirect_uri(asked)
        error = _fault(asked)
        if error:
            return self._back(redirect_uri, asked, {"error": error})
        action = f"/authorize?{request.url.query}"
        if request.method == "GET":
            return sign_in_page(request, BRAND, action)
        person = who(await form_of(request))
        if person is None:
            return sign_in_page(request, BRAND, action, wrong="The password is wrong.")
        if person.id not in self._state.assigned:
            words = "User is not assigned to the client application."
            return self._back(redirect_uri, asked, {"error": "access_denied", "error_description": words})
        grant = Grant(
            person=person,
            scopes=[scope for scope in asked.get("scope", "").split() if scope in SCOPES],
            redirect_uri=redirect_uri,
            nonce=asked.get("nonce", ""),
            challenge=asked.get("code_challenge", ""),
            expires=time.time() + CODE_SECONDS,
        )
        return self._back(redirect_uri, asked, {"code": self._grants.add(grant)})

    def _redirect_uri(self, asked: QueryParams) -> str:
        """The address of the answer; a page where it cannot be trusted (RFC 6749 section 4.1.2.1)."""
        if asked.get("client_id") != self._state.client_id:
            raise HTTPException(400, "There is no application with this client id.")
        redirect_uri = asked.get("redirect_uri", "")
        if redirect_uri not in self._state.redirect_uris:
            words = f"{redirect_uri or 'No redirect URI'} is not one of the application's redirect URIs."
            raise HTTPException(400, words)
        return redirect_uri

    def _back(self, redirect_uri: str, asked: QueryParams, answer: dict[str, str]) -> Response:
        state = {"state": asked["state"]} if "state" in asked else {}
        separator = "&" if urlsplit(redirect_uri).query else "?"
        return RedirectResponse(f"{redirect_uri}{separator}{urlencode({**answer, **state})}", 303)

    async def token(self, request: Request) -> Response:
        """Exchange a code (RFC 6749 section 4.1.3)."""
        form = await form_of(request)
        if not self._is_client(request, form):
            return _refusal("invalid_client", 401)
        if first(form, "grant_type") != "authorization_code":
            return _refusal("unsupported_grant_type")
        grant = self._grants.take(first(form, "code"))
        fits = grant is not None and grant.redirect_uri == first(form, "redirect_uri")
        if grant is None or not fits or not grant.verifies(first(form, "code_verifier")):
            return _refusal("invalid_grant")
        held = replace(grant, expires=time.time() + TOKEN_SECONDS)
        answer = {"access_token": self._grants.add(held), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return JSONResponse({**answer, "id_token": id_token(self._state, self._issuer, grant)})

    def _is_client(self, request: Request, form: dict[str, list[str]]) -> bool:
        given = (first(form, "client_id"), first(form, "client_secret"))
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return False
            given = (unquote_plus(name), unquote_plus(secret))
        right = secrets.compare_digest(given[1].encode(), self._state.client_secret.encode())
        return right and given[0] == self._state.client_id

    async def userinfo(self, request: Request) -> Response:
        """What the access token lets it say (OpenID Connect Core, section 5.3)."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.find(token) if kind.lower() == "bearer" else None
        if grant is None:
            return _refusal("invalid_token", 401)
        return JSONResponse(self._state.claims(grant.person, grant.scopes))

    async def admin(self, request: Request) -> Response:
        """The application's settings, which are taken as they are typed."""
        if request.method == "GET":
            return TEMPLATES.TemplateResponse(request, "oidc_admin.html", self._shown())
        form = await form_of(request)
        self._save(
            replace(
                self._state,
                redirect_uris=first(form, "redirect_uris").split(),
                domain=first(form, "domain") or DOMAIN,
                assigned=[person.id for person in PEOPLE if person.id in form.get("assigned", [])],
            )
        )
        return RedirectResponse("/admin?saved", 303)

    async def renew_secret(self, _request: Request) -> Response:
        """Another client secret; the old one is good no longer."""
        self._save(replace(self._state, client_secret=new_secret()))
        return RedirectResponse("/admin?renewed", 303)


def _fault(asked: QueryParams) -> str:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
        return "invalid_request"
    return ""


def _refusal(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status)
