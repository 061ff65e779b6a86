"""An OpenID provider for tests, which signs its one person in without asking, and makes mistakes on order."""

import base64
import functools
import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID = "lifeguard"
CLIENT_SECRET = "correct horse & battery"


# Making a key takes longer than a sign-in.
@functools.cache
def _keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    first, second = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    return first, second


@dataclass
class Behaviour:
    """What the provider does next.

    Attributes:
        claims: what is said of the person, in the ID token.
        userinfo: what userinfo says beside `sub`; None: it answers 500.
        token: claims of the ID token that replace the right ones; None takes one away.
        header: members of the token's header that replace the right ones; None takes one away.
        key: wrong, none, or hmac; empty: the right key.
        refusal: the error with which authorize answers, empty for a code.
        token_refusal: the error with which the token endpoint answers.
    """

    claims: dict[str, Any]
    userinfo: dict[str, Any] | None
    token: dict[str, Any]
    header: dict[str, Any]
    key: str = ""
    refusal: str = ""
    token_refusal: str = ""


class OidcIdp:
    """A running provider.

    Attributes:
        seen: the queries that authorize got, oldest first.
        does: what it does, for a test to change.
    """

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        self.does = Behaviour({"sub": "u-1", "email": "ada@acme.example"}, {}, {}, {})
        self.key, self.other_key = _keys()
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def issuer(self) -> str:
        """The issuer, which is also its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def details(self, **changes: str) -> dict[str, str]:
        """Cognito's ProviderDetails of it."""
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "authorize_scopes": "openid email",
            "attributes_request_method": "GET",
            "oidc_issuer": self.issuer,
            **changes,
        }

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        idp = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # The name is the library's.
                idp.answer(self, "")

            def do_POST(self) -> None:  # The name is the library's.
                idp.answer(self, self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # The name is the library's.
                """Tests print nothing."""

        return Handler

    def answer(self, request: BaseHTTPRequestHandler, body: str) -> None:
        """Serve one request."""
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if parts.path == "/authorize":
            return self._authorize(request, query)
        if parts.path == "/token":
            return self._reply(request, *self._token(form))
        if parts.path == "/userinfo":
            return self._reply(request, *self._userinfo(request.headers.get("Authorization", "")))
        documents = {"/.well-known/openid-configuration": self._discovery(), "/jwks": self._jwks()}
        return self._reply(request, 200 if parts.path in documents else 404, documents.get(parts.path, {}))

    def _reply(self, request: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _authorize(self, request: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        self.seen.append(query)
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        answer = {"code": code, "state": query["state"]}
        if self.does.refusal:
            answer = {"error": self.does.refusal, "error_description": "The person said no", "state": query["state"]}
        request.send_response(302)
        request.send_header("Location", f"{query['redirect_uri']}?{urlencode(answer)}")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)
        if self.does.token_refusal:
            return 400, {"error": self.does.token_refusal, "error_description": "Ordered by a test"}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client", "error_description": "The secret is wrong"}
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        answer = {"access_token": f"at-{self.does.claims['sub']}", "token_type": "Bearer", "expires_in": 60}
        return 200, {**answer, "id_token": self._id_token(asked.get("nonce", ""))}

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, "nonce": nonce}
        changed = {**right, **self.does.claims, **self.does.token}
        claims = {name: value for name, value in changed.items() if value is not None}
        if self.does.key == "none":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})
        if self.does.key == "hmac":
            return _hmac_signed(claims, json.dumps(self._jwks()["keys"][0]).encode())
        key = self.other_key if self.does.key == "wrong" else self.key
        headers = {"kid": "k1", **self.does.header}
        given = {name: value for name, value in headers.items() if value is not None}
        return jwt.encode(claims, key, algorithm="RS256", headers=given)

    def _userinfo(self, authorization: str) -> tuple[int, dict[str, Any]]:
        subject = self.does.claims["sub"]
        if self.does.userinfo is None:
            return 500, {}
        if authorization != f"Bearer at-{subject}":
            return 401, {"error": "invalid_token"}
        return 200, {"sub": subject, **self.does.userinfo}

    def _discovery(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        addresses = {name: f"{self.issuer}/{path}" for name, path in {**paths, "jwks_uri": "jwks"}.items()}
        return {"issuer": self.issuer, **addresses}

    def _jwks(self) -> dict[str, Any]:
        jwk = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**jwk, "kid": "k1", "use": "sig", "alg": "RS256"}]}


def _hmac_signed(claims: dict[str, Any], key: bytes) -> str:
    """A token signed with a public key as HMAC's secret; PyJWT itself refuses to make one."""

    def part(value: Any) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    signed = part({"alg": "HS256", "kid": "k1"}) + b"." + part(claims)
    mac = hmac.digest(key, signed, hashlib.sha256)
    return (signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()
