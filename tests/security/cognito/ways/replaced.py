"""A temporary password, which Cognito takes once and has replaced on the way (NEW_PASSWORD_REQUIRED)."""

from collections.abc import Iterator

from identity import auth
from identity.cells import pool_ref
from tests.federation.conftest import PASSWORD
from tests.security.cognito.visit import Tokens, Visit

_NEW = "Another-correct-horse-8"


def has_temporary_password(visit: Visit) -> None:
    """Let home's administrators have given them a password to be replaced."""
    person = visit.person
    auth.set_temporary_password(pool_ref(visit.home.pool), person.username, person.email, PASSWORD)


def replace(visit: Visit) -> None:
    """Choose a new password, where the page asks for one, at the organization that they try to enter."""
    if 'name="repeated"' in visit.browser.text:
        visit.submit(password=_NEW, repeated=_NEW)


def by_temporary_password(visit: Visit) -> Iterator[Tokens]:
    """All of it where they try to enter."""
    has_temporary_password(visit)
    yield None
    visit.begin_by_password()
    replace(visit)
    yield visit.tokens()


def by_new_password(visit: Visit) -> Iterator[Tokens]:
    """The temporary one is taken at home, then the account changes, or the new one is sent elsewhere."""
    has_temporary_password(visit)
    visit.begin_by_password(organization=visit.home.slug)
    yield None
    replace(visit)
    yield visit.tokens()
