"""Codes by mail and text message as second factors of whoever is on their account page, at Cognito. No HTTP here."""

from pydantic import SecretStr

from federation.account.context import Account
from federation.services.attempt_limits import CODE, MAIL, SMS, Caller, spend, tried
from federation.services.code_factors import addable_codes, note_code_removed, note_factor_preferred
from federation.services.factor_enrolment import record_enrolment
from federation.services.number_changes import before_change, begin_change, end_change, give_back, require_in_time
from federation.services.own_account import require_other_factor
from federation.services.own_phone import keep_number, require_number
from identity import auth
from tenants.factors import SecondFactor

_COSTS = {SecondFactor.EMAIL: MAIL, SecondFactor.SMS: SMS}


def settings_of(account: Account) -> auth.FactorSettings:
    """Return the second factors that they have now.

    Raises:
        SignInAgain, NeedsOwnFactor: see `Account.credential`.
    """
    token = account.credential()
    return auth.factor_settings(account.client(), access_token=token)


def phone_of(account: Account) -> auth.Phone:
    """Return the telephone number that Cognito has of them."""
    return auth.phone_of(account.client().pool, account.user.username)


def send_code(account: Account, factor: SecondFactor) -> None:
    """Have a code sent to where codes are to go, by which they show that it arrives.

    Raises:
        LimitReached: too many were sent.
        SignInAgain, NeedsOwnFactor: see `Account.credential`.
    """
    token, client = account.credential(), account.client()
    spend(_COSTS[factor], account.tenant, str(account.user.pk), _caller(account))
    auth.begin_code_setup(client, factor, access_token=token)


def give_number(account: Account, number: str) -> bool:
    """Keep the telephone number that codes are to go to, and have one sent there.

    One that codes go to already is given up for it first: Cognito keeps one number, and sends nothing to one that
    nobody has shown to be theirs. It is given back where they do not show that in time, or say that they want it back.

    Returns:
        Whether a code is on its way; not to the number before, nor to that to which codes go, which need none.

    Raises:
        LastFactor: codes go to another number, and are the last second factor that the tenant counts.
        KeptByOrganization: they have shown another one to be theirs, and the tenant lets nobody give that up.
        LimitReached, SignInAgain, NeedsOwnFactor: see `send_code`.
    """
    token, client = account.credential(), account.client()
    before = before_change(account.user)
    is_before = before is not None and before.number == number
    if is_before and give_back(str(account.user.pk), is_wanted=True, actor=account.actor):
        return False
    present, has = phone_of(account).number, settings_of(account)
    if number == present and _is_proved(account, has):
        return False
    if number != present:
        require_number(client, account.user, number)
        if SecondFactor.SMS in has.on:
            require_other_factor(account.session, has.on - {SecondFactor.SMS})
            begin_change(account.user, present, has.preferred)
            _switch_off(account, SecondFactor.SMS, has, token)
        keep_number(client, account.user, number)
    send_code(account, SecondFactor.SMS)
    return True


def finish_setup(account: Account, factor: SecondFactor, code: str) -> None:
    """Take the code, after which such codes are a second factor of theirs.

    Raises:
        auth.CodeMismatch: it is wrong or too old, or the number before was given back.
        KeptByOrganization: the tenant lets nobody give up the number before any more.
        LimitReached: too many were wrong.
        SignInAgain, NeedsOwnFactor: see `Account.credential`.
    """
    token, client = account.credential(), account.client()
    has = settings_of(account)
    if factor is SecondFactor.SMS:
        require_in_time(account.user)
        if _is_proved(account, has):
            raise auth.CodeMismatch("Codes go to the number before.")
    with tried(CODE, account.tenant, str(account.user.pk), _caller(account), not_theirs=auth.AuthUnavailable):
        auth.finish_code_setup(client, factor, access_token=token, code=code, keep=has.on)
    record_enrolment(account.user, factor, visitor=account.visitor)
    if factor is SecondFactor.SMS:
        end_change(account.user)


def remove(account: Account, factor: SecondFactor) -> None:
    """Switch such codes off, unless the tenant asks for a second factor and these are the only one.

    Of codes by SMS that are off while the number is changed, none is given back.

    Raises:
        LastFactor: they are.
        SignInAgain, NeedsOwnFactor: see `Account.credential`.
    """
    has = settings_of(account)
    if factor in has.on:
        _switch_off(account, factor, has, account.credential())
    elif factor is SecondFactor.SMS and before_change(account.user) is not None:
        require_other_factor(account.session, has.on)
    if factor is SecondFactor.SMS:
        end_change(account.user)


def prefer(account: Account, factor: SecondFactor | None) -> None:
    """Have Cognito ask for one of their second factors alone, or let them choose each time, for None.

    Raises:
        SignInAgain, NeedsOwnFactor: see `Account.credential`.
    """
    has = settings_of(account)
    if len(has.on) < 2 or (factor is not None and factor not in has.on):
        # Removed since the page was shown.
        return
    auth.set_factors(account.client(), access_token=account.credential(), on=has.on, preferred=factor)
    note_factor_preferred(account.session, factor, visitor=account.visitor)


def counting(account: Account) -> frozenset[SecondFactor]:
    """Return the second factors that count at their tenant."""
    return frozenset({SecondFactor.TOTP, *addable_codes(account.tenant, account.user)})


def _is_proved(account: Account, has: auth.FactorSettings) -> bool:
    return SecondFactor.SMS in has.on and phone_of(account).is_verified


def _switch_off(account: Account, factor: SecondFactor, has: auth.FactorSettings, token: SecretStr) -> None:
    left = has.on - {factor}
    require_other_factor(account.session, left)
    preferred = has.preferred if has.preferred in left else None
    auth.set_factors(account.client(), access_token=token, on=left, off={factor}, preferred=preferred)
    note_code_removed(account.session, factor, left, visitor=account.visitor)


def _caller(account: Account) -> Caller:
    # In this session: guesses at the sign-in page keep nobody from it.
    return Caller(account.visitor.ip, device=str(account.session.pk))
