"""Single logout at the SAML provider from which a browser came."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import etree

from local.idp.saml_messages import encoded, logout_response, part
from local.idp.saml_requests import LogoutRequest
from local.idp.saml_signing import sign
from tests.local_cognito.browser import HTTP, LOGOUT, App, make_app
from tests.local_cognito.running import RunningCognito
from tests.support.saml_idp import SLO_URL, SamlIdp

INVALID = "Invalid SAML logout response received: "


@pytest.fixture
def provider() -> SamlIdp:
    return SamlIdp(slo_url=SLO_URL)


@pytest.fixture
def app(cognito: RunningCognito, provider: SamlIdp) -> App:
    return make_app(cognito, "SAML", provider.details(IDPSignout="true"))


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


def _sign_in(browser: httpx.Client, app: App, provider: SamlIdp, **changes: Any) -> None:
    request = provider.asked(browser.get(f"{app.cognito.url}/oauth2/authorize", params=app.asked()).headers["location"])
    form = provider.form(provider.signed(provider.answer(request, **changes)), request.relay_state)
    answer = browser.post(f"{app.cognito.url}/saml2/idpresponse", data=form)
    assert "code=" in answer.headers["location"]


def _sign_out(browser: httpx.Client, app: App) -> str:
    params = {"client_id": app.client_id, "logout_uri": LOGOUT}
    answer = browser.get(f"{app.cognito.url}/logout", params=params)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def _asked(browser: httpx.Client, app: App, provider: SamlIdp) -> LogoutRequest:
    certificate = app.idp.get_signing_certificate(UserPoolId=app.pool_id)["Certificate"]
    return provider.asked_to_end(_sign_out(browser, app), certificate)


def _answer(app: App, form: dict[str, str]) -> httpx.Response:
    return HTTP.post(f"{app.cognito.url}/saml2/logout", data=form)


def _here(app: App) -> str:
    return f"{app.cognito.url}/saml2/logout"


def test_the_provider_is_asked_to_end_its_session(app: App, provider: SamlIdp, browser: httpx.Client) -> None:
    _sign_in(browser, app, provider, assertion_id="_index")
    request = _asked(browser, app, provider)
    assert (request.issuer, request.name_id, request.index) == (f"urn:amazon:cognito:sp:{app.pool_id}", "u-1", "_index")
    answer = _answer(app, provider.ended(request, _here(app)))
    assert (answer.status_code, answer.headers["location"]) == (302, LOGOUT)
    # Each session ends once, and each relay state is good for one answer.
    assert _sign_out(browser, app) == LOGOUT
    assert "Invalid relayState" in _answer(app, provider.ended(request, _here(app))).text


def test_name_is_sent_as_it_was_received(app: App, provider: SamlIdp, browser: httpx.Client) -> None:
    name = 'ada & <"bob">@acme.example'
    _sign_in(browser, app, provider, name_id=name)
    assert _asked(browser, app, provider).name_id == name


def test_back_to_the_sign_in_page(app: App, provider: SamlIdp, browser: httpx.Client) -> None:
    _sign_in(browser, app, provider)
    answer = browser.get(f"{app.cognito.url}/logout", params=app.asked())
    certificate = app.idp.get_signing_certificate(UserPoolId=app.pool_id)["Certificate"]
    request = provider.asked_to_end(answer.headers["location"], certificate)
    done = _answer(app, provider.ended(request, _here(app)))
    assert done.headers["location"].startswith("/login?")


def test_who_did_not_come_from_there_is_not_sent_there(app: App, provider: SamlIdp, browser: httpx.Client) -> None:
    assert _sign_out(browser, app) == LOGOUT
    _sign_in(browser, app, provider)
    with httpx.Client(timeout=30) as other:
        assert _sign_out(other, app) == LOGOUT
    other_app = make_app(app.cognito, "SAML", provider.details(IDPSignout="true"))
    assert _sign_out(browser, other_app) == LOGOUT
    # A request that is refused signs nobody out.
    wrong = {"client_id": app.client_id, "logout_uri": "https://evil.example"}
    assert "redirect_mismatch" in browser.get(f"{app.cognito.url}/logout", params=wrong).headers["location"]
    assert _sign_out(browser, app).startswith(SLO_URL)


@pytest.mark.parametrize("slo_url", ["", SLO_URL])
def test_provider_that_is_not_to_be_asked(cognito: RunningCognito, browser: httpx.Client, slo_url: str) -> None:
    """Without IDPSignout, and with it where the metadata has no address for it."""
    provider = SamlIdp(slo_url=slo_url)
    app = make_app(cognito, "SAML", provider.details(IDPSignout="false" if slo_url else "true"))
    _sign_in(browser, app, provider)
    assert _sign_out(browser, app) == LOGOUT


def test_session_of_an_hour_and_answer_within_five_minutes(own_cognito: RunningCognito, provider: SamlIdp) -> None:
    app = make_app(own_cognito, "SAML", provider.details(IDPSignout="true"))
    with httpx.Client(timeout=30) as browser:
        _sign_in(browser, app, provider)
        own_cognito.advance(3601)
        assert _sign_out(browser, app) == LOGOUT
        _sign_in(browser, app, provider)
        request = _asked(browser, app, provider)
        own_cognito.advance(301)
        assert "Invalid relayState" in _answer(app, provider.ended(request, _here(app))).text


def test_answer_must_come_by_post(app: App, provider: SamlIdp, browser: httpx.Client) -> None:
    _sign_in(browser, app, provider)
    form = provider.ended(_asked(browser, app, provider), _here(app))
    assert HTTP.get(_here(app), params=form).status_code == 400
    assert _answer(app, {"RelayState": form["RelayState"]}).status_code == 400
    # A provider does not begin: AWS documents no LogoutRequest of its own.
    assert _answer(app, {"SAMLRequest": form["SAMLResponse"]}).status_code == 400


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"key": ""}, "The message is not signed"),
        ({"key": "wrong"}, "The signature is invalid"),
        ({"InResponseTo": "_other"}, "InResponseTo does not match the request that was sent"),
        ({"Destination": "https://elsewhere.example/saml2/logout"}, "The destination is another one"),
    ],
)
def test_answer_that_does_not_hold(
    app: App, provider: SamlIdp, browser: httpx.Client, how: dict[str, str], words: str
) -> None:
    _sign_in(browser, app, provider)
    refused = _answer(app, provider.ended(_asked(browser, app, provider), _here(app), **how))
    assert (refused.status_code, f"{INVALID}{words}" in refused.text) == (400, True)


def _refused(app: App, root: etree._Element, relay_state: str) -> str:
    answer = _answer(app, {"SAMLResponse": encoded(root), "RelayState": relay_state})
    assert answer.status_code == 400
    return answer.text


def test_answers_of_other_kinds(app: App, provider: SamlIdp, browser: httpx.Client) -> None:
    def asked() -> LogoutRequest:
        _sign_in(browser, app, provider)
        return _asked(browser, app, provider)

    def right(request: LogoutRequest, issuer: str = provider.entity_id) -> etree._Element:
        return logout_response(issuer=issuer, destination=_here(app), in_response_to=request.id)

    request = asked()
    other = right(request, "https://other.example")
    sign(other, provider.pair)
    assert "The issuer is another one" in _refused(app, other, request.relay_state)

    request = asked()
    failed = right(request)
    part(failed, "samlp:Status/samlp:StatusCode").set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
    sign(failed, provider.pair)
    assert "did not end the session" in _refused(app, failed, request.relay_state)

    request = asked()
    inner = right(request)
    sign(inner, provider.pair)
    wrapped = right(request)
    wrapped.append(inner)
    assert "not signed" in _refused(app, wrapped, request.relay_state)
    request = asked()
    inner = right(request)
    sign(inner, provider.pair)
    wrapped = right(request)
    wrapped.append(part(inner, "ds:Signature"))
    wrapped.append(inner)
    assert "covers something else" in _refused(app, wrapped, request.relay_state)

    request = asked()
    assertion = provider.signed(provider.answer(provider.asked(app.authorize().headers["location"])))
    assert "no LogoutResponse" in _refused(app, assertion, request.relay_state)
    for content in ("%", base64.b64encode(b"<a").decode(), base64.b64encode(b"<!DOCTYPE a><a/>").decode()):
        answer = _answer(app, {"SAMLResponse": content, "RelayState": asked().relay_state})
        assert (answer.status_code, INVALID in answer.text) == (400, True)
