"""A SAML identity provider for tests: it answers requests right, or as wrong as it is told."""

import functools
from dataclasses import dataclass, field, replace
from typing import Any

import xmlsec
from lxml import etree

from local.idp.saml_messages import Answer, answer_to, encoded, logout_response, part
from local.idp.saml_requests import AuthnRequest, LogoutRequest, check_signature, read_logout, read_request
from local.idp.saml_signing import KeyPair, encrypt_assertion, make_key_pair, metadata, sign

ENTITY_ID = "https://idp.acme.example/saml"
SSO_URL = "https://idp.acme.example/sso"
SLO_URL = "https://idp.acme.example/slo?tenant=acme"


# Making a key takes longer than a sign-in.
@functools.cache
def _pair(name: str) -> KeyPair:
    return make_key_pair(name)


@dataclass(frozen=True)
class SamlIdp:
    """An identity provider with one person; it listens nowhere, for a browser carries all messages."""

    entity_id: str = ENTITY_ID
    sso_url: str = SSO_URL
    slo_url: str = ""
    pair: KeyPair = field(default_factory=lambda: _pair("idp.acme.example"))
    other_pair: KeyPair = field(default_factory=lambda: _pair("evil.example"))
    name_id: str = "u-1"

    def metadata(self) -> str:
        """Its metadata."""
        return metadata(self.entity_id, self.sso_url, self.pair, slo_url=self.slo_url)

    def details(self, **changes: str) -> dict[str, str]:
        """Cognito's ProviderDetails of it."""
        return {"MetadataFile": self.metadata(), **changes}

    def asked(self, location: str) -> AuthnRequest:
        """The request in the address to which a browser was sent."""
        assert location.startswith(f"{self.sso_url}?"), location
        return read_request(location)

    def asked_to_end(self, location: str, certificate: str) -> LogoutRequest:
        """The logout request in the address to which a browser was sent, signed by the holder of the certificate."""
        assert location.startswith(f"{self.slo_url}&"), location
        check_signature(location, certificate)
        return read_logout(location)

    def ended(self, request: LogoutRequest, destination: str, *, key: str = "right", **changes: str) -> dict[str, str]:
        """The form with the word that the session has ended, with some attributes of the message changed."""
        response = logout_response(issuer=self.entity_id, destination=destination, in_response_to=request.id)
        for name, value in changes.items():
            response.set(name, value)
        if key:
            sign(response, self.pair if key == "right" else self.other_pair)
        return self.form(response, request.relay_state)

    def answer(self, request: AuthnRequest, **changes: Any) -> Answer:
        """The right answer, with some members replaced."""
        right = answer_to(
            request.id, issuer=self.entity_id, audience=request.issuer, acs=request.acs, name_id=self.name_id
        )
        return replace(right, **{"attributes": {"email": ["ada@acme.example"]}, **changes})

    def signed(
        self,
        answer: Answer,
        *,
        what: tuple[str, ...] = ("assertion",),
        key: str = "right",
        method: Any = xmlsec.Transform.RSA_SHA256,
        digest: Any = xmlsec.Transform.SHA256,
        encrypt_for: str = "",
    ) -> etree._Element:
        """The response to an answer.

        Args:
            what: is signed of it, "assertion" and "response".
            key: right or wrong.
            encrypt_for: the certificate of the service provider, Base64 of DER; empty: in clear.
        """
        response = answer.response()
        pair = self.pair if key == "right" else self.other_pair
        if "assertion" in what:
            sign(part(response, "saml:Assertion"), pair, method=method, digest=digest)
        if encrypt_for:
            encrypt_assertion(response, encrypt_for)
        if "response" in what:
            sign(response, pair, method=method, digest=digest)
        return response

    def form(self, response: etree._Element, relay_state: str) -> dict[str, str]:
        """What the browser posts to the assertion consumer service."""
        return {"SAMLResponse": encoded(response), "RelayState": relay_state}
