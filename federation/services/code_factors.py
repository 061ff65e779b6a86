"""What people change about their second factors that Cognito keeps: in the log, on their row, and told to them."""

from collections.abc import Collection

from django.db import transaction

from federation.models import BrowserSession
from federation.services.security_notices import NoticeKind, owe_notice
from federation.visitor import as_user
from identity.models import DirectoryUser
from identity.services.factors import note_factors
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.factor_rules import usable
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy, Tenant
from tenants.models.pool_settings import options_of
from tenants.services import audit

CODES = (SecondFactor.EMAIL, SecondFactor.SMS)


def addable_codes(tenant: Tenant, user: DirectoryUser) -> tuple[SecondFactor, ...]:
    """Return the codes that somebody can have as a second factor: those that count at their tenant and can arrive."""
    policy = tenant.policy
    if policy.mfa == MfaPolicy.OFF:
        return ()
    counting = usable(policy.second_factors, options_of(tenant.pool))
    # Cognito sends codes to verified addresses alone.
    return tuple(
        factor for factor in counting if factor in CODES and (factor is not SecondFactor.EMAIL or user.email_verified)
    )


@transaction.atomic
def note_code_removed(
    session: BrowserSession, factor: SecondFactor, left: Collection[SecondFactor], *, visitor: Actor
) -> None:
    """Note that somebody has codes as a second factor no longer.

    Args:
        session: theirs.
        factor: which codes.
        left: the second factors that they still have.
        visitor: the request's actor.
    """
    user, actor = session.user, as_user(visitor, session.user)
    note_factors(user, left)
    audit.record(Action.FACTOR_REMOVED, actor=actor, tenant=user.tenant, target=user, before={"factor": factor.value})
    owe_notice(NoticeKind.FACTOR_REMOVED, user, actor=actor, about=str(factor.label))


@transaction.atomic
def note_factor_preferred(session: BrowserSession, factor: SecondFactor | None, *, visitor: Actor) -> None:
    """Note which of their second factors somebody wants to be asked for; None for a choice at each sign-in."""
    user, actor = session.user, as_user(visitor, session.user)
    after = {"factor": factor.value if factor else "choose"}
    audit.record(Action.FACTOR_PREFERRED, actor=actor, tenant=user.tenant, target=user, after=after)
