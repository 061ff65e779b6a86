"""Sign-in with Lifeguard, and an API that takes its access tokens, in FastAPI with Authlib.

pip install -r requirements-fastapi.txt
uvicorn fastapi_app:app --port 8000
"""

import os
import secrets
from html import escape
from typing import Annotated, Any

from access_tokens import AccessTokens, Refused
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, OAuthError
from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware

ISSUER = os.environ["LIFEGUARD_ISSUER"]
ORIGIN = os.environ["APP_ORIGIN"]

app = FastAPI()
app.add_middleware(
    SessionMiddleware,
    secret_key=os.environ["APP_SECRET_KEY"],
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


@app.get("/", response_class=HTMLResponse)
async def home(request: Request) -> str:
    """Who is signed in."""
    person = people.get(request.session.get("id", ""))
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
        **{name: claims.get(name, "") for name in ("sub", "name", "email", "org_id", "org_slug")},
        "id_token": tokens["id_token"],
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
    return {"person": token["sub"], "organization": token["org_id"], "roles": token["roles"]}


@app.exception_handler(Refused)
async def refused(_request: Request, error: Refused) -> Response:
    """Answer as RFC 6750 has it."""
    body = {"error": error.error, "error_description": error.description}
    return JSONResponse(body, error.status, {"WWW-Authenticate": error.challenge})
