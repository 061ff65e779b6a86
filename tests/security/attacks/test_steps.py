"""Steps of a sign-in that are skipped, reordered, or taken to another browser, organization or person. Each step."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest
from django.urls import reverse
from django.utils import timezone

from federation.models import AuthorizationCode, AuthorizationRequest, BrowserSession, SignInAttempt, Step
from federation.services.attempts import Held, open_attempt
from federation.signin.recovery import STEPS as RECOVERABLE
from federation.signin.views.common import STEP_PAGES, step_address
from identity.models import DirectoryUser
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

_STEPS = [step for step in Step if step in STEP_PAGES]
# Whatever the form of a step is, so that nothing but the guard keeps it from being done.
_FORM = {
    "code": "123456",
    "password": "Correct-horse-battery-7",
    "repeated": "Correct-horse-battery-7",
    "later": "1",
    "skip": "1",
    "name": "Phone",
    "factor": "totp",
    "email": "ann@acme.example",
}


def at(step: Step, user: DirectoryUser, browser: Browser) -> SignInAttempt:
    """Somebody who gave their password in a browser, and has the step before them."""
    browser.client.handler.enforce_csrf_checks = False
    browser.authorize(organization="acme", prompt="login", nonce=uuid.uuid4().hex)
    request = AuthorizationRequest.objects.latest("created_at")
    held = Held(session="held", totp_secret="JBSWY3DPEHPK3PXP", access_token="held")
    return open_attempt(user.tenant, request, user, step=step, username=user.username, held=held, amr=["pwd"])


def untouched(attempt: SignInAttempt) -> bool:
    """Say whether nobody took the attempt's turn or moved it, and nobody got in."""
    now = SignInAttempt.objects.get(pk=attempt.pk)
    same = (now.step, now.turn, now.taken_at, now.code_tries) == (attempt.step, attempt.turn, None, 0)
    return same and not AuthorizationCode.objects.exists() and not BrowserSession.objects.exists()


def tried(browser: Browser, where: str, attempt: SignInAttempt) -> Iterator[int]:
    """The answers to opening a page and to sending its form with the attempt's own turn."""
    yield browser.client.get(where).status_code
    yield browser.client.post(where, {**_FORM, "turn": str(attempt.turn)}).status_code


@pytest.fixture
def person(browser: Browser, ann: DirectoryUser) -> DirectoryUser:
    """Ann, who has no session: everything here is before one."""
    BrowserSession.objects.all().delete()
    browser.client.cookies.clear()
    return ann


@pytest.mark.parametrize("step", _STEPS)
def test_no_step_is_skipped_or_answered_as_another(step: Step, browser: Browser, person: DirectoryUser) -> None:
    attempt = at(step, person, browser)
    # Its own page is there, so that what follows is no answer to something else.
    assert browser.client.get(step_address(person.tenant, attempt)).status_code == 200
    for name in {*STEP_PAGES.values()} - {STEP_PAGES[step]}:
        where = reverse(name, args=["acme", attempt.pk])
        assert {*tried(browser, where, attempt)} <= {404, 405}, name
    assert untouched(attempt)
    # Nor by beginning again at the application: there is no session yet.
    browser.authorize(organization="acme", prompt="none", nonce="skip")
    assert browser.answer()["error"] == "login_required"


@dataclass(frozen=True)
class Beside:
    """Who is there beside somebody at a step: a browser without a sign-in, and Bob at the same step in another one.

    An organization of the same application's is there as well, named globex.
    """

    nobody: Browser
    stranger: Browser
    of_bob: SignInAttempt

    @classmethod
    def at(cls, step: Step, tenant: Tenant, application: Application) -> "Beside":
        """Put them at a step."""
        TenantApplication.objects.create(tenant=TenantFactory.create(slug="globex"), application=application)
        nobody, stranger = Browser(application), Browser(application)
        nobody.client.handler.enforce_csrf_checks = False
        bob = DirectoryUserFactory.create(tenant=tenant, email="bob@acme.example")
        return cls(nobody, stranger, at(step, bob, stranger))

    def tried(self, where: str, attempt: SignInAttempt, browser: Browser) -> set[int]:
        """The answers to a page in the browsers of others, and at another organization in one's own."""
        elsewhere = where.replace("/acme/", "/globex/")
        return {
            *tried(self.nobody, where, attempt),
            *tried(self.stranger, where, attempt),
            *tried(browser, elsewhere, attempt),
        }


@pytest.mark.parametrize("step", _STEPS)
def test_no_step_is_taken_elsewhere(
    step: Step, browser: Browser, person: DirectoryUser, acme: Tenant, assigned: Application
) -> None:
    attempt, beside = at(step, person, browser), Beside.at(step, acme, assigned)
    where = step_address(acme, attempt)
    assert beside.tried(where, attempt, browser) == {404}
    # Bob's turn in Ann's browser, and Ann's form for Bob's attempt.
    assert browser.client.post(where, {**_FORM, "turn": str(beside.of_bob.turn)}).status_code in {404, 409, 422}
    assert {*tried(browser, step_address(acme, beside.of_bob), beside.of_bob)} == {404}
    assert untouched(attempt)
    assert untouched(beside.of_bob)


@pytest.mark.parametrize("step", _STEPS)
def test_recovery_codes_are_taken_of_who_is_asked_for_a_factor(
    step: Step, browser: Browser, person: DirectoryUser, acme: Tenant, assigned: Application
) -> None:
    """In their own browser, at their own organization, and at no other step."""
    attempt, beside = at(step, person, browser), Beside.at(step, acme, assigned)
    where = reverse("sign-in-recovery", args=["acme", attempt.pk])
    assert browser.client.get(where).status_code == (200 if step in RECOVERABLE else 404)
    assert beside.tried(where, attempt, browser) == {404}
    assert {*tried(browser, reverse("sign-in-recovery", args=["acme", beside.of_bob.pk]), beside.of_bob)} == {404}
    assert untouched(attempt)
    assert untouched(beside.of_bob)


_NOW = "now"
_OVER: list[tuple[type[SignInAttempt | AuthorizationRequest], dict[str, str]]] = [
    (SignInAttempt, {"expires_at": _NOW}),
    (SignInAttempt, {"step": Step.DONE}),
    (AuthorizationRequest, {"completed_at": _NOW}),
    (AuthorizationRequest, {"expires_at": _NOW}),
]


def test_no_step_is_answered_that_is_over(browser: Browser, person: DirectoryUser) -> None:
    """Nor whose application got its answer, or waited for too long."""
    assert len(_STEPS) >= len(_OVER)
    for step, (model, changed) in zip(_STEPS, cycle(_OVER), strict=False):
        attempt = at(step, person, browser)
        where = step_address(person.tenant, attempt)
        model._default_manager.update(
            **{name: timezone.now() if value == _NOW else value for name, value in changed.items()}
        )
        assert {*tried(browser, where, attempt)} == {404}, (step, changed)
    assert not AuthorizationCode.objects.exists()
    assert not BrowserSession.objects.exists()
