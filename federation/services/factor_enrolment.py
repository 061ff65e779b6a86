"""That somebody set a second factor up: in the log, on their row, and told to them."""

from django.db import transaction

from federation.services.security_notices import NoticeKind, owe_notice
from federation.visitor import as_user
from identity.models import DirectoryUser
from identity.services.factors import note_factor
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.factors import SecondFactor
from tenants.services import audit


@transaction.atomic
def record_enrolment(user: DirectoryUser, factor: SecondFactor, *, visitor: Actor) -> None:
    """Keep that somebody set a second factor up beside the authenticator app, and have them told.

    Args:
        user: who.
        factor: what, which Cognito has by now.
        visitor: the request's actor.
    """
    actor = as_user(visitor, user)
    note_factor(user, factor)
    audit.record(Action.FACTOR_ENROLLED, actor=actor, tenant=user.tenant, target=user, after={"factor": factor.value})
    owe_notice(NoticeKind.FACTOR_ADDED, user, actor=actor, about=str(factor.label))
