"""Verifying a SAML response: python3-saml in strict mode, and what it leaves to its caller."""

import base64
import binascii
import datetime
from dataclasses import dataclass
from typing import Any

from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from local.cognito.hosted.answers import Refusal
from local.cognito.hosted.people import Person, RemoteSession
from local.cognito.hosted.saml_metadata import IdentityProvider
from local.cognito.model import Doc

_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_NAMES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
}
# An assertion that nobody asked for must be fresh (reference 3.1).
_UNASKED_SECONDS = 6 * 60
_DRIFT_SECONDS = 60
_LONGEST = 100_000  # DG:saml2-idpresponse-endpoint
_ERRORS = OneLogin_Saml2_ValidationError
_SIGNATURE = frozenset(
    {
        _ERRORS.INVALID_SIGNATURE,
        _ERRORS.NO_SIGNATURE_FOUND,
        _ERRORS.WRONG_SIGNED_ELEMENT,
        _ERRORS.ID_NOT_FOUND_IN_SIGNED_ELEMENT,
        _ERRORS.DUPLICATED_ID_IN_SIGNED_ELEMENTS,
        _ERRORS.INVALID_SIGNED_ELEMENT,
        _ERRORS.DUPLICATED_REFERENCE_IN_SIGNED_ELEMENTS,
        _ERRORS.UNEXPECTED_SIGNED_ELEMENTS,
        _ERRORS.WRONG_NUMBER_OF_SIGNATURES_IN_RESPONSE,
        _ERRORS.WRONG_NUMBER_OF_SIGNATURES_IN_ASSERTION,
    }
)


@dataclass(frozen=True)
class Expected:
    """What a response must fit.

    Attributes:
        entity_id: the pool's, the audience.
        acs: where it arrived, which is the recipient.
        request_id: the ID of the request it answers; None where the provider begins.
        pair: the certificate to which the assertion is encrypted, with its key ``pem``; None where it is in clear.
    """

    provider: IdentityProvider
    entity_id: str
    acs: str
    request_id: str | None
    pair: Doc | None


@dataclass(frozen=True)
class Verified:
    """A response that holds: who it is about, and the assertion's ID, which is good for one use."""

    person: Person
    assertion_id: str


def _invalid(words: str) -> Refusal:
    """In the form of AWS's own: ``Invalid SAML response received: …`` with server_error."""
    return Refusal("server_error", f"Invalid SAML response received: {words}")


def verify_response(encoded: str, expected: Expected) -> Verified:
    """Who a response is about.

    Args:
        encoded: the form's SAMLResponse, Base64.

    Raises:
        Refusal: it does not hold, in the words for the client.
    """
    if len(encoded) > _LONGEST:
        raise _invalid("The response is too long")
    try:
        base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error as error:
        raise _invalid("The response is not Base64") from error
    settings = _settings(expected)
    try:
        response = OneLogin_Saml2_Response(settings, encoded)
        response.is_valid(_as_received(expected.acs), request_id=expected.request_id, raise_exceptions=True)
        _check_rest(response, expected)
        return Verified(_person(response, expected), str(response.get_assertion_id()))
    except Refusal:
        raise
    except OneLogin_Saml2_ValidationError as error:
        raise _invalid(_words(error, encoded)) from error
    except OneLogin_Saml2_Error as error:
        raise _invalid(str(error)) from error
    except Exception as error:
        # The library lets whatever the XML layers raise pass: a document type, an entity, broken XML, a key that does
        # not decrypt. Each is a response that does not hold.
        raise _invalid(f"The response cannot be read: {type(error).__name__}") from error


def _words(error: OneLogin_Saml2_ValidationError, encoded: str) -> str:
    """AWS's words where they are known (docs/local-cognito.md names where from), otherwise the library's."""
    if error.code in _SIGNATURE:
        assertion_is_signed = b":Signature" in base64.b64decode(encoded).partition(b":Assertion ")[2]
        return f"SAML {'Assertion' if assertion_is_signed else 'Response'} signature is invalid."
    if error.code == _ERRORS.WRONG_AUDIENCE:
        return "Audience restriction was not satisfied."
    if error.code == _ERRORS.NO_ENCRYPTED_ASSERTION:
        return "Responses must contain exactly one Encrypted Assertion"
    return str(error)


def _settings(expected: Expected) -> OneLogin_Saml2_Settings:
    described: dict[str, Any] = {
        "strict": True,
        "sp": {
            "entityId": expected.entity_id,
            "assertionConsumerService": {"url": expected.acs},
            **({} if expected.pair is None else _decryption(expected.pair)),
        },
        "idp": {
            "entityId": expected.provider.entity_id,
            "singleSignOnService": {"url": expected.provider.sso_url},
            # Any listed certificate will do (reference 3.1).
            "x509certMulti": {"signing": list(expected.provider.certificates)},
        },
        "security": {
            "wantAssertionsEncrypted": expected.pair is not None,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
        },
    }
    # Validating the settings themselves would ask for host names that a local provider does not have.
    return OneLogin_Saml2_Settings(described, sp_validation_only=True)


def _decryption(pair: Doc) -> dict[str, str]:
    return {"privateKey": str(pair["pem"]), "x509cert": str(pair["certificate"])}


def _as_received(acs: str) -> dict[str, Any]:
    scheme, _, rest = acs.partition("://")
    host, _, path = rest.partition("/")
    return {"https": "on" if scheme == "https" else "off", "http_host": host, "script_name": f"/{path}"}


def _check_rest(response: OneLogin_Saml2_Response, expected: Expected) -> None:
    """What the library lets pass: absence, a recipient that only begins right, and answers to no request."""
    assertion = _assertion(response)
    audiences = assertion.findall("saml:Conditions/saml:AudienceRestriction/saml:Audience", _NAMES)
    if not audiences:
        raise _invalid("Audience restriction was not satisfied.")
    answered = response.get_in_response_to()
    if answered != expected.request_id:
        # A missing one counts as wrong: without it a response could be put into another person's browser.
        raise _invalid("InResponseTo does not match the request that was sent")
    if not any(
        _confirms(item, expected) for item in assertion.findall("saml:Subject/saml:SubjectConfirmation", _NAMES)
    ):
        raise _invalid("Recipient, InResponseTo or NotOnOrAfter of SubjectConfirmationData is missing or wrong")
    if expected.request_id is None and _age(assertion) > _UNASKED_SECONDS:
        raise _invalid("The assertion is too old")


def _assertion(response: OneLogin_Saml2_Response) -> etree._Element:
    """The assertion that the verified signature covers, or the one in a response that is signed as a whole."""
    found: list[etree._Element] = response.get_xml_document().xpath(
        "/samlp:Response/saml:Assertion[@ID=$id]", namespaces=_NAMES, id=response.get_assertion_id()
    )
    [assertion] = found
    return assertion


def _confirms(confirmation: etree._Element, expected: Expected) -> bool:
    """Whether a bearer confirmation is complete (SAML 2.0 profiles, section 4.1.4.2)."""
    data = confirmation.find("saml:SubjectConfirmationData", _NAMES)
    if confirmation.get("Method") != _BEARER or data is None:
        return False
    until, begin = data.get("NotOnOrAfter"), data.get("NotBefore")
    return (
        data.get("Recipient") == expected.acs
        and data.get("InResponseTo") == expected.request_id
        and begin is None
        and until is not None
        and _instant(until) > _now()
    )


def _age(assertion: etree._Element) -> float:
    age = (_now() - _instant(str(assertion.get("IssueInstant")))).total_seconds()
    return age if age >= -_DRIFT_SECONDS else float("inf")


def _now() -> datetime.datetime:
    # The provider's clock made these times, so they are compared with real time and not with the service's own clock.
    return datetime.datetime.now(datetime.UTC)


def _instant(text: str) -> datetime.datetime:
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise _invalid("A time is not an xs:dateTime") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=datetime.UTC)


def _person(response: OneLogin_Saml2_Response, expected: Expected) -> Person:
    subject = str(response.get_nameid_data()["Value"]).strip()
    claims: dict[str, object] = {}
    for name, values in response.get_attributes().items():
        # A value may itself be a NameID, as that of eduPersonTargetedID is.
        texts = [value["NameID"]["value"] if isinstance(value, dict) else value for value in values]
        claims[name] = texts[0] if len(texts) == 1 else texts
    said = {name: value for name, value in claims.items() if value}
    return Person(subject, said, expected.provider.entity_id, _session(response, subject))


def _session(response: OneLogin_Saml2_Response, subject: str) -> RemoteSession | None:
    """The provider's session, which Cognito knows by the first AuthnStatement alone (DG:…-saml-idp-sign-out)."""
    statement = _assertion(response).find("saml:AuthnStatement", _NAMES)
    index = None if statement is None else statement.get("SessionIndex")
    if not index:
        return None
    named = {name: str(value) for name, value in response.get_nameid_data().items() if value}
    return RemoteSession({**named, "Value": subject}, index)
