"""What the people of the story do, step by step, by the labels they see."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.message import EmailMessage

import pyotp
from playwright.sync_api import Page, expect

from local.stack.demo import SampleCredentials
from tests.e2e.demo import Demo
from tests.support.mail import body_text

TOTP_STEP_SECONDS = 30
# The two isolations, as the operator chooses them.
DEDICATED, SHARED = "Dedicated pool", "Partition of a shared pool"


@dataclass(frozen=True)
class TenantDraft:
    """What the operator fills in."""

    name: str
    slug: str
    isolation: str
    first_admin: str


@dataclass
class Operator:
    """The SaaS company's own staff."""

    page: Page
    demo: Demo

    def sign_in(self) -> None:
        """Come in by the front door, with a password."""
        self.page.goto(self.demo.dashboard)
        self.page.get_by_label("E-mail").fill(self.demo.email)
        self.page.get_by_label("Password", exact=True).fill(self.demo.password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("heading", name="Overview", level=1)).to_be_visible()

    def register_application(self, name: str, origin: str) -> SampleCredentials:
        """Register an application that lives at `origin`.

        Returns:
            client id and secret as the page shows them, the secret once.
        """
        self.page.get_by_role("link", name="Applications").first.click()
        self.page.get_by_role("link", name="Register an application").first.click()
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_label("Redirect URIs").fill(f"{origin}/callback")
        self.page.get_by_label("Addresses after signing out").fill(f"{origin}/signed-out")
        self.page.get_by_label("Audience of access tokens").fill(f"{origin}/api")
        self.page.get_by_role("button", name="Register").click()
        secret = self.page.get_by_role("group", name="Client secret").locator("code").inner_text()
        client_id = self.page.locator("code", has_text=re.compile("^app_")).first.inner_text()
        return SampleCredentials(client_id, secret)

    def onboard(self, draft: TenantDraft, application: str) -> None:
        """Onboard a tenant, after reading what will be created, and watch it come into being without a reload."""
        page = self.page
        page.goto(f"{self.demo.dashboard}/fleet/tenants/new/")
        page.get_by_label("Name", exact=True).fill(draft.name)
        page.get_by_label("Slug").fill(draft.slug)
        page.get_by_role("radio", name=draft.isolation).check()
        page.get_by_label("First admin's e-mail address").fill(draft.first_admin)
        page.get_by_label(application, exact=True).check()
        page.get_by_role("button", name="Review").click()
        expect(page.get_by_role("heading", name=f"Review {draft.name}")).to_be_visible()
        planned = page.get_by_role("region", name="In Cognito")
        expect(planned.get_by_text("App client")).to_be_visible()
        page.get_by_role("button", name="Create the tenant").click()
        expect(page.get_by_role("heading", name=draft.name, level=1)).to_be_visible()
        page.evaluate("window.neverReloaded = true")
        resources = page.get_by_role("region", name="In Cognito")
        expect(resources.get_by_text("4 of 4 in sync")).to_be_visible()
        assert page.evaluate("window.neverReloaded")


@dataclass
class Person:
    """Somebody with an e-mail address: a tenant's admin or an end user, in a browser profile of their own."""

    page: Page
    demo: Demo
    email: str
    password: str = ""
    totp_secret: str = ""
    _last_code: str = ""

    def newest_mail(self, *, count: int = 1) -> EmailMessage:
        """Wait for the `count`th mail."""
        return self.demo.mailbox.wait_for(self.email, count=count)

    def accept_invitation(self, password: str, *, count: int = 1) -> str:
        """Follow the link of the newest mail and choose a password.

        Returns:
            the link, which has now been used.
        """
        link = re.search(r"http://\S+/invitation/\S+", body_text(self.newest_mail(count=count)))
        assert link
        self.password = password
        self.page.goto(link[0])
        self.page.get_by_label("New password", exact=True).fill(password)
        self.page.get_by_label("New password again").fill(password)
        self.page.get_by_role("button", name="Set password").click()
        expect(self.page.get_by_label("New password again")).not_to_be_visible()
        return link[0]

    def enter_credentials(self, password: str | None = None) -> None:
        """Fill in the tenant's sign-in page."""
        self.page.get_by_label("E-mail address").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(self.password if password is None else password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def decline_second_factor(self) -> None:
        """Answer "Not now" to the offer of an authenticator app, which the first sign-in ends with."""
        expect(self.page.get_by_role("heading", name="Add an authenticator app")).to_be_visible()
        self.page.get_by_role("button", name="Not now").click()

    def choose_new_password(self, password: str) -> None:
        """Answer NEW_PASSWORD_REQUIRED."""
        expect(self.page.get_by_role("heading", name="Choose a new password")).to_be_visible()
        self.page.get_by_label("New password", exact=True).fill(password)
        self.page.get_by_label("New password again").fill(password)
        self.page.get_by_role("button", name="Set password and continue").click()
        self.password = password

    def enrol_totp(self) -> None:
        """Take the key from the page, as an authenticator app would from the QR code, and answer with its code."""
        expect(self.page.get_by_role("heading", name="Set up your authenticator app")).to_be_visible()
        expect(self.page.get_by_role("img", name=re.compile("QR"))).to_be_visible()
        self.totp_secret = self.page.locator(".copy__value").first.inner_text().replace(" ", "")
        self._enter_code()

    def answer_totp(self) -> None:
        """Enter the code of the second factor."""
        expect(self.page.get_by_role("heading", name="Enter your code")).to_be_visible()
        self._enter_code()

    def _enter_code(self) -> None:
        self.page.get_by_role("textbox").last.fill(self._next_code())
        self.page.get_by_role("button", name="Continue").click()

    def _next_code(self) -> str:
        # A code works once. Cognito accepts the step before and after too, so a second sign-in within the same half
        # minute takes the next one instead of waiting for it.
        totp = pyotp.TOTP(self.totp_secret)
        now = time.time()
        code = next(c for c in (totp.at(now), totp.at(now + TOTP_STEP_SECONDS)) if c != self._last_code)
        self._last_code = code
        return code
