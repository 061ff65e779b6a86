"""Sign-in with Lifeguard, and an API that takes its access tokens, in FastAPI with Authlib.

pip install -r requirements-fastapi.txt
uvicorn fastapi_app:app --port 8000
"""

import os
import secrets
import time
from html import escape
from typing import Annotated, Any
from urllib.parse import parse_qs

import jwt
from access_tokens import AccessTokens, Refused
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, OAuthError
from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware

ISSUER = os.environ["LIFEGUARD_ISSUER"]
ORIGIN = os.environ["APP_ORIGIN"]
# After this long people are sent to Lifeguard again, where those who may still come in do so without being asked. It is
# the limit where `/backchannel-logout` hears nothing: not registered, or unreachable when somebody was disabled.
SESSION_SECONDS = 60 * 60
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

app = FastAPI()
app.add_middleware(
    SessionMiddleware,
    secret_key=os.environ["APP_SECRET_KEY"],
    max_age=SESSION_SECONDS,
    https_only=ORIGIN.startswith("https:"),
    same_site="lax",
)
# Authlib adds a nonce by itself where `openid` is among the scopes, and verifies it.
lifeguard = OAuth().register(
    "lifeguard",
    client_id=os.environ["LIFEGUARD_CLIENT_ID"],
    client_secret=os.environ["LIFEGUARD_CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)
access_tokens = AccessTokens(ISSUER, os.environ["LIFEGUARD_AUDIENCE"])
# Who is signed in, by the random id in their cookie. Yours belongs into a database, so that it outlives the process.
people: dict[str, dict[str, Any]] = {}


def person_of(request: Request) -> dict[str, Any] | None:
    """Return who is signed in. The cookie's own age is no limit: it can begin anew with each answer."""
    key = request.session.get("id", "")
    if key in people and people[key]["until"] < time.time():
        del people[key]
    return people.get(key)


@app.get("/", response_class=HTMLResponse)
async def home(request: Request) -> str:
    """Who is signed in."""
    person = person_of(request)
    if person is None:
        return '<a href="/sign-in">Sign in</a>'
    said = escape(f"{person['name']} ({person['email']}) of {person['org_slug']}")
    return f'<p>Signed in: {said}</p><form method="post" action="/sign-out"><button>Sign out</button></form>'


@app.get("/sign-in")
async def sign_in(request: Request, organization: str = "") -> Response:
    """Send the browser to Lifeguard. With `organization` it skips the question whose sign-in page it should be."""
    extra = {"organization": organization} if organization else {}
    return await lifeguard.authorize_redirect(request, f"{ORIGIN}/callback", **extra)


@app.get("/callback")
async def callback(request: Request) -> Response:
    """The browser is back. Authlib compares the state, redeems the code and verifies the ID token with its nonce."""
    # The answer names who gave it (RFC 9207), so that no other provider's can be mistaken for it.
    if request.query_params.get("iss") != ISSUER:
        raise OAuthError("wrong_issuer", "The answer did not come from the provider that was asked.")
    tokens = await lifeguard.authorize_access_token(request)
    claims = tokens["userinfo"]
    # A new id, so that nobody who knew the one before is signed in by it.
    request.session.clear()
    request.session["id"] = secrets.token_urlsafe(32)
    # Know people by `sub`, which stays; an e-mail address changes, and may be given to somebody else.
    people[request.session["id"]] = {
        **{name: claims.get(name, "") for name in ("sub", "sid", "name", "email", "org_id", "org_slug")},
        "id_token": tokens["id_token"],
        "until": time.time() + SESSION_SECONDS,
    }
    return RedirectResponse("/", 303)


@app.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Sign out here, then at Lifeguard (OpenID Connect RP-Initiated Logout 1.0), which sends the browser back."""
    if request.headers.get("origin") != ORIGIN:
        return JSONResponse({"error": "This form was sent from another site."}, 403)
    person = people.pop(request.session.get("id", ""), None)
    request.session.clear()
    if person is None:
        return RedirectResponse("/", 303)
    # Without a state that is remembered: a browser that comes back has no session here, whoever sent it.
    leaving = await lifeguard.create_logout_url(f"{ORIGIN}/", id_token_hint=person["id_token"])
    return RedirectResponse(leaving["url"], 303)


@app.post("/backchannel-logout")
async def backchannel_logout(request: Request) -> Response:
    """Hear from Lifeguard that a session ended there (OpenID Connect Back-Channel Logout 1.0), and end what came of it.

    Register `<origin>/backchannel-logout` for it. Whatever is not answered with a success is sent again.
    """
    form = parse_qs((await request.body()).decode("ascii", "replace"))
    try:
        ended = await run_in_threadpool(session_ended, "".join(form.get("logout_token", [])))
    except jwt.PyJWTError as error:
        body = {"error": "invalid_request", "error_description": str(error)}
        return JSONResponse(body, 400, {"Cache-Control": "no-store"})
    for key in [key for key, person in people.items() if person["sid"] == ended]:
        del people[key]
    return Response(headers={"Cache-Control": "no-store"})


def session_ended(token: str) -> str:
    """Return the `sid` of a logout token, verified as section 2.6 has it. It runs in a thread: it may fetch keys."""
    # Other tokens are signed by the same key, and say nothing of an end.
    if jwt.get_unverified_header(token).get("typ") != "logout+jwt":
        raise jwt.InvalidTokenError("This is not a logout token")
    claims = jwt.decode(
        token,
        access_tokens.keys.get_signing_key_from_jwt(token),
        algorithms=["RS256"],
        issuer=ISSUER,
        audience=os.environ["LIFEGUARD_CLIENT_ID"],
        leeway=30,
        options={"require": ["iss", "aud", "iat", "exp", "jti", "sid", "events"]},
    )
    if LOGOUT_EVENT not in claims["events"] or "nonce" in claims:
        raise jwt.InvalidTokenError("This is not a logout token")
    return claims["sid"]


@app.exception_handler(AuthlibBaseError)
@app.exception_handler(JoseError)
async def sign_in_failed(_request: Request, error: AuthlibBaseError | JoseError) -> Response:
    """The provider refused, or its answer did not hold; nobody is signed in."""
    return HTMLResponse(f'<p>{escape(str(error))}</p><a href="/sign-in">Try again</a>', 400)


def token_for(org_id: str, authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
    """Demand an access token for the organization in the address. FastAPI runs it in a thread: it may fetch keys."""
    return access_tokens.verify(authorization, scope="profile", organization=org_id)


@app.get("/api/organizations/{org_id}/me")
async def me(token: Annotated[dict[str, Any], Depends(token_for)]) -> dict[str, Any]:
    """Tell the caller who they are."""
    # Roles are of the application that asked for the token. Where several may call this API, judge them by `client_id`.
    return {"person": token["sub"], "organization": token["org_id"], "roles": token["roles"]}


@app.exception_handler(Refused)
async def refused(_request: Request, error: Refused) -> Response:
    """Answer as RFC 6750 has it."""
    body = {"error": error.error, "error_description": error.description}
    return JSONResponse(body, error.status, {"WWW-Authenticate": error.challenge})
