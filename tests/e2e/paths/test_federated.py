"""The way of somebody whom an identity provider signs in: their address says which, and Lifeguard asks for an app."""

import uuid
from collections.abc import Iterator

import pytest

from tests.e2e.paths import asking
from tests.e2e.paths.walk import Somebody, Walk
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.browser


@pytest.fixture
def domain() -> str:
    """A domain that nobody else has."""
    return f"harbour-{uuid.uuid4().hex[:8]}.example"


@pytest.fixture
def idp(domain: str) -> Iterator[OidcIdp]:
    """An OpenID provider that signs Ada of the domain in without asking."""
    running = OidcIdp()
    running.does.claims = {"sub": uuid.uuid4().hex, "email": f"ada@{domain}"}
    yield running
    running.stop()


def test_an_address_leads_to_its_provider_and_an_app_is_asked_for(walk: Walk, idp: OidcIdp, domain: str) -> None:
    """Nobody said which organization. The app is Lifeguard's own: the provider knows nothing of it."""
    walk.office.ask("lead_domain", tenant=walk.tenant("federated"), issuer=idp.issuer, domain=domain)
    ada = Somebody(f"ada@{domain}", walk.demo)
    find_the_way(walk, ada)
    walk.hands.see("Set up a second factor")
    walk.hands.choose("Authenticator app")
    walk.hands.press("Continue")
    walk.hands.see("Set up your authenticator app")
    ada.totp_secret = walk.hands.page.locator(".copy__value").first.inner_text().replace(" ", "")
    walk.answer("000000", "Six-digit code")
    walk.hands.is_told("That code is not right.")
    walk.answer(ada.app_code(), "Six-digit code")
    asking.is_answered(walk)

    walk.hands.page.context.clear_cookies()
    find_the_way(walk, ada)
    walk.hands.see("Enter your code")
    walk.answer(ada.app_code(), "Six-digit code")
    asking.is_answered(walk)
    assert len([seen for seen in idp.seen if seen]) == 2


def find_the_way(walk: Walk, person: Somebody) -> None:
    """Be sent by Atlas, and type one's address, which decides how one goes on."""
    walk.hands.open(asking.address(walk, "federated", organization=""))
    walk.hands.see("Find your organization")
    walk.hands.write("E-mail address", person.email)
    walk.hands.press("Continue")
