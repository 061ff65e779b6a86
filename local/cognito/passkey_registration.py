"""The four operations by which users manage their own passkeys."""

import base64
import json
from typing import Any

from fido2.rpid import verify_rp_id
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AuthenticatorData,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
)

from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.passkeys import descriptors, offers_passkeys, passkeys_of, relying_party, server_of, verification
from local.cognito.store import AlreadyExists
from local.cognito.token_holder import token_holder
from local.cognito.users import User, save_user

# How long AWS's are good for is not documented; this is the time-out that the options name.
_SECONDS = 300
_MOST_LISTED = 20  # B:WebAuthnCredentialsQueryLimitType


def _holder(call: Call) -> tuple[Doc, Doc, User]:
    pool, claims, user = token_holder(call)
    if not offers_passkeys(pool):
        raise ServiceError("WebAuthnNotEnabledException", "Passkeys are not enabled for this user pool.")
    return pool, claims, user


@operation("StartWebAuthnRegistration")
def start_registration(call: Call) -> Doc:
    """Options for ``navigator.credentials.create`` (WebAuthn level 3, PublicKeyCredentialCreationOptionsJSON)."""
    pool, claims, user = _holder(call)
    rp_id = relying_party(call, pool)
    name = user.attributes.get("email", user.username)
    entity = PublicKeyCredentialUserEntity(
        id=user.sub.encode(), name=name, display_name=user.attributes.get("name", name)
    )
    wanted = verification(pool)
    options, state = server_of(rp_id).register_begin(
        entity,
        descriptors(passkeys_of(call, user, rp_id)),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=wanted,
    )
    user.passkey_begun = {
        "state": {"challenge": state["challenge"], "user_verification": wanted.value},
        "client_id": claims["client_id"],
        "rp_id": rp_id,
        "expires": call.clock.now() + _SECONDS,
    }
    save_user(call, user)
    shown: Doc = json.loads(json.dumps(dict(options.public_key)))
    return {"CredentialCreationOptions": {**shown, "timeout": _SECONDS * 1000}}


@operation("CompleteWebAuthnRegistration")
def complete_registration(call: Call) -> Doc:
    """Keep a passkey that was made for the options of StartWebAuthnRegistration, which then are used up."""
    _, claims, user = _holder(call)
    begun = user.passkey_begun
    if begun is None or begun["expires"] <= call.clock.now():
        raise _no_challenge()
    if begun["client_id"] != claims["client_id"]:
        raise ServiceError("WebAuthnClientMismatchException", "The registration was started by another client.")
    registration = _read(call.params["Credential"])
    data = _verified(registration, begun)
    require_room(call.store, "passkeys_per_user", call.store.count("passkeys", sub=user.sub))
    credential = data.credential_data
    if credential is None:
        raise invalid("The credential has no public key.")
    key = websafe_encode(credential.credential_id)
    doc = {
        "id": key,
        "rp_id": begun["rp_id"],
        "credential": base64.b64encode(bytes(credential)).decode(),
        "counter": data.counter,
        "name": f"Passkey {call.store.count('passkeys', sub=user.sub) + 1}",
        "attachment": str(call.params["Credential"].get("authenticatorAttachment") or ""),
        "transports": [str(item) for item in call.params["Credential"].get("response", {}).get("transports", [])],
        "created": call.clock.now(),
    }
    try:
        call.store.insert("passkeys", doc, id=key, sub=user.sub)
    except AlreadyExists as error:
        raise invalid("The credential is registered already.") from error
    user.passkey_begun = None
    save_user(call, user)
    return {}


def _no_challenge() -> ServiceError:
    return ServiceError("WebAuthnChallengeNotFoundException", "There is no such registration, or it has expired.")


def _read(credential: Any) -> RegistrationResponse:
    try:
        read: RegistrationResponse = RegistrationResponse.from_dict(credential)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise invalid(f"The credential cannot be read: {error}") from error
    return read


def _verified(registration: RegistrationResponse, begun: Doc) -> AuthenticatorData:
    """What the authenticator says, or the exception that the service model names for what is wrong with it."""
    rp_id = str(begun["rp_id"])
    client_data, attested = registration.response.client_data, registration.response.attestation_object.auth_data
    server = server_of(rp_id)
    if client_data.challenge != websafe_decode(begun["state"]["challenge"]):
        raise _no_challenge()
    if not verify_rp_id(rp_id, client_data.origin):
        raise ServiceError("WebAuthnOriginNotAllowedException", f"{client_data.origin} is no origin of {rp_id}.")
    if attested.rp_id_hash != server.rp.id_hash:
        raise ServiceError("WebAuthnRelyingPartyMismatchException", "The passkey belongs to another relying party.")
    known = {parameters.alg for parameters in server.allowed_algorithms}
    if attested.credential_data is None or attested.credential_data.public_key.get(3) not in known:
        raise _unsupported("Its key is of an algorithm that is not supported.")
    if begun["state"]["user_verification"] == "required" and not attested.is_user_verified():
        raise _unsupported("It did not verify the user.")
    try:
        return server.register_complete(begun["state"], registration)
    except ValueError as error:
        raise invalid(str(error)) from error


def _unsupported(words: str) -> ServiceError:
    return ServiceError("WebAuthnCredentialNotSupportedException", words)


@operation("ListWebAuthnCredentials")
def list_credentials(call: Call) -> Doc:
    """The user's own passkeys."""
    _, _, user = token_holder(call)

    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("passkeys", order="id", after=after, limit=limit, sub=user.sub)

    page = read_page(call, fetch, lambda doc: str(doc["id"]), limit_name="MaxResults", most=_MOST_LISTED)
    return with_token({"Credentials": [_shown(doc) for doc in page.items]}, page)


def _shown(doc: Doc) -> Doc:
    attachment = {"AuthenticatorAttachment": doc["attachment"]} if doc["attachment"] else {}
    return {
        "CredentialId": doc["id"],
        "FriendlyCredentialName": doc["name"],
        "RelyingPartyId": doc["rp_id"],
        **attachment,
        "AuthenticatorTransports": doc["transports"],
        "CreatedAt": doc["created"],
    }


@operation("DeleteWebAuthnCredential")
def delete_credential(call: Call) -> Doc:
    """Forget one of the user's own passkeys."""
    _, _, user = token_holder(call)
    if not call.store.delete("passkeys", id=str(call.params["CredentialId"]), sub=user.sub):
        raise not_found("The credential does not exist.")
    return {}
