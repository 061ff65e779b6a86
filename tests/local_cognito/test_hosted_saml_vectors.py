"""SAML responses that must not hold: each is right but for one thing."""

import base64
from typing import Any

import pytest
import xmlsec
from lxml import etree

from local.idp.saml_messages import DENIED, NAMES, part
from tests.local_cognito.browser import (
    App,
    claims_of,
    make_app,
    post_response,
    refusal_of,
    through_saml,
    usernames,
)
from tests.local_cognito.running import RunningCognito
from tests.support.saml_idp import SamlIdp
from tests.support.saml_wrapping import VICTIM, wrapped

INVALID = "Invalid SAML response received: "
SIGNATURE = f"{INVALID}SAML Assertion signature is invalid."


@pytest.fixture
def provider() -> SamlIdp:
    return SamlIdp()


@pytest.fixture
def app(cognito: RunningCognito, provider: SamlIdp) -> App:
    return make_app(cognito, "SAML", provider.details())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"audience": "urn:amazon:cognito:sp:us-east-1_other"}, "Audience restriction was not satisfied."),
        ({"audience": None}, "Audience restriction was not satisfied."),
        ({"recipient": "https://evil.example/saml2/idpresponse"}, "A valid SubjectConfirmation was not found"),
        ({"recipient": None}, "Recipient, InResponseTo or NotOnOrAfter"),
        ({"destination": "https://evil.example/saml2/idpresponse"}, "The response was received at"),
        ({"in_response_to": "_other"}, "The InResponseTo of the Response: _other"),
        ({"in_response_to": None}, "InResponseTo does not match"),
        ({"confirmed_request": "_other"}, "A valid SubjectConfirmation was not found"),
        ({"confirmed_request": None}, "Recipient, InResponseTo or NotOnOrAfter"),
        ({"in_response_to": None, "confirmed_request": None}, "InResponseTo does not match"),
        ({"lifetime": -1}, "A valid SubjectConfirmation was not found"),
        ({"lifetime": -600}, "Could not validate timestamp: expired"),
        ({"age": -1200}, "Could not validate timestamp: not yet valid"),
        ({"issuer": "https://evil.example/saml"}, "Invalid issuer in the Assertion/Response"),
        ({"name_id": ""}, "An empty NameID value found"),
    ],
)
def test_assertion_that_does_not_fit(app: App, provider: SamlIdp, changes: dict[str, Any], words: str) -> None:
    error, description = refusal_of(through_saml(app, provider, **changes))
    assert error == "server_error"
    assert description.startswith(f"{INVALID}{words}")
    assert usernames(app) == []


def test_recipient_that_only_begins_right(app: App, provider: SamlIdp) -> None:
    request = provider.asked(app.authorize().headers["location"])
    answer = provider.answer(request, recipient=f"{request.acs}.evil.example")
    refused = post_response(app, provider.form(provider.signed(answer), request.relay_state))
    assert refusal_of(refused)[1].startswith(f"{INVALID}Recipient")


def test_provider_that_says_no(app: App, provider: SamlIdp) -> None:
    refused = through_saml(app, provider, signed={"what": ("response",)}, status=DENIED)
    assert refusal_of(refused)[1].startswith(f"{INVALID}The status code of the Response was not Success")


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        ({"what": ()}, f"{INVALID}SAML Response signature is invalid."),
        ({"key": "wrong"}, SIGNATURE),
        ({"key": "wrong", "what": ("response",)}, f"{INVALID}SAML Response signature is invalid."),
        ({"method": xmlsec.Transform.RSA_SHA1}, f"{INVALID}Deprecated signature algorithm found"),
        ({"digest": xmlsec.Transform.SHA1}, f"{INVALID}Deprecated digest algorithm found"),
    ],
)
def test_signature_that_does_not_hold(app: App, provider: SamlIdp, signed: dict[str, Any], words: str) -> None:
    error, description = refusal_of(through_saml(app, provider, signed=signed))
    assert error == "server_error"
    assert description.startswith(words)
    assert usernames(app) == []


@pytest.mark.parametrize("kind", range(1, 9))
def test_wrapped_signature(app: App, provider: SamlIdp, kind: int) -> None:
    request = provider.asked(app.authorize().headers["location"])
    what = ("response",) if kind < 3 else ("assertion",)
    response = wrapped(kind, provider.signed(provider.answer(request), what=what))
    assert VICTIM.encode() in etree.tostring(response)
    refused = post_response(app, provider.form(response, request.relay_state))
    assert refusal_of(refused)[1].startswith(INVALID)
    assert usernames(app) == []


def test_changed_after_signing(app: App, provider: SamlIdp) -> None:
    request = provider.asked(app.authorize().headers["location"])
    response = provider.signed(provider.answer(request))
    for name_id in response.iterfind(".//saml:NameID", NAMES):
        name_id.text = VICTIM
    assert refusal_of(post_response(app, provider.form(response, request.relay_state))) == ("server_error", SIGNATURE)


def test_two_assertions(app: App, provider: SamlIdp) -> None:
    request = provider.asked(app.authorize().headers["location"])
    response = provider.signed(provider.answer(request))
    response.append(part(provider.signed(provider.answer(request)), "saml:Assertion"))
    refused = refusal_of(post_response(app, provider.form(response, request.relay_state)))
    assert refused == ("server_error", f"{INVALID}SAML Response must contain 1 assertion")


def test_signature_of_a_shared_secret(app: App, provider: SamlIdp) -> None:
    """An HMAC whose key is the public certificate."""
    request = provider.asked(app.authorize().headers["location"])
    response = provider.answer(request).response()
    assertion = part(response, "saml:Assertion")
    signature = xmlsec.template.create(assertion, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.HMAC_SHA256, ns="ds")
    part(assertion, "saml:Issuer").addnext(signature)
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=f"#{assertion.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_binary_data(xmlsec.KeyData.HMAC, provider.pair.certificate.encode())
    context.register_id(assertion, "ID")
    context.sign(signature)
    assert refusal_of(post_response(app, provider.form(response, request.relay_state))) == ("server_error", SIGNATURE)


def test_comment_does_not_cut_the_name_short(app: App, provider: SamlIdp) -> None:
    request = provider.asked(app.authorize().headers["location"])
    response = provider.signed(provider.answer(request, name_id="u-1.evil"))
    message = etree.tostring(response).replace(b">u-1.evil<", b">u-1<!-- -->.evil<")
    form = {"SAMLResponse": base64.b64encode(message).decode(), "RelayState": request.relay_state}
    assert claims_of(app.signed_in(post_response(app, form))["id_token"])["cognito:username"] == "acme-idp_u-1.evil"


_BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_FILE = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("prefix", [b"<!DOCTYPE r>", _BOMB, _FILE])
def test_document_types_are_refused(app: App, provider: SamlIdp, prefix: bytes) -> None:
    request = provider.asked(app.authorize().headers["location"])
    message = prefix + etree.tostring(provider.signed(provider.answer(request)))
    form = {"SAMLResponse": base64.b64encode(message).decode(), "RelayState": request.relay_state}
    assert refusal_of(post_response(app, form))[1].startswith(f"{INVALID}The response cannot be read")


@pytest.mark.parametrize("content", ["%%%", base64.b64encode(b"<a").decode(), base64.b64encode(b"<a/>").decode()])
def test_what_is_no_response(app: App, provider: SamlIdp, content: str) -> None:
    request = provider.asked(app.authorize().headers["location"])
    refused = post_response(app, {"SAMLResponse": content, "RelayState": request.relay_state})
    assert refusal_of(refused)[1].startswith(INVALID)


@pytest.mark.parametrize("what", ["assertion", "response"])
def test_one_id_for_two_elements(app: App, provider: SamlIdp, what: str) -> None:
    signed = {"what": (what,)}
    refused = refusal_of(through_saml(app, provider, signed=signed, id="_same", assertion_id="_same"))
    assert refused[1].startswith(INVALID)
    assert usernames(app) == []
