"""Signing in with a passkey: the options for the browser, and the verification of what it answers."""

import json

from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AuthenticationResponse

from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.passkeys import credential_of, descriptors, passkeys_of, relying_party, server_of, verification
from local.cognito.users import User

_TIMEOUT_MS = 180_000


def request_options(call: Call, pool: Doc, user: User, *, demanded: bool) -> tuple[dict[str, str], Doc]:
    """Challenge parameters with options for ``navigator.credentials.get``, and what the session keeps of them.

    Args:
        demanded: whether the user has to be verified because the passkey stands for two factors.
    """
    rp_id = relying_party(call, pool)
    wanted = verification(pool, demanded=demanded)
    found = descriptors(passkeys_of(call, user, rp_id))
    options, state = server_of(rp_id).authenticate_begin(found, user_verification=wanted)
    shown = {**json.loads(json.dumps(dict(options.public_key))), "timeout": _TIMEOUT_MS}
    kept = {"challenge": state["challenge"], "user_verification": wanted.value}
    return {"CREDENTIAL_REQUEST_OPTIONS": json.dumps(shown)}, {"rp_id": rp_id, "state": kept}


def assertion_holds(call: Call, user: User, begun: Doc, credential: str) -> bool:
    """Whether CREDENTIAL (AuthenticationResponseJSON) answers these options with one of the user's passkeys.

    The counter must go up where the authenticator has one, and a user handle must be the user's (WebAuthn level 3,
    section 7.2).
    """
    found = passkeys_of(call, user, str(begun["rp_id"]))
    try:
        response = AuthenticationResponse.from_dict(json.loads(credential))
        used = server_of(str(begun["rp_id"])).authenticate_complete(
            begun["state"], [credential_of(passkey) for passkey in found], response
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    handle = response.response.user_handle
    if handle is not None and handle != user.sub.encode():
        return False
    [passkey] = [doc for doc in found if websafe_decode(doc["id"]) == used.credential_id]
    counter = response.response.authenticator_data.counter
    if (counter or passkey["counter"]) and counter <= passkey["counter"]:
        return False
    passkey["counter"] = counter
    call.store.update("passkeys", passkey, id=websafe_encode(used.credential_id), sub=user.sub)
    return True
