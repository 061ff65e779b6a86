"""When a browser that is remembered spares somebody the second factor, and having it remembered. No HTTP here."""

import json
from dataclasses import asdict, replace
from typing import Any

import structlog

from federation.devices import device_of
from federation.levels import AMR_EMAIL, AMR_SMS, AMR_TOTP
from federation.provider.prompt import asks_for_two_factors
from federation.services.own_factors import own_kinds
from federation.services.remembered_browsers import (
    Remembered,
    Remembering,
    days_in_force,
    give_up,
    own_factor_spared,
    remembered_device,
)
from federation.signin.cognito import client_ref
from federation.signin.context import Context
from federation.signin.progress import Progress
from identity import auth
from identity.models import DirectoryUser
from tenants.factors import SecondFactor

_FACTORS = {AMR_TOTP: SecondFactor.TOTP, AMR_EMAIL: SecondFactor.EMAIL, AMR_SMS: SecondFactor.SMS}
_log = structlog.get_logger(__name__)


def offered_days(context: Context) -> int:
    """Return for how many days somebody may have this browser remembered; 0 where that is not offered.

    It is not on the way to an application of ours, which would ask them again the next time nevertheless.
    """
    return 0 if context.request.application.is_builtin else days_in_force(context.tenant)


def remembered_here(context: Context, email: str) -> Remembered | None:
    """Return by what Cognito knows this browser, if it spares somebody with an address the second factor."""
    return remembered_device(context.tenant, context.device_token, email) if _counts(context) else None


def is_spared(context: Context, user: DirectoryUser) -> bool:
    """Say whether somebody is spared the second factor that Lifeguard itself asks for."""
    if not _counts(context):
        return False
    shown = own_factor_spared(user, context.device_token)
    return shown is not None and shown in own_kinds(user)


def note_answer(remembered: Remembered | None, result: auth.SignInResult) -> None:
    """Count on a device no longer that Cognito did not take: it was forgotten there.

    Args:
        remembered: with which the person signed in; None for none.
        result: what Cognito said, once the password was right.
    """
    if remembered is not None and not (isinstance(result, auth.SignedIn) and result.by_device):
        give_up(remembered)


def remember(progress: Progress, result: auth.SignedIn) -> Progress:
    """Have Cognito remember this browser, if the person who has shown a second factor wants it so.

    Where it does not, they are asked again next time, and are in now nevertheless.
    """
    context, new = progress.context, result.new_device
    factor = next((_FACTORS[method] for method in reversed(progress.amr) if method in _FACTORS), None)
    if not context.remembers or new is None or factor is None or not offered_days(context):
        return progress
    name = str(device_of(context.visitor.user_agent))
    try:
        device = auth.confirm_device(client_ref(progress.client), new, access_token=result.access_token, name=name)
    except auth.AuthError as error:
        _log.warning("device_not_remembered", reason=str(error))
        return progress
    return replace(progress, remembering=Remembering(factor, device))


def packed(remembering: Remembering | None) -> str:
    """Return what a step keeps of it, to be sealed."""
    return json.dumps(asdict(remembering)) if remembering is not None else ""


def unpacked(text: str) -> Remembering | None:
    """Return what a step kept."""
    if not text:
        return None
    kept: dict[str, Any] = json.loads(text)
    return Remembering(SecondFactor(kept["factor"]), auth.Device(**kept["device"]))


def _counts(context: Context) -> bool:
    """An application that asks for two factors gets two; on the account page and the dashboard one changes factors."""
    request = context.request
    return not asks_for_two_factors(request.parameters) and not request.application.is_builtin
