"""Second factors that Lifeguard itself keeps: who has which, and the app, whose codes are good once."""

import time

from django.db import transaction
from django.db.models import QuerySet

from federation.models import OwnFactor, OwnKey
from federation.selectors.own_keys import keys_of
from federation.services.app_names import record_app_named, required_name
from federation.services.own_account import LastFactor
from federation.services.security_notices import NoticeKind, owe_notice
from federation.totp import step_of
from federation.visitor import as_user
from identity import auth
from identity.models import DirectoryUser
from identity.services.factors import note_factors
from identity.services.loading import lock_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy, SignInPolicy
from tenants.services import audit


def own_factor_of(user: DirectoryUser) -> OwnFactor | None:
    """Return the factor of a user's that counts; one that was reset does not."""
    return OwnFactor.objects.filter(tenant=user.tenant_id, user=user.pk, resets=user.mfa_reset_wanted).first()


def accept_code(factor: OwnFactor, code: str) -> None:
    """Take a code. One UPDATE decides between several who bring the same.

    Raises:
        auth.CodeMismatch: it is wrong, too old, or was taken before.
    """
    step = step_of(factor.secret, code, now=time.time())
    if step is None or not OwnFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step):
        raise auth.CodeMismatch("The code is not accepted.")


def has_own_factor(user: DirectoryUser) -> bool:
    """Say whether a user has a factor here that counts: an app, or a security key or passkey."""
    return own_factor_of(user) is not None or bool(keys_of(user))


def own_kinds(user: DirectoryUser) -> list[SecondFactor]:
    """Return what a user has here that counts."""
    app = [SecondFactor.TOTP] if own_factor_of(user) is not None else []
    return [*app, *([SecondFactor.KEY] if keys_of(user) else [])]


def had_own_factor(user: DirectoryUser) -> bool:
    """Say whether a factor of a user's was taken away, and neither replaced nor given up since."""
    return any(rows.exists() for rows in _void(user)) and not has_own_factor(user)


def give_up_own_factor(user: DirectoryUser) -> None:
    """Forget what was taken away from somebody who has another in its place, or wants none."""
    for rows in _void(user):
        rows.delete()


def note_own_factors(user: DirectoryUser) -> None:
    """Keep in a user's row which factors they have; the row is locked.

    Somebody with an account of ours has factors at Cognito, of which their row tells.
    """
    if user.is_federated:
        note_factors(user, own_kinds(user))


def require_left(user: DirectoryUser) -> None:
    """Refuse that somebody takes away the last factor that they have here; what was taken away is in the transaction.

    Raises:
        LastFactor: the tenant asks for one.
    """
    if SignInPolicy.objects.get(tenant=user.tenant_id).mfa == MfaPolicy.REQUIRED and not has_own_factor(user):
        raise LastFactor


@transaction.atomic
def set_up_factor(
    user: DirectoryUser, secret: str, code: str, *, name: str = "", is_first: bool = True, visitor: Actor
) -> None:
    """Keep the secret of an app, once a code of it shows that the person has it.

    Args:
        user: whose.
        secret: in base32, as the page showed it.
        code: of the app.
        name: what they call it (`own_passkeys.cleaned_name`); empty for nothing.
        is_first: whether nothing was shown yet but what an identity provider says, which makes the first factor alone;
            otherwise the app takes the place of the one before.
        visitor: the request's actor.

    Raises:
        auth.CodeMismatch: the code is wrong.
        auth.SessionExpired: they have a factor already, which must be used before another is added.
    """
    step = step_of(secret, code, now=time.time())
    if step is None:
        raise auth.CodeMismatch("The code is not accepted.")
    user = lock_user(user.tenant, user.pk)
    if is_first and has_own_factor(user):
        raise auth.SessionExpired("There is a factor already.")
    # What was reset, of whichever kind, and the one that this one replaces.
    give_up_own_factor(user)
    OwnFactor.objects.filter(tenant=user.tenant_id, user=user).delete()
    factor = OwnFactor(tenant_id=user.tenant_id, user=user, resets=user.mfa_reset_wanted, last_step=step, name=name)
    factor.seal_secret(secret)
    factor.save(force_insert=True)
    note_own_factors(user)
    actor = as_user(visitor, user)
    if not is_first:
        # Of the first the log has a line with the session that begins by it.
        audit.record(Action.TOTP_ENROLLED, actor=actor, tenant=user.tenant, target=user, after={"name": name})
    owe_notice(NoticeKind.AUTHENTICATOR_ADDED, user, actor=actor, about=name)


@transaction.atomic
def name_factor(user: DirectoryUser, typed: str, *, visitor: Actor) -> None:
    """Call somebody's app something else.

    Raises:
        NotFound: they have none.
        ValidationFailed: the name is empty.
    """
    user = lock_user(user.tenant, user.pk)
    factor = own_factor_of(user)
    if factor is None:
        raise NotFound
    before, factor.name = factor.name, required_name(typed)
    factor.save(update_fields=["name"])
    record_app_named(user, before, factor.name, visitor=visitor)


@transaction.atomic
def remove_factor(user: DirectoryUser, *, visitor: Actor) -> None:
    """Forget somebody's app.

    Raises:
        NotFound: they have none.
        LastFactor: the tenant asks for a second factor, and there would be none.
    """
    user = lock_user(user.tenant, user.pk)
    factor = own_factor_of(user)
    if factor is None:
        raise NotFound
    factor.delete()
    require_left(user)
    note_own_factors(user)
    actor = as_user(visitor, user)
    audit.record(Action.TOTP_REMOVED, actor=actor, tenant=user.tenant, target=user, before={"name": factor.name})
    owe_notice(NoticeKind.AUTHENTICATOR_REMOVED, user, actor=actor, about=factor.name)


def _void(user: DirectoryUser) -> tuple[QuerySet[OwnFactor], QuerySet[OwnKey]]:
    """What counts no more, because it was reset."""
    apps = OwnFactor.objects.filter(tenant=user.tenant_id, user=user.pk).exclude(resets=user.mfa_reset_wanted)
    keys = OwnKey.objects.filter(tenant=user.tenant_id, user=user.pk).exclude(resets=user.mfa_reset_wanted)
    return apps, keys
