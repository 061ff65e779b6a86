"""Who walks a path: in which isolation, with which hands, as whom, and where the codes arrive."""

from __future__ import annotations

import itertools
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyotp

from tests.e2e.demo import Demo
from tests.e2e.paths.hands import Hands
from tests.e2e.paths.office import Office
from tests.federation.app_codes import wrong_code
from tests.support.codes import code_if_any
from tests.support.cognito import LocalCognito
from tests.support.mail import body_text
from tests.support.waiting import eventually

_STEP_SECONDS = 30


@dataclass
class Somebody:
    """A person of a tenant, and what they know and have."""

    email: str
    demo: Demo
    id: str = ""
    password: str = ""
    number: str = ""
    totp_secret: str = ""
    last_app_code: str = ""
    # How many codes of theirs were used, by where they come from.
    _mailed: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _texted: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def mailed_code(self) -> str:
        """Wait for the next mail with a code; other mail, such as of a new browser, has none."""
        count = next(self._mailed)
        return eventually(lambda: self._codes(map(body_text, self.demo.mailbox.messages_to(self.email)), count))

    def texted_code(self) -> str:
        """Wait for the next text message."""
        count = next(self._texted)
        cognito = LocalCognito(f"http://localhost:{self.demo.ports.cognito}")
        return eventually(lambda: self._codes(iter(cognito.texts_to(self.number)), count))

    def app_code(self) -> str:
        """Look at the authenticator app.

        A code works once. Cognito takes the step before and after too, so that a second sign-in within the same half
        minute takes the next one instead of waiting for it.
        """
        app, now = pyotp.TOTP(self.totp_secret), time.time()
        self.last_app_code = next(c for c in (app.at(now), app.at(now + _STEP_SECONDS)) if c != self.last_app_code)
        return self.last_app_code

    def wrong_app_code(self) -> str:
        """Look at another app."""
        return wrong_code(pyotp.TOTP(self.totp_secret))

    def mailed_link(self, part: str, *, count: int = 1) -> str:
        """Wait for the `count`th mail that leads to an address with `part` in it; return the address."""

        def links() -> list[str]:
            texts = map(body_text, self.demo.mailbox.messages_to(self.email))
            found = [link for text in texts for link in re.findall(rf"http://\S+{re.escape(part)}\S+", text)]
            return found if len(found) >= count else []

        return eventually(links)[-1]

    def _codes(self, texts: Iterator[str], count: int) -> str:
        found = [code for text in texts if (code := code_if_any(text))]
        return found[count - 1] if len(found) >= count else ""


@dataclass
class Walk:
    """One walk along a path."""

    demo: Demo
    office: Office
    hands: Hands
    isolation: str

    def tenant(self, house: str) -> str:
        """Return the slug of the tenant with a policy (`backstage.tenants.HOUSES`)."""
        slug: str = self.office.ask("tenant", house=house, isolation=self.isolation)
        return slug

    def somebody(self, house: str, name: str, **traits: Any) -> Somebody:
        """Have a person whom nobody else is; for the traits see `backstage.people.make`."""
        wanted = {"factors": [], "number": False, "temporary": False, "offered": [], **traits}
        made = self.office.ask("person", tenant=self.tenant(house), name=name, **wanted)
        return Somebody(demo=self.demo, **made)

    def entrance(self, house: str) -> str:
        """Return where the application sends whoever wants to sign in at a tenant."""
        return f"{self.demo.sample}/sign-in?organization={self.tenant(house)}"

    def begin(self, house: str) -> None:
        """Be sent by the application to the tenant's sign-in page."""
        self.hands.open(self.entrance(house))
        self.hands.see("Sign in")

    def enter(self, person: Somebody, password: str | None = None) -> None:
        """Fill the sign-in page in."""
        self.hands.write("E-mail address", person.email)
        self.hands.write("Password", person.password if password is None else password)
        self.hands.press("Sign in")

    def answer(self, code: str, label: str = "Code") -> None:
        """Fill in a page that asks for a code."""
        self.hands.write(label, code)
        self.hands.press("Continue")

    def give_number(self, person: Somebody) -> None:
        """Fill in the page that asks for a mobile number, wrong and then right, and the code that is sent there."""
        person.number = f"+4477{uuid.UUID(person.id).int % 10**8:08d}"
        self.hands.see("Your mobile number")
        self.hands.write("Mobile number", "0770")
        self.hands.press("Send the code")
        self.hands.is_told("Enter the number with its country code")
        self.hands.write("Mobile number", person.number)
        self.hands.press("Send the code")
        self.hands.see("Check your phone")
        self.answer(person.texted_code())

    def take_secret(self, person: Somebody) -> None:
        """Put the secret that the page shows into the person's app."""
        person.totp_secret = self.hands.page.locator(".copy__value").first.inner_text().replace(" ", "")

    def choose_password(self, password: str, button: str = "Set password") -> None:
        """Type a new password twice."""
        self.hands.write("New password", password)
        self.hands.write("New password again", password)
        self.hands.press(button)

    def arrive(self, person: Somebody) -> None:
        """Be back at the application, which knows who it is."""
        self.hands.see(f"Signed in as {person.email}")
