"""The local Cognito with identity providers that nobody here wrote."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.local_cognito.browser import HTTP, LOGOUT, App, claims_of, make_app, query_of, refusal_of
from tests.local_cognito.running import RunningCognito
from tests.support.saml_idp import SamlIdp
from tests.support.third_party import MockIdp, ThirdPartyOidc, ThirdPartySaml

_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_INPUT = re.compile(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"')
_ACTION = re.compile(r'<form[^>]*? action="([^"]+)"')


@pytest.fixture
def saml() -> Iterator[ThirdPartySaml]:
    running = ThirdPartySaml()
    yield running
    running.stop()


@pytest.fixture
def oidc(cognito: RunningCognito) -> Iterator[ThirdPartyOidc]:
    running = ThirdPartyOidc(f"{cognito.url}/oauth2/idpresponse")
    yield running
    running.stop()


def _form(page: httpx.Response) -> tuple[str, dict[str, str]]:
    action = _ACTION.search(page.text)
    assert action is not None, page.text
    return unescape(action[1]), {name: unescape(value) for name, value in _INPUT.findall(page.text)}


def _saml_app(cognito: RunningCognito, saml: ThirdPartySaml, **details: str) -> App:
    mapping = {"email": f"{_CLAIMS}emailaddress", "name": f"{_CLAIMS}name"}
    return make_app(cognito, "SAML", {"MetadataFile": saml.metadata(), **details}, mapping=mapping)


def _through_saml(app: App) -> httpx.Response:
    action, form = _form(HTTP.get(app.authorize().headers["location"]))
    return HTTP.post(action, data=form)


@pytest.mark.parametrize("whole", [False, True])
def test_samlp(cognito: RunningCognito, saml: ThirdPartySaml, *, whole: bool) -> None:
    app = _saml_app(cognito, saml)
    saml.set_up(acs=f"{cognito.url}/saml2/idpresponse", signResponse=whole)
    identity = claims_of(app.signed_in(_through_saml(app))["id_token"])
    assert (identity["email"], identity["name"]) == ("noor@acme.example", "Noor Haddad")
    assert identity["cognito:username"] == "acme-idp_samlp-1"


def test_samlp_set_up_wrong(cognito: RunningCognito, saml: ThirdPartySaml) -> None:
    app = _saml_app(cognito, saml)
    here = f"{cognito.url}/saml2/idpresponse"
    saml.set_up(acs=here, audience="urn:amazon:cognito:sp:us-east-1_wrong", signResponse=False)
    assert refusal_of(_through_saml(app))[1].endswith("Audience restriction was not satisfied.")
    saml.set_up(acs=here, audience="")
    assert "id_token" in app.signed_in(_through_saml(app))


def test_samlp_encrypts(cognito: RunningCognito, saml: ThirdPartySaml) -> None:
    app = _saml_app(cognito, saml, EncryptedResponses="true")
    described = app.idp.describe_identity_provider(UserPoolId=app.pool_id, ProviderName=app.provider)
    encoded = described["IdentityProvider"]["ProviderDetails"]["ActiveEncryptionCertificate"]
    pem = _pem(encoded)
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    public = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    saml.set_up(
        acs=f"{cognito.url}/saml2/idpresponse", signResponse=False, encryptionCert=pem, encryptionPublicKey=public
    )
    assert "id_token" in app.signed_in(_through_saml(app))


def _pem(encoded: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n"


def test_samlp_takes_only_signed_requests(cognito: RunningCognito, saml: ThirdPartySaml) -> None:
    app = _saml_app(cognito, saml, RequestSigningAlgorithm="rsa-sha256")
    given = app.idp.get_signing_certificate(UserPoolId=app.pool_id)["Certificate"]
    saml.set_up(acs=f"{cognito.url}/saml2/idpresponse", signResponse=False, signingCert=_pem(given))
    assert "id_token" in app.signed_in(_through_saml(app))
    unsigned = app.authorize().headers["location"].partition("&SigAlg=")[0]
    assert HTTP.get(unsigned).status_code == 500
    saml.set_up(acs=f"{cognito.url}/saml2/idpresponse", signingCert=_pem(SamlIdp().other_pair.der()))
    assert HTTP.get(app.authorize().headers["location"]).status_code == 500


def test_samlp_ends_its_session(cognito: RunningCognito, saml: ThirdPartySaml) -> None:
    app = _saml_app(cognito, saml, IDPSignout="true")
    given = app.idp.get_signing_certificate(UserPoolId=app.pool_id)["Certificate"]
    audience = f"urn:amazon:cognito:sp:{app.pool_id}"
    saml.set_up(acs=f"{cognito.url}/saml2/idpresponse", audience=audience, signResponse=False, sessionIndex="_s-1")
    with httpx.Client(timeout=30) as browser:
        location = browser.get(f"{cognito.url}/oauth2/authorize", params=app.asked()).headers["location"]
        action, form = _form(browser.get(location))
        assert "code=" in browser.post(action, data=form).headers["location"]
        saml.set_up(signingCert=_pem(given), slo=f"{cognito.url}/saml2/logout")
        out = browser.get(f"{cognito.url}/logout", params={"client_id": app.client_id, "logout_uri": LOGOUT})
        action, form = _form(browser.get(out.headers["location"]))
        assert action == f"{cognito.url}/saml2/logout"
        assert browser.post(action, data=form).headers["location"] == LOGOUT
        # Its session has ended: it knows no such participant.
        assert browser.get(out.headers["location"]).status_code == 500


def _through_pages(location: str, login: str) -> str:
    """Sign in and consent on the provider's own pages; where it sends the browser at the end."""
    with httpx.Client(timeout=30) as browser:
        answer = browser.get(location)
        for _ in range(12):
            if answer.is_redirect:
                if "/oauth2/idpresponse" in answer.headers["location"]:
                    return str(answer.headers["location"])
                answer = browser.get(str(answer.url.join(answer.headers["location"])))
                continue
            action, form = _form(answer)
            form |= {"prompt": "login", "login": login, "password": "x"} if 'type="password"' in answer.text else {}
            answer = browser.post(str(answer.url.join(action)), data={"prompt": "consent", **form})
    raise AssertionError(f"the provider never sent the browser back: {answer.text}")


def test_oidc_provider(cognito: RunningCognito, oidc: ThirdPartyOidc) -> None:
    schema = {"Schema": [{"Name": "groups", "AttributeDataType": "String", "Mutable": True}]}
    mapping = {"email": "email", "email_verified": "email_verified", "custom:groups": "groups"}
    writable = ["email", "custom:groups"]
    attributes: Any = {"WriteAttributes": writable, "ReadAttributes": [*writable, "email_verified"]}
    app = make_app(cognito, "OIDC", oidc.details(), pool=schema, mapping=mapping, **attributes)
    back = _through_pages(app.authorize().headers["location"], "noor")
    identity = claims_of(app.signed_in(HTTP.get(back))["id_token"])
    assert (identity["email"], identity["email_verified"]) == ("noor@acme.example", True)
    assert identity["custom:groups"] == "[Engineering,Staff]"


def test_oidc_provider_with_a_wrong_secret(cognito: RunningCognito, oidc: ThirdPartyOidc) -> None:
    app = make_app(cognito, "OIDC", oidc.details(client_secret="wrong"))
    back = _through_pages(app.authorize().headers["location"], "noor")
    assert refusal_of(HTTP.get(back)) == (
        "invalid_client",
        "acme-idp Error - 401 invalid_client client authentication failed",
    )


def test_mock_idp_is_refused(cognito: RunningCognito, tmp_path: Path) -> None:
    """Its certificate has expired, it forgets the relay state, and its assertion is one of another place and time."""
    ours = SamlIdp()
    app = make_app(cognito, "SAML", ours.details())
    named: Any = {"UserPoolId": app.pool_id, "ProviderName": app.provider}
    mock = MockIdp(tmp_path, f"urn:amazon:cognito:sp:{app.pool_id}", f"{cognito.url}/saml2/idpresponse")
    try:
        with pytest.raises(app.idp.exceptions.InvalidParameterException, match="expired"):
            app.idp.update_identity_provider(**named, ProviderDetails={"MetadataFile": mock.metadata()})
        app.idp.update_identity_provider(**named, ProviderDetails={"MetadataFile": mock.metadata(ours.pair)})
        location = app.authorize().headers["location"]
        with httpx.Client(timeout=30, follow_redirects=True) as browser:
            assert browser.get(location).status_code == 200
            page = browser.post(f"{mock.url}/saml/auth", data={"username": "charlie", "password": "snoopy"})
    finally:
        mock.stop()
    action, form = _form(page)
    assert "Invalid samlResponse or relayState" in HTTP.post(action, data=form).text
    answered = HTTP.post(action, data={**form, "RelayState": query_of(location)["RelayState"]})
    assert refusal_of(answered)[1].startswith("Invalid SAML response received: ")
    assert app.idp.list_users(UserPoolId=app.pool_id)["Users"] == []
