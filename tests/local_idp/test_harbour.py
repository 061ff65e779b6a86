"""What Harbour, the demonstration SAML provider, does besides answering: verify requests, and sign people out."""

from collections.abc import Iterator

import httpx
import pytest

from federation.connections.service_provider import OurKeys, ServiceProvider, sp_metadata
from federation.metadata import Certificate, certificates
from local.idp.people import PASSWORD, PEOPLE
from tests.local_cognito.browser import LOGOUT, App, make_app
from tests.local_cognito.running import RunningCognito
from tests.support.demo_idp import DemoIdp, posted

NOOR = next(person.id for person in PEOPLE if person.account == "noor")


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


def _app(cognito: RunningCognito, saml: DemoIdp, **details: str) -> App:
    return make_app(cognito, "SAML", {"MetadataFile": saml.metadata(), **details})


def _certificate(app: App) -> str:
    return app.idp.get_signing_certificate(UserPoolId=app.pool_id)["Certificate"]


def _known(app: App, **changes: str) -> dict[str, str]:
    """What the admin page is told of the application."""
    url = app.cognito.url
    told = {"acs": f"{url}/saml2/idpresponse", "slo": f"{url}/saml2/logout", "verify_with": _certificate(app)}
    return {"audience": f"urn:amazon:cognito:sp:{app.pool_id}", **told, **changes}


def _metadata(app: App, *, sign: bool = True) -> str:
    """The application's metadata, as the product writes it, with both of its certificates."""
    described = app.idp.describe_identity_provider(UserPoolId=app.pool_id, ProviderName=app.provider)
    encoded = (_certificate(app), described["IdentityProvider"]["ProviderDetails"]["ActiveEncryptionCertificate"])
    signing, encryption = (certificates.read(one) for one in encoded)
    assert isinstance(signing, Certificate)
    assert isinstance(encryption, Certificate)
    provider = ServiceProvider(app.pool_id, app.cognito.url)
    return sp_metadata(provider, OurKeys(signing, encryption), sign_requests=sign, encrypt=True).decode()


def _authorize(browser: httpx.Client, app: App) -> str:
    answer = browser.get(f"{app.cognito.url}/oauth2/authorize", params=app.asked())
    return str(answer.headers["location"])


def _sign_in(browser: httpx.Client, app: App, saml: DemoIdp, **fields: str) -> None:
    form = {"person": NOOR, "password": PASSWORD, **fields}
    page = browser.post(_authorize(browser, app), data=form, headers={"Origin": saml.url})
    _arrives(browser, page)


def _arrives(browser: httpx.Client, page: httpx.Response) -> None:
    action, fields = posted(page)
    assert "code=" in browser.post(action, data=dict(fields)).headers["location"]


def _sign_out(browser: httpx.Client, app: App) -> httpx.Response:
    """What Harbour's logout endpoint shows."""
    there = browser.get(f"{app.cognito.url}/logout", params={"client_id": app.client_id, "logout_uri": LOGOUT})
    return browser.get(there.headers["location"])


def test_requests_are_verified(cognito: RunningCognito, saml: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, saml, RequestSigningAlgorithm="rsa-sha256")
    saml.set_up(**_known(app, require_signed="yes"))
    location = _authorize(browser, app)
    assert browser.get(location).status_code == 200
    unsigned = browser.get(location.partition("&SigAlg=")[0])
    assert (unsigned.status_code, "The request is not signed" in unsigned.text) == (400, True)
    other = browser.get(location.replace("RelayState=", "RelayState=x"))
    assert (other.status_code, "signature is not that of the application" in other.text) == (400, True)
    # A certificate alone does not make signatures a duty, but a wrong one is wrong.
    saml.set_up(**_known(app))
    assert browser.get(location.partition("&SigAlg=")[0]).status_code == 200
    saml.set_up(**_known(app, verify_with=_certificate(_app(cognito, saml))))
    assert browser.get(location).status_code == 400


def test_without_a_certificate_signatures_are_not_asked_for(saml: DemoIdp) -> None:
    form = {"name_id": "subject", "signed": "assertion", "require_signed": "yes"}
    assert saml.http.post(f"{saml.url}/admin", data=form).status_code == 400


def test_metadata_of_the_application_sets_it_up(cognito: RunningCognito, saml: DemoIdp, browser: httpx.Client) -> None:
    switches = {"RequestSigningAlgorithm": "rsa-sha256", "EncryptedResponses": "true", "IDPSignout": "true"}
    app = _app(cognito, saml, **switches)
    saml.press("metadata", metadata=_metadata(app))
    _sign_in(browser, app, saml)
    unsigned = _authorize(browser, app).partition("&SigAlg=")[0]
    assert browser.get(unsigned).status_code == 400
    action, fields = posted(_sign_out(browser, app))
    assert browser.post(action, data=dict(fields)).headers["location"] == LOGOUT
    saml.press("metadata", metadata=_metadata(app, sign=False))
    assert browser.get(unsigned).status_code == 200
    for wrong in ("<a", "<a/>", _metadata(app).replace(_certificate(app)[:99], "bm90")):
        refused = saml.http.post(f"{saml.url}/admin/metadata", data={"metadata": wrong})
        assert refused.status_code == 400


def test_single_logout_ends_the_session(cognito: RunningCognito, saml: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, saml, IDPSignout="true")
    saml.set_up(**_known(app))
    _sign_in(browser, app, saml, keep="yes")
    assert "Signed in as Noor Haddad" in browser.get(saml.url).text
    # Who is signed in is not asked again.
    _arrives(browser, browser.get(_authorize(browser, app)))
    action, fields = posted(_sign_out(browser, app))
    assert action == f"{cognito.url}/saml2/logout"
    assert browser.post(action, data=dict(fields)).headers["location"] == LOGOUT
    assert "Nobody is signed in" in browser.get(saml.url).text
    assert 'name="password"' in browser.get(_authorize(browser, app)).text


def test_logout_that_is_refused(cognito: RunningCognito, saml: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, saml, IDPSignout="true")
    for told, words in (
        ({"verify_with": ""}, "needs the application"),
        ({"slo": ""}, "needs the application"),
        ({"verify_with": _certificate(_app(cognito, saml))}, "signature is not that"),
        ({"audience": f"{_known(app)['audience']}x"}, "is not the application"),
    ):
        saml.set_up(**_known(app))
        _sign_in(browser, app, saml, keep="yes")
        saml.set_up(**_known(app, **told))
        refused = _sign_out(browser, app)
        assert (refused.status_code, words in refused.text) == (400, True)
        assert "Signed in as" in browser.get(saml.url).text


def test_signing_out_here(cognito: RunningCognito, saml: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, saml)
    saml.set_up(**_known(app))
    _sign_in(browser, app, saml, keep="yes")
    assert browser.post(f"{saml.url}/sign-out", headers={"Origin": saml.url}).status_code == 303
    assert "Nobody is signed in" in browser.get(saml.url).text
    _sign_in(browser, app, saml)
    assert "Nobody is signed in" in browser.get(saml.url).text
