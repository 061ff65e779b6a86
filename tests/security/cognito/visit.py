"""Somebody who tries to get in, and what they and their application can do on the way."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from federation.dashboard_login.application import client_secret
from federation.models import Connection
from federation.provider.assertion import ASSERTION_TYPE
from federation.selectors import sign_in_client
from federation.signin.cognito import client_ref
from identity import auth
from identity.models import DirectoryUser
from tenants.models import Tenant
from tests.federation.arrivals import Traveller
from tests.federation.browser import SECRET, json_of
from tests.federation.conftest import PASSWORD
from tests.federation.provider.test_assertion import assertion
from tests.support.certificates import curve_key
from tests.support.codes import code_in
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text
from tests.support.oidc_idp import OidcIdp
from tests.support.saml_idp import SamlIdp

Tokens = dict[str, Any] | None
KEY = curve_key(ec.SECP256R1)


class Proof(StrEnum):
    """By what an application proves who it is."""

    SECRET = "secret"
    NONE = "public"
    KEYS = "private_key_jwt"


class Factors(StrEnum):
    """What the tenants' policies, and the pools, have of second factors."""

    OFF = "off"
    # With codes by mail, with which nobody gets a new password by mail.
    CHOSEN = "whoever wants one"
    # An app alone: beside what is required nobody begins with a code.
    REQUIRED = "required of everybody"


@dataclass(frozen=True)
class Around:
    """What everybody has around them: where mail and messages arrive, and the identity providers of home's people."""

    mailbox: Mailbox
    cognito: LocalCognito
    oidc: OidcIdp
    saml: SamlIdp
    connections: dict[str, Connection]


@dataclass
class Visit:
    """Somebody who tries to get in.

    Args:
        browser: theirs, sent by an application.
        proof: the application's.
        email: their address.
        home: the tenant that they belong to, or are about to.
        at: the slug of the organization that they try to enter.
        around: see there.
    """

    browser: Traveller
    proof: Proof
    email: str
    home: Tenant
    at: str
    around: Around

    @property
    def person(self) -> DirectoryUser:
        """Them, as home's directory has them now."""
        return DirectoryUser.objects.select_related("tenant__pool__cell").get(tenant=self.home, email=self.email)

    def asked(self, **more: str) -> dict[str, str]:
        """What an authorization request has of its own each time."""
        return {"nonce": uuid.uuid4().hex, **more}

    def authorize(self, **more: str) -> None:
        """Be sent by the application to the organization that they try to enter."""
        self.browser.authorize(**self.asked(**{"organization": self.at, **more}))

    def proved(self) -> dict[str, str | None]:
        """What the application says at the token endpoint of who it is; an assertion is good once."""
        application = self.browser.application
        if application.is_builtin:
            return {"client_secret": client_secret()}
        if self.proof == Proof.KEYS:
            signed = assertion(application, key=KEY, algorithm="ES256")
            return {"client_secret": None, "client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
        return {"client_secret": SECRET if self.proof == Proof.SECRET else None}

    def tokens(self, **changed: str) -> Tokens:
        """Exchange the code that the browser brought back, if it did."""
        if not self.browser.page.get("Location", "").startswith(self.browser.application.redirect_uris[0]):
            return None
        code = self.browser.answer().get("code")
        return given(self.browser.exchange(code, **{**self.proved(), **changed})) if code else None

    def at_home(self) -> Tokens:
        """Have a session at home, and the tokens that an application gets by it, where home has the application."""
        self.browser.hold_session(self.person)
        self.authorize(organization=self.home.slug)
        return self.tokens()

    def there(self, address: str) -> str:
        """The same address at the organization that they try to enter."""
        return address.replace(f"/{self.home.slug}/", f"/{self.at}/", 1)

    def submit(self, **fields: str) -> None:
        """Send the page's form, at that organization."""
        self.browser.submit_to(self.there(self.browser.form_action()), **fields)

    def begin(self, way: str) -> bool:
        """Choose a way in beside the password, where the page has it."""
        self.authorize()
        if f'value="{way}"' not in self.browser.text:
            return False
        self.browser.submit(email=self.email, password="", way=way)
        return True

    def begin_by_password(self, **more: str) -> None:
        """Go from the application to the sign-in page, and send the password where it asks for one."""
        self.authorize(**more)
        if 'name="password"' in self.browser.text:
            self.browser.submit(email=self.email, password=PASSWORD)

    def type_password(self, password: str = PASSWORD) -> Tokens:
        """Send the password, where the page asks for one, decline what is offered, and exchange what comes of it."""
        if 'name="password"' not in self.browser.text:
            return None
        self.browser.submit(email=self.email, password=password)
        if 'name="later"' in self.browser.text:
            self.browser.submit(later="yes")
        return self.tokens()

    def follow(self, words: str) -> bool:
        """Follow a link of the page, where it has it."""
        found = re.search(rf'href="([^"]+)">{re.escape(words)}', self.browser.text)
        if found:
            self.browser.get(found[1].replace("&amp;", "&"))
        return found is not None

    def digits_mailed(self) -> str:
        """The code in the newest mail to them; one that is made up where none came."""
        # Cognito's answer comes once the mail is out.
        mails = self.around.mailbox.messages_to(self.email)
        return code_in(body_text(mails[-1])) if mails else "12345678"

    def link_mailed(self) -> str:
        """The path of the link in the newest mail to them."""
        text = body_text(self.around.mailbox.wait_for(self.email))
        return urlsplit(next(word for word in text.split() if word.startswith("http"))).path

    def credential(self) -> tuple[auth.AppClientRef, SecretStr]:
        """The client of home's sign-in, and Cognito's access token for them."""
        row = sign_in_client(self.home)
        assert row is not None
        client = client_ref(row)
        result = auth.sign_in_with_password(client, self.person.username, PASSWORD)
        assert isinstance(result, auth.SignedIn)
        return client, result.access_token


@dataclass(frozen=True)
class Flow:
    """A way, and what the matrix has to know of it.

    Args:
        steps: the way, see `tests.security.cognito.flows`.
        states: of those of an account, which it is tried in.
        known: whether they are a member of home beforehand; otherwise the way itself makes them one.
        in_cognito: whether Cognito has to know a member's password.
        names_organization: whether it is the person's choice where it leads; otherwise it leads home.
        confidential: whether a public application gets nothing by it.
        factors: the second factors that there have to be.
    """

    steps: Callable[[Visit], Iterator[Tokens]]
    states: tuple[str, ...]
    known: bool = True
    in_cognito: bool = False
    names_organization: bool = True
    confidential: bool = False
    factors: Factors = Factors.OFF


def given(response: Any) -> Tokens:
    """What an endpoint gave."""
    return json_of(response) if response.status_code == 200 else None
