"""Device authentication in a sign-in: DEVICE_SRP_AUTH, then DEVICE_PASSWORD_VERIFIER."""

import hmac
from collections.abc import Callable

from local.cognito import srp
from local.cognito.challenges import DEVICE_STEP, signed_in
from local.cognito.devices import find_device, group_key, is_remembered, save_device, tracks_devices
from local.cognito.errors import ServiceError, invalid, not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.responses import check_named, check_timestamp, required
from local.cognito.sessions import AuthSession, find_waiting, load_session, open_session, spend
from local.cognito.users import User, fold, load_user

_VERIFIER = "DEVICE_PASSWORD_VERIFIER"


def respond_device(call: Call, pool: Doc, client: Doc, challenge: str, responses: Doc) -> Doc:
    """Answer one of `STEPS`, with USERNAME and DEVICE_KEY as the step before knows them."""
    key = required(responses, "DEVICE_KEY")
    return STEPS[challenge](call, pool, client, responses, key)


def _holder(call: Call, pool: Doc, session: AuthSession, responses: Doc, key: str) -> tuple[User, Doc]:
    """User and device of a step, both as they are now."""
    check_named(pool, session, required(responses, "USERNAME"))
    user = load_user(call.store, session.sub)
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    if not user.enabled:
        raise not_authorized("User is disabled.")
    device = find_device(call, user.sub, key)
    if key != session.data["device"] or device is None or not is_remembered(device) or not tracks_devices(pool):
        raise not_authorized("Invalid session for the user.")
    return user, device


def _begun(call: Call, pool: Doc, client: Doc, responses: Doc, key: str) -> AuthSession:
    """The step that asked for the device.

    Some clients of AWS's own send no Session here (aws-sdk-android, and the demonstration in aws-doc-sdk-examples), so
    the last one that waits for this user and device does; the refusal is that of amplify-js#10582.
    """
    client_id = str(client["ClientId"])
    if call.params.get("Session"):
        return load_session(call, call.params["Session"], DEVICE_STEP, client_id)
    name = fold(pool, required(responses, "USERNAME"))
    session = find_waiting(call, str(pool["Id"]), DEVICE_STEP, client_id, name)
    if session is None or session.data["device"] != key:
        raise not_authorized("Cannot initiate DEVICE_SRP_AUTH flow without first authenticating")
    return session


def _srp(call: Call, pool: Doc, client: Doc, responses: Doc, key: str) -> Doc:
    session = _begun(call, pool, client, responses, key)
    user, device = _holder(call, pool, session, responses, key)
    client_public = srp.read_public(required(responses, "SRP_A"))
    if client_public is None:
        raise invalid("Invalid SRP_A")
    spend(call, session)
    exchange = srp.start_exchange(int(device["verifier"], 16))
    data = {
        "A": f"{client_public:x}",
        "b": f"{exchange.private:x}",
        "B": f"{exchange.public:x}",
        "verifier": device["verifier"],
        "device": key,
    }
    # As with PASSWORD_VERIFIER, the secret block is the handle of this step.
    block = open_session(call, client, _VERIFIER, sub=user.sub, username=user.username, data=data)
    parameters = {
        "SALT": device["salt"],
        "SECRET_BLOCK": block,
        "SRP_B": data["B"],
        "USERNAME": user.username,
        "DEVICE_KEY": key,
    }
    return {"ChallengeName": _VERIFIER, "ChallengeParameters": parameters}


def _verify(call: Call, pool: Doc, client: Doc, responses: Doc, key: str) -> Doc:
    block = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")
    signature, timestamp = required(responses, "PASSWORD_CLAIM_SIGNATURE"), required(responses, "TIMESTAMP")
    check_timestamp(timestamp)
    session = load_session(call, block, _VERIFIER, str(client["ClientId"]))
    user, device = _holder(call, pool, session, responses, key)
    spend(call, session)
    exchange = srp.Exchange(int(session.data["b"], 16), int(session.data["B"], 16))
    shared = srp.session_key(int(session.data["A"], 16), exchange, int(session.data["verifier"], 16))
    right = shared is not None and hmac.compare_digest(
        srp.device_signature(shared, group_key(call, pool), key, srp.decode_block(block), timestamp).encode(),
        signature.encode(),
    )
    # A device that was forgotten and confirmed anew since the exchange began is another one.
    if not right or device["verifier"] != session.data["verifier"]:
        # The words of aws-sdk-net-extensions-cognito#73.
        raise not_authorized("Incorrect username or password.", keep_changes=True)
    save_device(call, {**device, "authenticated": call.clock.now()})
    return signed_in(call, pool, client, user, device)


STEPS: dict[str, Callable[[Call, Doc, Doc, Doc, str], Doc]] = {DEVICE_STEP: _srp, _VERIFIER: _verify}
