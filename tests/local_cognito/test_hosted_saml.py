"""Signing in through a SAML identity provider: what is sent, and which answers hold."""

import base64
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.idp.saml_messages import encoded, unasked
from local.idp.saml_signing import make_key_pair, metadata
from tests.local_cognito.browser import (
    CALLBACK,
    HTTP,
    App,
    claims_of,
    make_app,
    post_response,
    query_of,
    refusal_of,
    through_saml,
)
from tests.local_cognito.running import RunningCognito
from tests.support.saml_idp import SamlIdp

INVALID = "Invalid SAML response received: "
SIGNATURE = f"{INVALID}SAML Assertion signature is invalid."


@pytest.fixture
def provider() -> SamlIdp:
    return SamlIdp()


@pytest.fixture
def app(cognito: RunningCognito, provider: SamlIdp) -> App:
    return make_app(cognito, "SAML", provider.details())


@pytest.mark.parametrize("what", [("assertion",), ("response",), ("assertion", "response")])
def test_sign_in_gives_tokens_of_a_new_user(app: App, provider: SamlIdp, what: tuple[str, ...]) -> None:
    tokens = app.signed_in(through_saml(app, provider, signed={"what": what}))
    identity = claims_of(tokens["id_token"])
    assert identity["cognito:username"] == "acme-idp_u-1"
    assert (identity["email"], identity["email_verified"]) == ("ada@acme.example", False)
    assert identity["cognito:groups"] == [f"{app.pool_id}_acme-idp"]
    [named] = identity["identities"]
    assert (named["providerType"], named["issuer"], named["primary"]) == ("SAML", provider.entity_id, "true")
    assert app.user("acme-idp_u-1")["status"] == "EXTERNAL_PROVIDER"


def test_request_says_who_asks_and_where_to_answer(app: App, provider: SamlIdp) -> None:
    request = provider.asked(app.authorize().headers["location"])
    assert request.issuer == f"urn:amazon:cognito:sp:{app.pool_id}"
    assert request.acs == f"{app.cognito.url}/saml2/idpresponse"
    assert not request.signed


def test_request_is_signed_with_the_pools_key_where_it_is_to_be(cognito: RunningCognito, provider: SamlIdp) -> None:
    app = make_app(cognito, "SAML", provider.details(RequestSigningAlgorithm="rsa-sha256"))
    location = app.authorize().headers["location"]
    assert provider.asked(location).signed
    given = app.idp.get_signing_certificate(UserPoolId=app.pool_id)["Certificate"]
    key = x509.load_der_x509_certificate(base64.b64decode(given)).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    signed, _, signature = urlsplit(location).query.partition("&Signature=")
    assert query_of(location)["SigAlg"] == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    assert signature
    key.verify(base64.b64decode(query_of(location)["Signature"]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_response_works_once(app: App, provider: SamlIdp) -> None:
    request = provider.asked(app.authorize().headers["location"])
    form = provider.form(provider.signed(provider.answer(request)), request.relay_state)
    assert post_response(app, form).status_code == 302
    again = post_response(app, form)
    assert (again.status_code, "Invalid relayState from identity provider" in again.text) == (400, True)
    other = provider.asked(app.authorize().headers["location"])
    stolen = post_response(app, {**form, "RelayState": other.relay_state})
    assert "does not match the ID of the AuthNRequest" in refusal_of(stolen)[1]


def test_answer_comes_within_five_minutes(own_cognito: RunningCognito, provider: SamlIdp) -> None:
    app = make_app(own_cognito, "SAML", provider.details())
    request = provider.asked(app.authorize().headers["location"])
    own_cognito.advance(301)
    late = post_response(app, provider.form(provider.signed(provider.answer(request)), request.relay_state))
    assert (late.status_code, "Invalid relayState from identity provider" in late.text) == (400, True)


def test_what_nobody_asked_for_is_shown_on_a_page(app: App, provider: SamlIdp) -> None:
    request = provider.asked(app.authorize().headers["location"])
    form = provider.form(provider.signed(provider.answer(request)), request.relay_state)
    for less in ({"SAMLResponse": form["SAMLResponse"]}, {"RelayState": form["RelayState"]}, {}):
        answer = post_response(app, less) if less else HTTP.post(f"{app.cognito.url}/saml2/idpresponse")
        assert answer.status_code == 400
    assert "Invalid samlResponse or relayState from identity provider" in post_response(app, {"RelayState": "x"}).text
    assert HTTP.get(f"{app.cognito.url}/saml2/idpresponse", params=form).status_code == 400
    # Another protocol's state is no relay state, and the other way round.
    assert HTTP.get(f"{app.cognito.url}/oauth2/idpresponse", params={"state": request.relay_state}).status_code == 400


def test_any_listed_certificate_may_sign(cognito: RunningCognito, provider: SamlIdp) -> None:
    document = metadata(provider.entity_id, provider.sso_url, provider.other_pair, provider.pair)
    app = make_app(cognito, "SAML", {"MetadataFile": document})
    for key in ("right", "wrong"):
        app.signed_in(through_saml(app, provider, signed={"key": key}))


def test_encrypted_assertions(cognito: RunningCognito, provider: SamlIdp) -> None:
    app = make_app(cognito, "SAML", provider.details(EncryptedResponses="true"))
    certificate = _encryption_certificate(app)
    app.signed_in(through_saml(app, provider, signed={"encrypt_for": certificate}))
    app.signed_in(through_saml(app, provider, signed={"what": ("response",), "encrypt_for": certificate}))
    plain = refusal_of(through_saml(app, provider))
    assert plain == ("server_error", f"{INVALID}Responses must contain exactly one Encrypted Assertion")
    # Encryption proves nothing about who wrote it: anybody has the certificate.
    unsigned = refusal_of(through_saml(app, provider, signed={"what": (), "encrypt_for": certificate}))
    assert unsigned[1].startswith(f"{INVALID}SAML Response signature is invalid.")
    other = refusal_of(through_saml(app, provider, signed={"encrypt_for": provider.pair.der()}))
    assert other[1].startswith(INVALID)


def _encryption_certificate(app: App) -> str:
    described = app.idp.describe_identity_provider(UserPoolId=app.pool_id, ProviderName=app.provider)
    return described["IdentityProvider"]["ProviderDetails"]["ActiveEncryptionCertificate"]


def test_encryption_certificate_is_the_providers_own(app: App, provider: SamlIdp) -> None:
    named: Any = {"UserPoolId": app.pool_id, "ProviderName": app.provider}
    in_clear = _encryption_certificate(app)
    on = provider.details(EncryptedResponses="true")
    updated = app.idp.update_identity_provider(**named, ProviderDetails=on)["IdentityProvider"]
    first = _encryption_certificate(app)
    assert first == in_clear
    x509.load_der_x509_certificate(base64.b64decode(first))
    other = {"ProviderName": "other", "ProviderType": "SAML", "ProviderDetails": on, "AttributeMapping": {}}
    created = app.idp.create_identity_provider(UserPoolId=app.pool_id, **other)["IdentityProvider"]  # type: ignore[arg-type]
    # Only Describe shows it (B:IdentityProviderType$ProviderDetails).
    for answer in (updated, created):
        assert "ActiveEncryptionCertificate" not in answer["ProviderDetails"]
    second = app.idp.describe_identity_provider(UserPoolId=app.pool_id, ProviderName="other")
    assert second["IdentityProvider"]["ProviderDetails"]["ActiveEncryptionCertificate"] != first
    # It outlives a time without encryption.
    app.idp.update_identity_provider(**named, ProviderDetails=provider.details())
    assert "code=" in through_saml(app, provider).headers["location"]
    app.idp.update_identity_provider(**named, ProviderDetails=on)
    assert _encryption_certificate(app) == first


def test_encrypted_for_a_provider_that_is_to_send_in_clear(app: App, provider: SamlIdp) -> None:
    refused = refusal_of(through_saml(app, provider, signed={"encrypt_for": provider.pair.der()}))
    assert refused[1].startswith(f"{INVALID}No private key available")


def _relay_state(app: App, **changes: str) -> str:
    asked = {
        "identity_provider": app.provider,
        "client_id": app.client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid email",
        "state": "s-1",
    }
    return urlencode({**asked, **changes})


def _unasked(app: App, provider: SamlIdp, relay_state: str, **changes: Any) -> httpx.Response:
    acs = f"{app.cognito.url}/saml2/idpresponse"
    audience = f"urn:amazon:cognito:sp:{app.pool_id}"
    right = unasked(issuer=provider.entity_id, audience=audience, acs=acs, name_id="u-1")
    members = {**right.__dict__, "attributes": {"email": ["ada@acme.example"]}, **changes}
    response = provider.signed(type(right)(**members))
    return post_response(app, {"SAMLResponse": encoded(response), "RelayState": relay_state})


def test_provider_begins_where_it_may(cognito: RunningCognito, provider: SamlIdp) -> None:
    app = make_app(cognito, "SAML", provider.details(IDPInit="true"))
    tokens = app.signed_in(_unasked(app, provider, _relay_state(app)), code_verifier=None)
    assert claims_of(tokens["id_token"])["cognito:username"] == "acme-idp_u-1"
    assert "old" in refusal_of(_unasked(app, provider, _relay_state(app), age=361))[1]
    answered = {"in_response_to": "_r", "confirmed_request": "_r"}
    assert "InResponseTo" in refusal_of(_unasked(app, provider, _relay_state(app), **answered))[1]
    known = {"assertion_id": "_once"}
    assert _unasked(app, provider, _relay_state(app), **known).status_code == 302
    assert "used before" in refusal_of(_unasked(app, provider, _relay_state(app), **known))[1]
    for wrong in ({"redirect_uri": "https://evil.example"}, {"client_id": "absent"}):
        assert _unasked(app, provider, _relay_state(app, **wrong)).headers["location"].startswith("/error?")
    assert _unasked(app, provider, _relay_state(app, response_type="token")).status_code == 400
    assert _unasked(app, provider, f"client_id={app.client_id}").status_code == 400


def test_client_of_a_provider_that_begins_lists_no_other_kind(cognito: RunningCognito, provider: SamlIdp) -> None:
    app = make_app(cognito, "SAML", provider.details(IDPInit="true"))
    client: Any = {"UserPoolId": app.pool_id, "ClientName": "other"}
    app.idp.create_user_pool_client(**client, SupportedIdentityProviders=[app.provider])
    with pytest.raises(app.idp.exceptions.InvalidParameterException, match="SAML providers only"):
        app.idp.create_user_pool_client(**client, SupportedIdentityProviders=[app.provider, "COGNITO"])


def test_response_that_is_too_long(app: App, provider: SamlIdp) -> None:
    refused = refusal_of(through_saml(app, provider, attributes={"email": ["a" * 100_000]}))
    assert refused == ("server_error", f"{INVALID}The response is too long")


def test_metadata_without_the_redirect_binding(app: App, provider: SamlIdp) -> None:
    document = provider.metadata().replace("bindings:HTTP-Redirect", "bindings:HTTP-POST")
    with pytest.raises(app.idp.exceptions.InvalidParameterException, match="No SingleSignOn Http redirect binding"):
        app.idp.update_identity_provider(
            UserPoolId=app.pool_id, ProviderName=app.provider, ProviderDetails={"MetadataFile": document}
        )


def test_provider_does_not_begin_where_it_may_not(app: App, provider: SamlIdp) -> None:
    answer = _unasked(app, provider, _relay_state(app))
    assert answer.status_code == 400
    assert "Invalid samlResponse or relayState from identity provider" in answer.text


def test_several_values_are_one_text(cognito: RunningCognito, provider: SamlIdp) -> None:
    schema = {"Schema": [{"Name": "groups", "AttributeDataType": "String", "Mutable": True}]}
    mapping = {"email": "email", "custom:groups": "groups"}
    writable: Any = {"WriteAttributes": ["email", "custom:groups"], "ReadAttributes": ["email", "custom:groups"]}
    app = make_app(cognito, "SAML", provider.details(), pool=schema, mapping=mapping, **writable)

    def groups(values: list[str]) -> str:
        attributes = {"email": ["ada@acme.example"], "groups": values, "unmapped": ["elsewhere"]}
        tokens = app.signed_in(through_saml(app, provider, attributes=attributes))
        return str(claims_of(tokens["id_token"])["custom:groups"])

    assert groups(["Sales Team"]) == "Sales Team"
    assert groups(["Sales Team", "a,b", "R&D"]) == "[Sales+Team,a%2Cb,R%26D]"
    # What does not arrive stays as it was.
    assert groups([]) == "[Sales+Team,a%2Cb,R%26D]"
    assert "elsewhere" not in json.dumps(app.user("acme-idp_u-1"))


def test_certificates_that_cannot_be_set_up(app: App, provider: SamlIdp) -> None:
    expired = metadata(provider.entity_id, provider.sso_url, make_key_pair("old", days=-1, begin_days_ago=9))
    long = provider.metadata().replace(provider.pair.der(), "A" * 4097)
    for document in (expired, long):
        with pytest.raises(app.idp.exceptions.InvalidParameterException):
            app.idp.update_identity_provider(
                UserPoolId=app.pool_id, ProviderName=app.provider, ProviderDetails={"MetadataFile": document}
            )
