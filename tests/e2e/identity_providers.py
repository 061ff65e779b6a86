"""The other side of the wizard: identity providers that nobody here wrote, and what their administrators do there."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from playwright.sync_api import Page, expect

from tests.support.third_party import ThirdPartyOidc, ThirdPartySaml

PASSPORT = "http://schemas.passportjs.com/"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"


@dataclass(frozen=True)
class Mistake:
    """A mistake of the administrator, and how the failing test explains it.

    Args:
        said: part of what is said word by word: to us, or to the person who is kept there.
        title: of the explanation.
        remedy: part of what to do.
        leads_back: whether the sign-in comes back to us; else it ends on the identity provider's own error page.
    """

    said: re.Pattern[str]
    title: str
    remedy: str
    leads_back: bool = True


AUDIENCE = Mistake(
    said=re.compile("Audience restriction was not satisfied"),
    title="The audience is not our entity ID",
    remedy="Enter our entity ID, beginning with urn:amazon:cognito:sp:, as the audience.",
)
SECRET = Mistake(
    said=re.compile("invalid_client"),
    title="The client is not accepted",
    remedy="Copy the client ID and the secret again.",
)
REDIRECT = Mistake(
    said=re.compile("redirect_uri"),
    title="The redirect address is not registered",
    remedy="Copy our redirect URI again. It ends with /oauth2/idpresponse, without a slash behind it.",
    leads_back=False,
)


class IdentityProvider(ABC):
    """One of them. Its people have addresses of `domain`; Noor Haddad is in the groups Engineering and Staff.

    Args:
        guide: the button of the guide that fits.
        claims: what it sends, by the labels of our mapping, where it is not what the guide proposes.
        name: of Noor, as it tells it.
        mistake: that its administrator makes first.
    """

    guide: ClassVar[str]
    claims: ClassVar[Mapping[str, str]]
    name: ClassVar[str]
    mistake: Mistake

    @abstractmethod
    def set_up(self, ours: Mapping[str, str]) -> None:
        """Enter our values, by the names that the guide gives to the fields, and make the mistake."""

    @abstractmethod
    def repair(self, page: Page, ours: Mapping[str, str]) -> None:
        """Do what the explanation says, from the page that shows it, and go on to another test."""

    @abstractmethod
    def hand_over(self, page: Page) -> None:
        """Enter its values on the wizard's second page, save them, and see what was made of them."""

    @abstractmethod
    def sign_in(self, page: Page) -> None:
        """Sign in as Noor on its own pages, in a browser that it has not seen before."""

    def sign_in_again(self, page: Page) -> None:
        """Sign in where it knows the browser."""
        self.sign_in(page)

    @staticmethod
    def _to_the_test(page: Page) -> None:
        page.get_by_role("navigation", name="Steps of the setup").get_by_role("link", name="Test").click()

    @abstractmethod
    def stop(self) -> None:
        """End it."""


class Saml(IdentityProvider):
    """`samlp`, whose administrator enters an address where the entity ID belongs."""

    guide = "Another identity provider SAML 2.0"
    claims: ClassVar = {
        "E-mail address": f"{CLAIMS}emailaddress",
        "Full name": f"{CLAIMS}name",
        "First name": f"{CLAIMS}givenname",
        "Last name": f"{CLAIMS}surname",
        "What holds the groups": f"{PASSPORT}groups",
    }
    name = "Noor Haddad"

    def __init__(self, domain: str, mistake: Mistake) -> None:
        assert mistake is AUDIENCE
        self.mistake = mistake
        self._server = ThirdPartySaml()
        self._noor = {
            "id": "samlp-1",
            "displayName": self.name,
            "name": {"givenName": "Noor", "familyName": "Haddad"},
            "emails": [{"value": f"noor@{domain}"}],
            "groups": ["Engineering", "Staff"],
        }

    @property
    def metadata_url(self) -> str:
        """Where its metadata is."""
        return f"{self._server.url}/metadata"

    def set_up(self, ours: Mapping[str, str]) -> None:
        """See `IdentityProvider`."""
        self._server.set_up(acs=ours["ACS URL"], audience=ours["ACS URL"], user=self._noor, asks=True)

    def repair(self, page: Page, ours: Mapping[str, str]) -> None:
        """See `IdentityProvider`."""
        page.get_by_role("link", name="our values in the guide").click()
        entity_id = page.get_by_role("region", name="Our values for").get_by_text("urn:amazon:cognito:sp:").inner_text()
        assert entity_id == ours["Entity ID"]
        self.correct(entity_id)
        self._to_the_test(page)

    def correct(self, entity_id: str) -> None:
        """Enter our entity ID as the audience."""
        self._server.set_up(audience=entity_id, user=self._noor)

    def hand_over(self, page: Page) -> None:
        """See `IdentityProvider`."""
        page.get_by_label("Metadata URL").fill(self.metadata_url)
        page.get_by_role("button", name="Read and save").click()
        understood = page.get_by_role("region", name="What we understood")
        expect(understood.get_by_text("urn:third-party:samlp")).to_be_visible()
        expect(understood.get_by_text(f"{self._server.url}/sso")).to_be_visible()

    def sign_in(self, page: Page) -> None:
        """See `IdentityProvider`."""
        page.get_by_role("button", name="Sign in as Noor Haddad").click()

    def stop(self) -> None:
        """See `IdentityProvider`."""
        self._server.stop()


class Oidc(IdentityProvider):
    """`oidc-provider`, whose administrator confuses id and secret, or puts a slash behind the redirect URI."""

    guide = "Another identity provider OpenID Connect"
    claims: ClassVar = {}
    name = "Name of noor"

    def __init__(self, domain: str, mistake: Mistake) -> None:
        assert mistake in (SECRET, REDIRECT)
        self.mistake = mistake
        self._server = ThirdPartyOidc(domain=domain)
        self._client: dict[str, Any] = {}

    @property
    def issuer(self) -> str:
        """Its issuer."""
        return self._server.url

    def set_up(self, ours: Mapping[str, str]) -> None:
        """See `IdentityProvider`."""
        address, method = ours["Redirect URI"], ours["token_endpoint_auth_method"]
        self._client = self.register(address + ("/" if self.mistake is REDIRECT else ""), method)

    def register(self, redirect_uri: str, method: str) -> dict[str, Any]:
        """Register us, which gives us an id and a secret."""
        return self._server.register(redirect_uris=[redirect_uri], token_endpoint_auth_method=method)

    def hand_over(self, page: Page) -> None:
        """See `IdentityProvider`."""
        page.get_by_label("Issuer", exact=True).fill(self.issuer)
        page.get_by_label("Client ID").fill(self._client["client_id"])
        page.get_by_label("Client secret").fill(
            self._client["client_id" if self.mistake is SECRET else "client_secret"]
        )
        page.get_by_role("button", name="Look it up and save").click()
        found = page.get_by_role("region", name="What we found at the issuer")
        expect(found.get_by_text(f"{self.issuer}/token", exact=True)).to_be_visible()

    def repair(self, page: Page, ours: Mapping[str, str]) -> None:
        """See `IdentityProvider`."""
        if self.mistake is REDIRECT:
            self._server.change(self._client, redirect_uris=[ours["Redirect URI"]])
            return
        page.get_by_role("link", name="the values you gave us").click()
        page.get_by_text("Change the values").click()
        page.get_by_label("Client secret").fill(self._client["client_secret"])
        page.get_by_role("button", name="Look it up and save").click()
        self._to_the_test(page)

    def sign_in(self, page: Page) -> None:
        """See `IdentityProvider`."""
        page.get_by_placeholder("Enter any login").fill("noor")
        page.get_by_placeholder("and password").fill("any")
        page.get_by_role("button", name="Sign-in").click()
        page.get_by_role("button", name="Continue").click()

    def sign_in_again(self, page: Page) -> None:
        """It lets in whom it knows at once."""

    def stop(self) -> None:
        """See `IdentityProvider`."""
        self._server.stop()
