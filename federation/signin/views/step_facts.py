"""What the page of a step shows beside its form."""

from typing import Any

from django.urls import reverse

from federation.models import SignInAttempt, Step
from federation.selectors.own_keys import keys_of
from federation.services.app_names import app_name_of
from federation.services.attempts import held_by
from federation.services.own_factors import own_factor_of
from federation.signin.context import Context
from federation.signin.own_factor import may_go_without
from federation.signin.qr import qr_data_uri, totp_uri
from federation.signin.recovery import has_way_back

_APP_SETUP = {Step.TOTP_SETUP, Step.TOTP_OFFER, Step.OWN_SETUP}
_OFFERS = {Step.TOTP_OFFER, Step.FACTOR_OFFER}
_CODES = {Step.EMAIL_CODE, Step.SMS_CODE, Step.EMAIL_SETUP, Step.SMS_SETUP}


def step_facts(context: Context, attempt: SignInAttempt) -> dict[str, Any]:
    """Return what the page of an attempt's present step shows."""
    step = Step(attempt.step)
    may_decline = step in _OFFERS or (step == Step.OWN_CHOICE and may_go_without(context))
    shown: dict[str, Any] = {"may_decline": may_decline, "recovery_url": recovery_url(context, attempt)}
    if step in _APP_SETUP:
        secret = held_by(attempt).totp_secret
        address = totp_uri(secret, account=attempt.user.email, issuer=context.tenant.branding.display_name)
        return {**shown, "secret": secret, "qr": qr_data_uri(address), "has_other": step == Step.OWN_SETUP}
    if step in _CODES:
        held = held_by(attempt)
        return {
            **shown,
            "destination": held.destination,
            "by_mail": step in {Step.EMAIL_CODE, Step.EMAIL_SETUP},
            "is_setup": step in {Step.EMAIL_SETUP, Step.SMS_SETUP},
            "has_other": len(held.choices) > 1,
        }
    if step == Step.TOTP:
        return {**shown, "app_name": app_name_of(attempt.user)}
    if step == Step.OWN_CODE:
        app = own_factor_of(attempt.user)
        return {**shown, "app_name": app.name if app else "", "has_key": bool(keys_of(attempt.user))}
    if step == Step.PHONE_SETUP:
        return {**shown, "has_other": len(held_by(attempt).choices) > 1}
    return shown


def recovery_url(context: Context, attempt: SignInAttempt) -> str:
    """Return where somebody uses a recovery code in place of the present step; empty where it would not help."""
    return reverse("sign-in-recovery", args=[context.tenant.slug, attempt.pk]) if has_way_back(attempt) else ""
