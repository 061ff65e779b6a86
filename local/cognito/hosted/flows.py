"""What the domain remembers between two requests: sign-ins under way, codes, and assertions that were used."""

import hashlib
import secrets
from dataclasses import dataclass

from local.cognito.hosted.requests import SignInRequest
from local.cognito.model import Doc
from local.cognito.store import AlreadyExists, Condition, Store

# An identity provider's answer and a code's redemption each have five minutes (reference 3.1, 3.3).
FLOW_SECONDS = 300
CODE_SECONDS = 300
# Longer than an assertion can be of use.
_REMEMBER_SECONDS = 3600
_BYTES = 32


@dataclass(frozen=True)
class Flow:
    """A person was sent to an identity provider and is not back yet.

    Attributes:
        provider: the provider's name.
        request_id: the ID of the SAML request.
        nonce: that of the OpenID request, which is not the client's.
        acs: where the answer must arrive.
    """

    provider: str
    request: SignInRequest
    request_id: str
    nonce: str
    acs: str


def forget_expired(store: Store, table: str, now: float) -> None:
    """Remove what nobody can use any more."""
    expired = Condition("json_extract(doc, '$.expires') <= ?", (int(now),))
    for doc in store.select(table, where=expired):
        store.delete(table, id=str(doc["id"]))


def open_flow(store: Store, flow: Flow, now: float) -> str:
    """Remember a sign-in; the answer is its state, which nobody can guess."""
    forget_expired(store, "federated_flows", now)
    state = secrets.token_urlsafe(_BYTES)
    doc = {
        "id": digest(state),
        "provider": flow.provider,
        "request": flow.request.to_doc(),
        "request_id": flow.request_id,
        "nonce": flow.nonce,
        "acs": flow.acs,
        "expires": now + FLOW_SECONDS,
    }
    store.insert("federated_flows", doc, id=digest(state), pool_id=flow.request.pool_id)
    return state


def take_flow(store: Store, state: str, now: float) -> Flow | None:
    """The sign-in of a state, which then is used up; None for one that is unknown, used or too old."""
    doc = store.get("federated_flows", id=digest(state))
    if doc is None:
        return None
    store.delete("federated_flows", id=digest(state))
    if doc["expires"] <= now:
        return None
    request = SignInRequest(**doc["request"])
    return Flow(str(doc["provider"]), request, str(doc["request_id"]), str(doc["nonce"]), str(doc["acs"]))


def issue_code(store: Store, request: SignInRequest, sub: str, now: float) -> str:
    """A code for the client; only its hash is kept."""
    forget_expired(store, "auth_codes", now)
    code = secrets.token_urlsafe(_BYTES)
    doc = {"id": digest(code), "request": request.to_doc(), "sub": sub, "expires": now + CODE_SECONDS}
    store.insert("auth_codes", doc, id=digest(code), client_id=request.client_id, sub=sub)
    return code


def take_code(store: Store, code: str, now: float) -> tuple[SignInRequest, str] | None:
    """The request and the user of a code, which then is used up; None for one that is unknown, used or too old."""
    doc = store.get("auth_codes", id=digest(code))
    if doc is None:
        return None
    store.delete("auth_codes", id=digest(code))
    return (SignInRequest(**doc["request"]), str(doc["sub"])) if doc["expires"] > now else None


def use_assertion(store: Store, pool_id: str, issuer: str, assertion_id: str, now: float) -> bool:
    """Note that an assertion was used; False where it was before, for none is taken twice (reference 3.1)."""
    expired = Condition("json_extract(doc, '$.expires') <= ?", (int(now),))
    for doc in store.select("used_assertions", where=expired, pool_id=pool_id):
        store.delete("used_assertions", pool_id=pool_id, issuer=str(doc["issuer"]), id=str(doc["id"]))
    doc_: Doc = {"id": assertion_id, "issuer": issuer, "expires": now + _REMEMBER_SECONDS}
    try:
        store.insert("used_assertions", doc_, pool_id=pool_id, issuer=issuer, id=assertion_id)
    except AlreadyExists:
        return False
    return True


def digest(value: str) -> str:
    """What is kept of a value that only its holder may know."""
    return hashlib.sha256(value.encode()).hexdigest()
