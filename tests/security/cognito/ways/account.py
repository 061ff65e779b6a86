"""Ways that begin by a mail: an account of one's own making, here or at Cognito; an invitation; a new password."""

import re
from collections.abc import Iterator

from django.utils import timezone

from federation.models import AccountRequest
from federation.signin.account_mail import answer
from identity.models import DirectoryUser
from identity.services.invitations import invite_user
from identity.sync import engine
from tenants.actor import system
from tenants.models import Invitation, SyncKind
from tests.federation.conftest import PASSWORD
from tests.security.cognito.visit import Tokens, Visit
from tests.support.old_client import OldClient

_OTHER = "Another-correct-horse-8"


def _choose(visit: Visit, password: str = PASSWORD, **more: str) -> None:
    if 'name="repeated"' in visit.browser.text:
        visit.submit(**more, password=password, repeated=password)
    # No question after the password, and a role, with which the dashboard lets in too.
    changed = {"role": "admin", "passkey_declined_at": timezone.now(), "totp_declined_at": timezone.now()}
    DirectoryUser.objects.filter(email=visit.email, tenant=visit.home).update(**changed)


def _sign_in(visit: Visit, password: str = PASSWORD) -> Tokens:
    visit.authorize()
    return visit.type_password(password)


def by_sign_up(visit: Visit) -> Iterator[Tokens]:
    """An account that they ask for at home, the link of which is opened where they try to enter."""
    visit.authorize(organization=visit.home.slug)
    if visit.follow("Make one"):
        visit.browser.submit(email=visit.email, name="Nina")
        answer(AccountRequest.objects.get(email=visit.email).pk)
        visit.browser.get(visit.there(visit.link_mailed()))
        _choose(visit)
    yield None
    yield _sign_in(visit)


def by_invitation(visit: Visit) -> Iterator[Tokens]:
    """An invitation to home, likewise."""
    invited = invite_user(visit.home, email=visit.email, name="Ivan", role="", actor=system("test"))
    engine.run(SyncKind.INVITATION, Invitation.objects.get(user_id=invited.pk).pk)
    visit.browser.get(visit.there(visit.link_mailed()))
    _choose(visit)
    yield None
    yield _sign_in(visit)


def by_forgotten_password(visit: Visit) -> Iterator[Tokens]:
    """A code that they were mailed at home, entered where they try to enter."""
    visit.authorize(organization=visit.home.slug)
    if visit.follow("Forgot your password?"):
        visit.browser.submit(email=visit.email)
        answer(AccountRequest.objects.get(email=visit.email).pk)
    yield None
    if re.search(r'name="code"', visit.browser.text):
        _choose(visit, _OTHER, code=visit.digits_mailed())
        yield _sign_in(visit, _OTHER)


def by_account_made_there(visit: Visit) -> Iterator[Tokens]:
    """An account that they made at Cognito itself, and showed to be theirs; a sweep has brought it here since."""
    person, there = visit.person, OldClient(visit.home)
    made = there.sign_up(person.username, visit.email, PASSWORD)
    there.confirm(person.username, visit.digits_mailed())
    DirectoryUser.objects.filter(pk=person.pk).update(cognito_sub=made)
    yield None
    yield _sign_in(visit)
