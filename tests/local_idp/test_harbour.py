"""What Harbour, the demonstration SAML provider, does besides answering: verify requests, and sign people out."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.idp.people import PASSWORD, PEOPLE
from tests.local_cognito.browser import LOGOUT, App, make_app
from tests.local_cognito.running import RunningCognito
from tests.support.demo_idp import DemoIdp, posted

NOOR = next(person.id for person in PEOPLE if person.account == "noor")


@pytest.fixture(scope="module")
def cognito(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCognito]:
    running = RunningCognito(tmp_path_factory.mktemp("cognito"))
    yield running
    running.stop()


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[DemoIdp]:
    running = DemoIdp("saml", tmp_path)
    yield running
    running.stop()


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


def _app(cognito: RunningCognito, harbour: DemoIdp, **details: str) -> App:
    return make_app(cognito, "SAML", {"MetadataFile": harbour.metadata(), **details})


def _certificate(app: App) -> str:
    return app.idp.get_signing_certificate(UserPoolId=app.pool_id)["Certificate"]


def _known(app: App, **changes: str) -> dict[str, str]:
    """What the admin page is told of the application."""
    url = app.cognito.url
    told = {"acs": f"{url}/saml2/idpresponse", "slo": f"{url}/saml2/logout", "verify_with": _certificate(app)}
    return {"audience": f"urn:amazon:cognito:sp:{app.pool_id}", **told, **changes}


def _metadata(app: App, *, certificate: str, signed: bool) -> str:
    """The application's metadata; its certificate is for signing and for encryption."""
    key = f'<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}'
    key += "</X509Certificate></X509Data></KeyInfo>"
    post = 'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
    return f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"
        entityID="urn:amazon:cognito:sp:{app.pool_id}">
      <SPSSODescriptor AuthnRequestsSigned="{str(signed).lower()}"
          protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <KeyDescriptor use="signing">{key}</KeyDescriptor>
        <SingleLogoutService {post} Location="{app.cognito.url}/saml2/logout"/>
        <AssertionConsumerService {post} Location="{app.cognito.url}/saml2/idpresponse" index="0"/>
      </SPSSODescriptor></EntityDescriptor>"""


def _authorize(browser: httpx.Client, app: App) -> str:
    answer = browser.get(f"{app.cognito.url}/oauth2/authorize", params=app.asked())
    return str(answer.headers["location"])


def _sign_in(browser: httpx.Client, app: App, harbour: DemoIdp, **fields: str) -> None:
    form = {"person": NOOR, "password": PASSWORD, **fields}
    page = browser.post(_authorize(browser, app), data=form, headers={"Origin": harbour.url})
    _arrives(browser, page)


def _arrives(browser: httpx.Client, page: httpx.Response) -> None:
    action, fields = posted(page)
    assert "code=" in browser.post(action, data=dict(fields)).headers["location"]


def _sign_out(browser: httpx.Client, app: App) -> httpx.Response:
    """What Harbour's logout endpoint shows."""
    there = browser.get(f"{app.cognito.url}/logout", params={"client_id": app.client_id, "logout_uri": LOGOUT})
    return browser.get(there.headers["location"])


def test_requests_are_verified(cognito: RunningCognito, harbour: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, harbour, RequestSigningAlgorithm="rsa-sha256")
    harbour.set_up(**_known(app, require_signed="yes"))
    location = _authorize(browser, app)
    assert browser.get(location).status_code == 200
    unsigned = browser.get(location.partition("&SigAlg=")[0])
    assert (unsigned.status_code, "The request is not signed" in unsigned.text) == (400, True)
    other = browser.get(location.replace("RelayState=", "RelayState=x"))
    assert (other.status_code, "signature is not that of the application" in other.text) == (400, True)
    # A certificate alone does not make signatures a duty, but a wrong one is wrong.
    harbour.set_up(**_known(app))
    assert browser.get(location.partition("&SigAlg=")[0]).status_code == 200
    harbour.set_up(**_known(app, verify_with=_certificate(_app(cognito, harbour))))
    assert browser.get(location).status_code == 400


def test_without_a_certificate_signatures_are_not_asked_for(harbour: DemoIdp) -> None:
    form = {"name_id": "subject", "signed": "assertion", "require_signed": "yes"}
    assert harbour.http.post(f"{harbour.url}/admin", data=form).status_code == 400


def test_metadata_of_the_application_sets_it_up(
    cognito: RunningCognito, harbour: DemoIdp, browser: httpx.Client
) -> None:
    app = _app(cognito, harbour, RequestSigningAlgorithm="rsa-sha256")
    harbour.press("metadata", metadata=_metadata(app, certificate=_certificate(app), signed=True))
    _sign_in(browser, app, harbour)
    assert browser.get(_authorize(browser, app).partition("&SigAlg=")[0]).status_code == 400
    for wrong in ("<a", "<a/>", _metadata(app, certificate="bm90", signed=False)):
        refused = harbour.http.post(f"{harbour.url}/admin/metadata", data={"metadata": wrong})
        assert refused.status_code == 400


def test_single_logout_ends_the_session(cognito: RunningCognito, harbour: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, harbour, IDPSignout="true")
    harbour.set_up(**_known(app))
    _sign_in(browser, app, harbour, keep="yes")
    assert "Signed in as Noor Haddad" in browser.get(harbour.url).text
    # Who is signed in is not asked again.
    _arrives(browser, browser.get(_authorize(browser, app)))
    action, fields = posted(_sign_out(browser, app))
    assert action == f"{cognito.url}/saml2/logout"
    assert browser.post(action, data=dict(fields)).headers["location"] == LOGOUT
    assert "Nobody is signed in" in browser.get(harbour.url).text
    assert 'name="password"' in browser.get(_authorize(browser, app)).text


def test_logout_that_is_refused(cognito: RunningCognito, harbour: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, harbour, IDPSignout="true")
    for told, words in (
        ({"verify_with": ""}, "needs the application"),
        ({"slo": ""}, "needs the application"),
        ({"verify_with": _certificate(_app(cognito, harbour))}, "signature is not that"),
        ({"audience": f"{_known(app)['audience']}x"}, "is not the application"),
    ):
        harbour.set_up(**_known(app))
        _sign_in(browser, app, harbour, keep="yes")
        harbour.set_up(**_known(app, **told))
        refused = _sign_out(browser, app)
        assert (refused.status_code, words in refused.text) == (400, True)
        assert "Signed in as" in browser.get(harbour.url).text


def test_signing_out_here(cognito: RunningCognito, harbour: DemoIdp, browser: httpx.Client) -> None:
    app = _app(cognito, harbour)
    harbour.set_up(**_known(app))
    _sign_in(browser, app, harbour, keep="yes")
    assert browser.post(f"{harbour.url}/sign-out", headers={"Origin": harbour.url}).status_code == 303
    assert "Nobody is signed in" in browser.get(harbour.url).text
    _sign_in(browser, app, harbour)
    assert "Nobody is signed in" in browser.get(harbour.url).text
