"""A passkey authenticator for tests, made of cryptography and fido2's message types; a browser's part is played too."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

_FLAG = AuthenticatorData.FLAG


@dataclass
class Passkey:
    """One credential in one authenticator.

    Attributes:
        origin: of the page that asks.
        verifies: whether it verifies its user.
        counter: of its signatures; None where it has no counter.
    """

    origin: str
    verifies: bool = True
    counter: int | None = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def id(self) -> str:
        """The credential's id, as JSON carries it."""
        return websafe_encode(self.credential_id)

    def made_for(self, options: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """RegistrationResponseJSON for PublicKeyCredentialCreationOptionsJSON; `changes` are to what it answers for."""
        asked = {"challenge": options["challenge"], "rp_id": options["rp"]["id"], "origin": self.origin, **changes}
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(str(asked["rp_id"]), credential)
        attestation = AttestationObject.create("none", data, {})
        response = {
            "clientDataJSON": websafe_encode(_client_data("webauthn.create", asked)),
            "attestationObject": websafe_encode(bytes(attestation)),
            "transports": ["internal"],
        }
        return self._answer(response)

    def signed(self, options: dict[str, Any], **changes: Any) -> str:
        """AuthenticationResponseJSON for PublicKeyCredentialRequestOptionsJSON, as text."""
        asked = {"challenge": options["challenge"], "rp_id": options["rpId"], "origin": self.origin, **changes}
        if self.counter is not None:
            self.counter += 1
        data = self._data(str(asked["rp_id"]))
        client_data = _client_data("webauthn.get", asked)
        signature = self.key.sign(bytes(data) + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(signature),
            **({"userHandle": websafe_encode(changes["user"])} if "user" in changes else {}),
        }
        return json.dumps(self._answer(response))

    def _data(self, rp_id: str, credential: AttestedCredentialData | None = None) -> AuthenticatorData:
        flags = _FLAG.UP | (_FLAG.UV if self.verifies else _FLAG(0)) | (_FLAG.AT if credential else _FLAG(0))
        rp_hash = hashlib.sha256(rp_id.encode()).digest()
        data: AuthenticatorData = AuthenticatorData.create(rp_hash, flags, self.counter or 0, bytes(credential or b""))
        return data

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.id,
            "rawId": self.id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


def _client_data(kind: str, asked: dict[str, Any]) -> bytes:
    challenge = websafe_decode(str(asked["challenge"]))
    return bytes(CollectedClientData.create(kind, challenge, str(asked["origin"])))
