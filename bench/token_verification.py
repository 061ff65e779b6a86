"""How fast tokens are verified: one that was seen before, a new one beside PyJWT alone, and those of 1,000 user pools.

Nothing but this process and a server of key sets on loopback; all in one thread. Rates are by processor time. Passes
take turns at each hundred tokens, so that all have the same machine; of the turns through all of them it is the median.

    .venv/bin/python -m bench.token_verification [--tokens 2000] [--turns 21]
"""

import argparse
import json
import os
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.stack import say_command

if TYPE_CHECKING:
    from jwt.types import Options


POOLS, AUDIENCE = 1_000, "https://api.example"
SEEN_A_SECOND, NEW_SHARE = 100_000, 0.85
AT_A_TIME = 100

One = TypeVar("One")


def main() -> int:
    """Verify and print the figures; the exit code is 1 where one is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=2_000)
    parser.add_argument("--turns", type=int, default=21)
    chosen = parser.parse_args()
    say_command()
    os.environ["DJANGO_SETTINGS_MODULE"] = "local.check_settings"
    import django

    django.setup()
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    met = [_own(private, chosen.tokens, chosen.turns), _pools(private, chosen.turns)]
    return 0 if all(met) else 1


def _own(private: rsa.RSAPrivateKey, count: int, turns: int) -> bool:
    """Our own access tokens: PyJWT alone, new ones, and the same ones again."""
    from django.conf import settings

    from identity import tokens
    from tests.support.keys import public_keys_of

    public = private.public_key()
    published = public_keys_of(k1=private)
    signed = [_access_token(private, settings.SIGNIN_URL) for _each in range(count)]

    def alone(some: Sequence[str]) -> None:
        required: Options = {"require": ["iss", "sub", "aud", "client_id", "org_id", "jti", "exp", "iat"]}
        for token in some:
            jwt.decode(token, public, ["RS256"], required, audience=AUDIENCE, issuer=settings.SIGNIN_URL, leeway=30)

    def ours(some: Sequence[str]) -> None:
        for token in some:
            tokens.verify_access_token(token, audience=AUDIENCE)

    def forgetting() -> None:
        tokens.use_own_keys(lambda: published)

    rates = _rates(signed, {"PyJWT alone": alone, "new": ours, "seen before": ours}, turns, forgetting)
    size = len(signed[0])
    print(f"{count} access tokens of {size} bytes, PyJWT {jwt.__version__}, a second and core:")
    for name, rate in rates.items():
        print(f"  {name:12} {rate:10,.0f}")
    share = rates["new"] / rates["PyJWT alone"]
    print(f"  new ones at {share:.2f} of PyJWT alone (target {NEW_SHARE} or more)")
    print(f"  seen before: target {SEEN_A_SECOND:,} a second or more")
    return share >= NEW_SHARE and rates["seen before"] >= SEEN_A_SECOND


def _pools(private: rsa.RSAPrivateKey, turns: int) -> bool:
    """Tokens of many user pools in turn: each pool's keys are fetched once."""
    from identity.cognito_tokens import CognitoUse, cognito_issuer, verify_cognito_token
    from tenants.models import Cell, UserPool

    with _key_sets(private) as (url, fetched):
        cell = Cell(region="eu-central-1", endpoint_url=url)
        pools = [UserPool(cell=cell, cognito_id=f"eu-central-1_{number:09}") for number in range(POOLS)]
        signed: list[tuple[UserPool, str]] = [(pool, _cognito_token(private, cognito_issuer(pool))) for pool in pools]

        def each_pool(some: Sequence[tuple[UserPool, str]]) -> None:
            for pool, token in some:
                verify_cognito_token(token, pool=pool, use=CognitoUse.ACCESS, client_id="client")

        each_pool(signed)
        first = len(fetched)
        rates = _rates(signed, {"in turn": each_pool}, turns)
        later = len(fetched) - first
    rate = rates["in turn"]
    print(f"{POOLS} user pools in turn: {rate:,.0f} a second; {first} key sets fetched at first, then {later}")
    return (first, later) == (POOLS, 0)


def _rates(
    every: Sequence[One],
    passes: Mapping[str, Callable[[Sequence[One]], None]],
    turns: int,
    before: Callable[[], None] = lambda: None,
) -> dict[str, float]:
    """Return verifications a second by pass: the median of the turns.

    Args:
        every: what is verified, some at a time.
        passes: how, in this order; at every second some the first of them comes last.
        turns: how often all of it is.
        before: what comes before each turn.
    """
    found: dict[str, list[float]] = {name: [] for name in passes}
    for _turn in range(turns):
        before()
        spent = dict.fromkeys(passes, 0.0)
        for start in range(0, len(every), AT_A_TIME):
            some, order = every[start : start + AT_A_TIME], list(passes)
            # Whoever comes first finds none of them in the processor's cache.
            if start // AT_A_TIME % 2:
                order.append(order.pop(0))
            for name in order:
                began = time.process_time()
                passes[name](some)
                spent[name] += time.process_time() - began
        for name, seconds in spent.items():
            found[name].append(len(every) / seconds)
    return {name: statistics.median(rates) for name, rates in found.items()}


def _access_token(private: rsa.RSAPrivateKey, issuer: str) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": str(uuid.uuid4()),
        "aud": AUDIENCE,
        "client_id": "app_1",
        "org_id": str(uuid.uuid4()),
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 3600,
        "scope": "openid email profile",
        "roles": ["admin"],
    }
    return jwt.encode(claims, private, "RS256", headers={"kid": "k1", "typ": "at+jwt"})


def _cognito_token(private: rsa.RSAPrivateKey, issuer: str) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": str(uuid.uuid4()),
        "client_id": "client",
        "token_use": "access",
        "username": "someone",
        "iat": now,
        "exp": now + 3600,
    }
    return jwt.encode(claims, private, "RS256", headers={"kid": "k1"})


@contextmanager
def _key_sets(private: rsa.RSAPrivateKey) -> Iterator[tuple[str, list[str]]]:
    """Serve the same key set for every pool, and say what was fetched."""
    from tests.support.keys import key_set

    fetched: list[str] = []
    body = json.dumps(key_set(k1=private)).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Write no line for each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", fetched
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    raise SystemExit(main())
