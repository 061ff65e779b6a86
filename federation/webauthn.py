"""Security keys and passkeys as a second factor that Lifeguard keeps: what browsers are given, and what they answer.

Source: W3C, Web Authentication level 3, sections 5.4, 5.5, 7.1 and 7.2. Signatures and CBOR are python-fido2's; whose
challenge, origin, relying party and credential it is, is checked here by name. No database, no HTTP.
"""

import json
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    AuthenticatorTransport,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from identity import auth

# For how long a browser may take, and its answer is good. In seconds.
CHALLENGE_SECONDS = 300
# Far above what browsers send without attestation.
_LONGEST_ANSWER = 16_384
_LONGEST_ID = 1_023  # Section 7.1: "the credentialId is at most 1023 bytes".
_TRANSPORTS = frozenset(str(each.value) for each in AuthenticatorTransport)
# A touch is enough: who signed in by an identity provider has shown one factor, and possession is the other.
_VERIFICATION = UserVerificationRequirement.PREFERRED
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, struct.error)


class KeyRejected(auth.CodeMismatch):
    """What the browser answered does not hold; the message is for the log."""


class KeyCopied(KeyRejected):
    """Its counter went back: there is another one that has the same key (section 6.1.1)."""


@dataclass(frozen=True, slots=True)
class Party:
    """Whom keys are made for.

    Args:
        rp_id: the host, or a domain above it, that they belong to.
        origin: of the pages that ask for them.
        name: what people know it by.
    """

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """A key that somebody has.

    Args:
        credential: its id and public key: attested credential data, as base64url.
        transports: how browsers reach it.
    """

    credential: str
    transports: tuple[str, ...] = ()

    @property
    def id(self) -> bytes:
        """Its credential id."""
        return _credential(self).credential_id


@dataclass(frozen=True, slots=True)
class Made:
    """A key that a browser made."""

    known: Known
    sign_count: int
    user_verified: bool


@dataclass(frozen=True, slots=True)
class Used:
    """One use of a key; `id` is its credential id."""

    id: bytes
    sign_count: int
    user_verified: bool


def origin_of(url: str) -> str:
    """Return the origin of an address, as browsers write it (RFC 6454 section 6.1)."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in {None, usual} else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def is_at_or_below(host: str, domain: str) -> bool:
    """Say whether keys of a domain work on a host's pages."""
    return host == domain or host.endswith(f".{domain}")


def creation_options(party: Party, *, handle: bytes, account: str, known: Sequence[Known]) -> dict[str, Any]:
    """Return PublicKeyCredentialCreationOptionsJSON with a new challenge.

    Args:
        party: whom the key is for.
        handle: names the user and says nothing about them.
        account: what the person knows the account by.
        known: keys that they have, which are not to be made a second time.
    """
    entity = PublicKeyCredentialUserEntity(id=handle, name=account, display_name=account)
    options, _ = _server(party).register_begin(
        entity,
        _descriptors(known),
        # It is asked for by name, so that it need not take one of the few places on a security key.
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=_VERIFICATION,
    )
    return _shown(options.public_key)


def request_options(party: Party, known: Sequence[Known]) -> dict[str, Any]:
    """Return PublicKeyCredentialRequestOptionsJSON with a new challenge, for these keys alone."""
    options, _ = _server(party).authenticate_begin(_descriptors(known), user_verification=_VERIFICATION)
    return _shown(options.public_key)


def verify_made(party: Party, options: dict[str, Any], answer: str) -> Made:
    """Check a registration (section 7.1).

    Args:
        party: whom the key is for.
        options: of `creation_options`.
        answer: RegistrationResponseJSON, as text.

    Raises:
        KeyRejected: it does not hold.
    """
    server = _server(party)
    try:
        read = _read(answer)
        response = RegistrationResponse.from_dict(read)
        _require_page(party, response.response.client_data)
        data = response.response.attestation_object.auth_data
        credential = data.credential_data
        if credential is None or not 0 < len(credential.credential_id) <= _LONGEST_ID:
            raise KeyRejected("no credential")
        if response.raw_id != credential.credential_id:
            raise KeyRejected("the answer names another credential")
        if credential.public_key.get(3) not in {each.alg for each in server.allowed_algorithms}:
            raise KeyRejected("an algorithm that was not asked for")
        _require_sound(data)
        server.register_complete(_state(options), response)
        transports = _transports(read)
    except _UNREADABLE as error:
        raise KeyRejected(str(error)) from error
    return Made(Known(websafe_encode(bytes(credential)), transports), data.counter, data.is_user_verified())


def verify_used(party: Party, options: dict[str, Any], known: Sequence[Known], handle: bytes, answer: str) -> Used:
    """Check an assertion (section 7.2), but for its counter, which is whoever keeps the key's to compare.

    Args:
        party: whom the key is for.
        options: of `request_options`.
        known: the person's keys.
        handle: which names the person.
        answer: AuthenticationResponseJSON, as text.

    Raises:
        KeyRejected: it does not hold.
    """
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        _require_page(party, response.response.client_data)
        if response.response.user_handle not in (None, b"", handle):
            raise KeyRejected("the key is of somebody else")
        data = response.response.authenticator_data
        _require_sound(data)
        credentials = [_credential(each) for each in known]
        used = _server(party).authenticate_complete(_state(options), credentials, response)
    except _UNREADABLE as error:
        raise KeyRejected(str(error)) from error
    return Used(used.credential_id, data.counter, data.is_user_verified())


def _server(party: Party) -> Fido2Server:
    def is_ours(origin: str) -> bool:
        return origin == party.origin

    entity = PublicKeyCredentialRpEntity(name=party.name, id=party.rp_id)
    return Fido2Server(entity, AttestationConveyancePreference.NONE, verify_origin=is_ours)


def _credential(known: Known) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(known.credential))


def _descriptors(known: Sequence[Known]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY,
            id=each.id,
            transports=[AuthenticatorTransport(way) for way in each.transports] or None,
        )
        for each in known
    ]


def _shown(options: Any) -> dict[str, Any]:
    read = cast("dict[str, Any]", json.loads(json.dumps(dict(options))))
    return {**read, "timeout": CHALLENGE_SECONDS * 1000}


def _state(options: dict[str, Any]) -> dict[str, Any]:
    return {"challenge": options["challenge"], "user_verification": _VERIFICATION.value}


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST_ANSWER:
        raise KeyRejected("too long")
    read = json.loads(answer)
    if not isinstance(read, dict) or read.get("type") != "public-key":
        raise KeyRejected("not a credential")
    return read


def _require_page(party: Party, client: CollectedClientData) -> None:
    """Refuse what was made on another page than ours, or on ours within another's."""
    if client.origin != party.origin:
        raise KeyRejected("made on another page")
    if client.cross_origin:
        raise KeyRejected("made within a page of somebody else")


def _require_sound(data: AuthenticatorData) -> None:
    """Refuse flags that contradict one another: what cannot be backed up is not backed up (section 6.1.3)."""
    if data.is_backed_up() and not data.is_backup_eligible():
        raise KeyRejected("backed up, and not to be")


def _transports(read: dict[str, Any]) -> tuple[str, ...]:
    given: Collection[Any] = read["response"].get("transports") or ()
    return tuple(sorted({each for each in given if isinstance(each, str)} & _TRANSPORTS))
