"""The way of somebody whom an identity provider signs in, by OpenID or SAML, with an app of ours and without one."""

import pytest

from tests.e2e.paths import asking
from tests.e2e.paths.account_pages import reads
from tests.e2e.paths.hands import WithoutScripts
from tests.e2e.paths.walk import Somebody, Walk
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.browser


def test_an_address_leads_to_its_provider_and_an_app_is_asked_for(walk: Walk, idp: OidcIdp, domain: str) -> None:
    """Nobody said which organization. The app is Lifeguard's own: the provider knows nothing of it.

    It is replaced on the account page, lost, and removed once nobody demands it any more.
    """
    walk.office.ask("lead_domain", tenant=walk.tenant("federated"), issuer=idp.issuer, domain=domain)
    ada = Somebody(f"ada@{domain}", walk.demo)
    find_the_way(walk, ada)
    begin_setup(walk, ada)
    walk.answer(ada.wrong_app_code(), "Six-digit code")
    walk.hands.is_told("That code is not right.")
    walk.answer(ada.app_code(), "Six-digit code")
    asking.is_answered(walk)

    walk.hands.page.context.clear_cookies()
    find_the_way(walk, ada)
    walk.hands.see("Enter your code")
    walk.answer(ada.app_code(), "Six-digit code")
    asking.is_answered(walk)
    assert len([seen for seen in idp.seen if seen]) == 2

    open_own_factors(walk)
    walk.hands.press("Use another app")
    walk.hands.see("Set up your authenticator app")
    walk.take_secret(ada)
    walk.hands.write("Name (optional)", "Phone")
    walk.answer(ada.app_code(), "Six-digit code")
    reads(walk, "The authenticator app is set up.")
    walk.hands.write("Name of Authenticator app", "Tablet")
    walk.hands.press("Rename Authenticator app")
    reads(walk, "The authenticator app has another name.")

    come_back_without_the_app(walk, ada)
    walk.office.ask("require_nothing", tenant=walk.tenant("federated"))
    open_own_factors(walk)
    walk.hands.press("Remove the app")
    reads(walk, "The authenticator app is removed.")


def come_back_without_the_app(walk: Walk, person: Somebody) -> None:
    """Keep recovery codes; the app is not to be removed, as it is demanded. Come again with a code in place of it."""
    walk.hands.press("Make recovery codes")
    shown = walk.hands.page.get_by_role("region", name="Your recovery codes").locator("code")
    code = shown.inner_text().split()[0]
    walk.hands.press("I have kept them")
    walk.hands.press("See your second factors")
    walk.hands.press("Remove the app")
    walk.hands.see("That did not work")
    walk.hands.press("Back to your account")
    walk.hands.see("Your account")

    walk.hands.page.context.clear_cookies()
    find_the_way(walk, person)
    walk.hands.see("Enter your code")
    reads(walk, "Open your authenticator app “Tablet”")
    walk.hands.press("Use a recovery code")
    walk.hands.see("Use a recovery code")
    walk.answer(code, "Recovery code")
    walk.hands.see("Your second factor is removed")
    walk.hands.press("Sign in")
    begin_setup(walk, person)
    walk.answer(person.app_code(), "Six-digit code")
    asking.is_answered(walk)


def begin_setup(walk: Walk, person: Somebody) -> None:
    """Choose the app, of those that are demanded, and take its secret."""
    walk.hands.see("Set up a second factor")
    walk.hands.choose("Authenticator app")
    walk.hands.press("Continue")
    walk.hands.see("Set up your authenticator app")
    walk.take_secret(person)


def open_own_factors(walk: Walk) -> None:
    """Go to the factors that Lifeguard keeps."""
    walk.hands.open(f"{walk.demo.signin}/{walk.tenant('federated')}/account/own-factors")
    walk.hands.see("Your second factors")


def test_a_provider_is_chosen_on_the_sign_in_page(walk: Walk, idp: OidcIdp, domain: str) -> None:
    """What it says of its people is enough here."""
    walk.office.ask("connect", tenant=walk.tenant("harbour"), issuer=idp.issuer, name=f"Pier {domain}", asks=False)
    walk.begin("harbour")
    walk.hands.press(f"Continue with Pier {domain}")
    walk.arrive(Somebody(f"ada@{domain}", walk.demo))


def test_an_address_leads_to_saml(walk: Walk, domain: str) -> None:
    """First its word is enough. Then the tenant wants a second factor of everybody."""
    slug, idp = walk.tenant("wharf"), f"http://localhost:{walk.demo.ports.saml_idp}"
    walk.office.ask("connect_saml", tenant=slug, idp=idp, domain=domain)
    noor = Somebody(f"noor@{domain}", walk.demo)
    find_the_way(walk, noor, "wharf")
    sign_in_at_saml(walk)
    asking.is_answered(walk)

    walk.office.ask("ask_at_connections", tenant=slug)
    walk.hands.page.context.clear_cookies()
    find_the_way(walk, noor, "wharf")
    sign_in_at_saml(walk)
    begin_setup(walk, noor)
    walk.answer(noor.app_code(), "Six-digit code")
    asking.is_answered(walk)


def sign_in_at_saml(walk: Walk) -> None:
    """Be Noor, whom the demo's provider proposes, and bring its answer to Cognito."""
    walk.hands.write("Password", "demo")
    walk.hands.press("Sign in")
    if isinstance(walk.hands, WithoutScripts):
        walk.hands.press("Continue")


def find_the_way(walk: Walk, person: Somebody, house: str = "federated") -> None:
    """Be sent by Atlas, and type one's address, which decides how one goes on."""
    walk.hands.open(asking.address(walk, house, organization=""))
    walk.hands.see("Find your organization")
    walk.hands.write("E-mail address", person.email)
    walk.hands.press("Continue")
