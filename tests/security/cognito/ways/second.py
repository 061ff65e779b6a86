"""Second factors: the password is right at home, then the account changes, or the step is answered elsewhere."""

from collections.abc import Iterator

import pyotp

from federation.services.recovery_codes import make_codes
from identity import auth
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from tenants.actor import system
from tenants.factors import SecondFactor
from tests.federation.app_codes import next_code
from tests.security.cognito.visit import Tokens, Visit
from tests.support.codes import code_in


def _has(visit: Visit, *factors: SecondFactor) -> pyotp.TOTP:
    """Let them have these factors in Cognito; returns the app, which Cognito has if it is among them."""
    client, token = visit.credential()
    app = pyotp.TOTP(pyotp.random_base32())
    if SecondFactor.TOTP in factors:
        app = pyotp.TOTP(auth.begin_totp_setup(client, access_token=token).secret.get_secret_value())
        auth.finish_totp_setup(client, visit.person.username, access_token=token, code=app.now(), device_name="x")
    auth.set_factors(client, access_token=token, on=factors)
    return app


def _to_the_factor(visit: Visit) -> None:
    visit.begin_by_password(organization=visit.home.slug)


def _answered(visit: Visit, code: str) -> Tokens:
    if 'name="code"' not in visit.browser.text:
        return None
    visit.submit(code=code)
    return visit.tokens()


def by_app(visit: Visit) -> Iterator[Tokens]:
    """An authenticator app."""
    app = _has(visit, SecondFactor.TOTP)
    _to_the_factor(visit)
    yield None
    yield _answered(visit, next_code(app))


def by_second_mail(visit: Visit) -> Iterator[Tokens]:
    """A code by mail after the password."""
    _has(visit, SecondFactor.EMAIL)
    _to_the_factor(visit)
    yield None
    yield _answered(visit, visit.digits_mailed())


def by_second_text(visit: Visit) -> Iterator[Tokens]:
    """A text message after the password."""
    number = f"+4477{visit.person.pk.int % 10**8:08d}"
    known = {"phone_number": number, "phone_number_verified": "true"}
    users.update_attributes(pool_ref(visit.home.pool), visit.person.username, known, priority=Priority.SIGN_IN)
    _has(visit, SecondFactor.SMS)
    _to_the_factor(visit)
    yield None
    sent = visit.around.cognito.texts_to(number)
    yield _answered(visit, code_in(sent[-1]) if sent else "12345678")


def by_choice(visit: Visit) -> Iterator[Tokens]:
    """One of several."""
    app = _has(visit, SecondFactor.TOTP, SecondFactor.EMAIL)
    _to_the_factor(visit)
    yield None
    if 'name="factor"' in visit.browser.text:
        visit.submit(factor=SecondFactor.TOTP)
        yield _answered(visit, next_code(app))


def by_recovery_code(visit: Visit) -> Iterator[Tokens]:
    """One that takes the app away, after which the password alone is enough."""
    _has(visit, SecondFactor.TOTP)
    codes = make_codes(visit.person, actor=system("test"))
    _to_the_factor(visit)
    visit.follow("Use a recovery code")
    yield None
    if 'name="code"' in visit.browser.text:
        visit.submit(code=codes[0])
        visit.authorize()
        yield visit.type_password()
