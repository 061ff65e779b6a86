"""Second factors set up on the way: begun at home, then the account changes, or a step is sent elsewhere."""

from collections.abc import Iterator

from federation.levels import ACR_MULTI_FACTOR
from federation.models import SignInAttempt
from federation.services.attempts import held_by
from tenants.factors import SecondFactor
from tests.federation.app_codes import app_on
from tests.security.cognito.visit import Tokens, Visit
from tests.security.cognito.ways.replaced import has_temporary_password, replace
from tests.support.codes import code_in


def _at_home(visit: Visit, factor: SecondFactor | None = None, **asked: str) -> None:
    """Send the password at home, and choose there what to set up, where there is a choice."""
    visit.begin_by_password(organization=visit.home.slug, **asked)
    if factor is not None and 'name="factor"' in visit.browser.text:
        visit.browser.submit(factor=factor)


def _with_app(visit: Visit) -> Tokens:
    """Set up the app of the page, where it has one."""
    if 'data-copy="' not in visit.browser.text:
        return None
    visit.submit(code=app_on(visit.browser).now())
    return visit.tokens()


def by_new_app(visit: Visit) -> Iterator[Tokens]:
    """An authenticator app, because the application asks for two factors."""
    _at_home(visit, SecondFactor.TOTP, acr_values=ACR_MULTI_FACTOR)
    yield None
    yield _with_app(visit)


def by_new_mail(visit: Visit) -> Iterator[Tokens]:
    """Codes by mail, which they choose late."""
    _at_home(visit, acr_values=ACR_MULTI_FACTOR)
    yield None
    if 'name="factor"' in visit.browser.text:
        visit.submit(factor=SecondFactor.EMAIL)
        if 'name="code"' in visit.browser.text:
            visit.submit(code=visit.digits_mailed())
        yield visit.tokens()


def by_new_number(visit: Visit) -> Iterator[Tokens]:
    """Codes by text message, to a number that they give."""
    number = f"+4477{visit.person.pk.int % 10**8:08d}"
    _at_home(visit, SecondFactor.SMS, acr_values=ACR_MULTI_FACTOR)
    if 'name="number"' in visit.browser.text:
        visit.browser.submit(number=number)
    yield None
    if 'name="code"' in visit.browser.text:
        visit.submit(code=code_in(visit.around.cognito.texts_to(number)[-1]))
        yield visit.tokens()


def by_required_app(visit: Visit) -> Iterator[Tokens]:
    """An app, because home requires one: Cognito asks itself in a dedicated pool (MFA_SETUP), we do in a shared one."""
    _at_home(visit)
    if 'data-copy="' in visit.browser.text:
        held = held_by(SignInAttempt.objects.get(user=visit.person))
        # Where Cognito asks itself, it has let nobody in yet.
        assert bool(held.access_token) == visit.home.pool.is_shared
    yield None
    yield _with_app(visit)


def by_new_password_and_app(visit: Visit) -> Iterator[Tokens]:
    """The same after a temporary password was replaced."""
    has_temporary_password(visit)
    at, visit.at = visit.at, visit.home.slug
    visit.begin_by_password()
    replace(visit)
    visit.at = at
    yield None
    yield _with_app(visit)
