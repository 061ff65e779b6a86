"""The demonstration identity providers, with the local Cognito as what they sign people in to."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local_cognito.browser import HTTP, App, claims_of, make_app, query_of, refusal_of
from tests.local_cognito.running import RunningCognito
from tests.support.demo_idp import DemoIdp, posted

INVALID = "Invalid SAML response received: "
MAPPING = {"email": "email", "name": "name", "custom:groups": "groups"}
CLIENT: Any = {"WriteAttributes": list(MAPPING), "ReadAttributes": list(MAPPING)}
POOL = {"Schema": [{"Name": "groups", "AttributeDataType": "String", "Mutable": True}]}


def _saml_app(cognito: RunningCognito, saml: DemoIdp, **details: str) -> App:
    given = {"MetadataFile": saml.metadata(), **details}
    app = make_app(cognito, "SAML", given, mapping=MAPPING, pool=POOL, **CLIENT)
    saml.set_up(acs=f"{cognito.url}/saml2/idpresponse", audience=f"urn:amazon:cognito:sp:{app.pool_id}")
    return app


def _through_saml(app: App, saml: DemoIdp, account: str = "noor") -> httpx.Response:
    action, form = posted(saml.sign_in(app.authorize().headers["location"], account=account))
    return HTTP.post(action, data=dict(form))


def test_saml_sign_in(cognito: RunningCognito, saml: DemoIdp) -> None:
    app = _saml_app(cognito, saml)
    identity = claims_of(app.signed_in(_through_saml(app, saml))["id_token"])
    assert (identity["email"], identity["name"]) == ("noor@acme.example", "Noor Haddad")
    assert identity["custom:groups"] == "[Engineering,Administrators]"
    assert identity["cognito:username"] == "acme-idp_7c0e4a"
    accented = claims_of(app.signed_in(_through_saml(app, saml, "tomas"))["id_token"])
    assert (accented["name"], accented["custom:groups"]) == ("Tomás Lind", "Engineering")


@pytest.mark.parametrize("signed", ["response", "both"])
def test_saml_sends_what_it_is_told(cognito: RunningCognito, saml: DemoIdp, signed: str) -> None:
    app = _saml_app(cognito, saml, EncryptedResponses="true")
    described = app.idp.describe_identity_provider(UserPoolId=app.pool_id, ProviderName=app.provider)
    certificate = described["IdentityProvider"]["ProviderDetails"]["ActiveEncryptionCertificate"]
    pem = f"-----BEGIN CERTIFICATE-----\n{certificate[:64]}\n{certificate[64:]}\n-----END CERTIFICATE-----\n"
    saml.set_up(
        acs=f"{cognito.url}/saml2/idpresponse",
        audience=f"urn:amazon:cognito:sp:{app.pool_id}",
        name_id="email",
        domain="globex.example",
        signed=signed,
        encrypt_for=pem,
    )
    identity = claims_of(app.signed_in(_through_saml(app, saml))["id_token"])
    assert identity["cognito:username"] == "acme-idp_noor@globex.example"


def test_saml_metadata_by_its_address(cognito: RunningCognito, saml: DemoIdp) -> None:
    app = make_app(cognito, "SAML", {"MetadataURL": f"{saml.url}/metadata.xml"})
    saml.set_up(acs=f"{cognito.url}/saml2/idpresponse", audience=f"urn:amazon:cognito:sp:{app.pool_id}")
    assert "id_token" in app.signed_in(_through_saml(app, saml))


def test_saml_mistakes_are_those_of_a_real_provider(cognito: RunningCognito, saml: DemoIdp) -> None:
    app = _saml_app(cognito, saml)
    here = f"{cognito.url}/saml2/idpresponse"
    not_assigned = saml.sign_in(app.authorize().headers["location"], account="mateo")
    assert (not_assigned.status_code, "Mateo Cruz is not assigned" in not_assigned.text) == (403, True)
    assert saml.sign_in(app.authorize().headers["location"], password="wrong").status_code == 401
    saml.set_up(acs=here, audience="urn:amazon:cognito:sp:us-east-1_wrong")
    wrong_audience = refusal_of(_through_saml(app, saml))
    assert wrong_audience == ("server_error", f"{INVALID}Audience restriction was not satisfied.")
    saml.set_up(acs=here, audience=f"urn:amazon:cognito:sp:{app.pool_id}")
    for kind in ("new", "expired"):
        saml.press("certificate", kind=kind)
        assert refusal_of(_through_saml(app, saml))[1] == f"{INVALID}SAML Assertion signature is invalid."
    details = {"MetadataFile": saml.metadata()}
    with pytest.raises(app.idp.exceptions.InvalidParameterException):
        app.idp.update_identity_provider(UserPoolId=app.pool_id, ProviderName=app.provider, ProviderDetails=details)
    saml.set_up()
    assert saml.sign_in(app.authorize().headers["location"]).status_code == 400


def test_saml_begins_itself(cognito: RunningCognito, saml: DemoIdp) -> None:
    app = _saml_app(cognito, saml, IDPInit="true")
    asked = app.asked(code_challenge=None, code_challenge_method=None, nonce=None)
    saml.set_up(
        acs=f"{cognito.url}/saml2/idpresponse",
        audience=f"urn:amazon:cognito:sp:{app.pool_id}",
        relay_state=str(httpx.QueryParams(asked)),
    )
    action, form = posted(saml.sign_in(f"{saml.url}/start"))
    assert "id_token" in app.signed_in(HTTP.post(action, data=dict(form)), code_verifier=None)


def test_saml_keeps_its_key_and_settings(cognito: RunningCognito, saml: DemoIdp, tmp_path: Path) -> None:
    _saml_app(cognito, saml)
    certificate = saml.metadata().partition("<ds:X509Certificate>")[2].partition("<")[0]
    again = DemoIdp("saml", tmp_path)
    try:
        assert certificate in again.metadata()
        assert f"{cognito.url}/saml2/idpresponse" in again.http.get(f"{again.url}/admin").text
    finally:
        again.stop()


def test_unreadable_requests_and_certificates(saml: DemoIdp) -> None:
    assert saml.http.get(f"{saml.url}/sso").status_code == 400
    assert saml.http.get(f"{saml.url}/sso?SAMLRequest=%25").status_code == 400
    bad = {"name_id": "subject", "signed": "assertion", "encrypt_for": "bm90"}
    assert saml.http.post(f"{saml.url}/admin", data=bad).status_code == 400
    assert saml.http.post(f"{saml.url}/admin", data={"name_id": "x", "signed": "y"}).status_code == 400
    assert HTTP.post(f"{saml.url}/admin", data={}).status_code == 403


def _oidc_app(cognito: RunningCognito, oidc: DemoIdp) -> App:
    client_id, secret = oidc.client()
    details = {
        "client_id": client_id,
        "client_secret": secret,
        "authorize_scopes": "openid email profile",
        "attributes_request_method": "GET",
        "oidc_issuer": oidc.url,
    }
    oidc.set_up(redirect_uris=f"{cognito.url}/oauth2/idpresponse")
    return make_app(cognito, "OIDC", details, mapping=MAPPING, pool=POOL, **CLIENT)


def _through_oidc(app: App, oidc: DemoIdp, account: str = "noor") -> httpx.Response:
    answer = oidc.sign_in(app.authorize().headers["location"], account=account)
    assert answer.status_code == 303, answer.text
    return HTTP.get(answer.headers["location"])


def test_oidc_sign_in(cognito: RunningCognito, oidc: DemoIdp) -> None:
    app = _oidc_app(cognito, oidc)
    identity = claims_of(app.signed_in(_through_oidc(app, oidc))["id_token"])
    assert (identity["email"], identity["name"]) == ("noor@acme.example", "Noor Haddad")
    assert identity["custom:groups"] == "[Engineering,Administrators]"
    assert identity["cognito:username"] == "acme-idp_7c0e4a"
    alone = claims_of(app.signed_in(_through_oidc(app, oidc, "tomas"))["id_token"])
    assert alone["custom:groups"] == "[Engineering]"


def test_oidc_mistakes_are_those_of_a_real_provider(cognito: RunningCognito, oidc: DemoIdp) -> None:
    app = _oidc_app(cognito, oidc)
    refused = refusal_of(_through_oidc(app, oidc, "mateo"))
    assert refused == ("access_denied", "User is not assigned to the client application.")
    assert oidc.sign_in(app.authorize().headers["location"], password="wrong").status_code == 401
    oidc.press("secret")
    assert refusal_of(_through_oidc(app, oidc))[0] == "invalid_client"
    oidc.set_up(redirect_uris="https://elsewhere.example/callback")
    unregistered = oidc.http.get(app.authorize().headers["location"])
    assert unregistered.status_code == 400
    assert f"{cognito.url}/oauth2/idpresponse is not one of the application" in unregistered.text
    other_client = app.authorize().headers["location"].replace("client_id=beacon-", "client_id=other-")
    assert oidc.http.get(other_client).status_code == 400


def test_oidc_is_strict_itself(cognito: RunningCognito, oidc: DemoIdp) -> None:
    app = _oidc_app(cognito, oidc)
    location = oidc.sign_in(app.authorize().headers["location"]).headers["location"]
    client_id, secret = oidc.client()
    form = {"grant_type": "authorization_code", "code": query_of(location)["code"], "redirect_uri": "x"}
    token = f"{oidc.url}/token"
    assert HTTP.post(token, data=form).json() == {"error": "invalid_client"}
    assert HTTP.post(token, data={**form, "grant_type": "x"}, auth=(client_id, secret)).json()["error"].startswith("un")
    assert HTTP.post(token, data=form, auth=(client_id, secret)).json() == {"error": "invalid_grant"}
    right = {**form, "redirect_uri": f"{cognito.url}/oauth2/idpresponse"}
    assert HTTP.post(token, data=right, auth=(client_id, secret)).json() == {"error": "invalid_grant"}
    assert HTTP.get(f"{oidc.url}/userinfo").status_code == 401
    asked = app.authorize().headers["location"]
    for change, error in (
        (("response_type=code", "response_type=token"), "unsupported_response_type"),
        (("scope=openid+", "scope="), "invalid_scope"),
    ):
        assert query_of(oidc.http.get(asked.replace(*change)).headers["location"])["error"] == error
