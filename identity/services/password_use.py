"""Whether the people of a tenant sign in with passwords at all: what is in the way, and changing it."""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from identity.cognito.users import UserStatus as CognitoStatus
from identity.models import DirectoryUser, UserStatus
from tenants import passwordless
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import SignInPolicy, SyncKind, Tenant, UserPool
from tenants.policy_remarks import consequences
from tenants.remarks import Remark
from tenants.services import audit
from tenants.services.outbox import request_sync
from tenants.services.policy import PolicyChange, update_policy
from tenants.ways_in import place_of

_FIELD = "password_allowed"


class PasswordUse(NamedTuple):
    """Whether passwords are used, and what to know before that is changed.

    Args:
        password_allowed: whether they are.
        obstacles: why it would be refused to do without them; empty where they are not used.
        consequences: what the change means.
    """

    password_allowed: bool
    obstacles: list[Remark]
    consequences: list[Remark]


def password_use(tenant: Tenant, policy: SignInPolicy) -> PasswordUse:
    """Return whether the people of a tenant use passwords, and what to know before that is changed."""
    is_used = policy.password_allowed
    in_the_way = obstacles(tenant, policy) if is_used else []
    return PasswordUse(is_used, in_the_way, consequences(tenant, allowed=not is_used))


def obstacles(tenant: Tenant, policy: SignInPolicy) -> list[Remark]:
    """Return what is in the way of doing without passwords; empty when nothing is.

    People with a second factor come first by their password at Cognito, so that it would keep them out. What they have
    is known from their sign-ins (`identity.services.factors`).
    """
    people = _people(tenant)
    with_factor = people.filter(Q(has_totp=True) | ~Q(other_factors=[])).count()
    without_mail = people.filter(Q(email="") | Q(email_verified=False)).count()
    found = passwordless.obstacles(policy.first_factors, policy.mfa, place_of(tenant))
    if with_factor:
        text = ngettext(
            "%(count)d user has a second factor, and could not sign in without a password: reset it on their page.",
            "%(count)d users have a second factor, and could not sign in without a password: reset it on their pages.",
            with_factor,
        )
        found.append(Remark("users_with_second_factor", text % {"count": with_factor}))
    if without_mail:
        text = ngettext(
            "%(count)d user has no proved e-mail address, to which codes could go.",
            "%(count)d users have no proved e-mail address, to which codes could go.",
            without_mail,
        )
        found.append(Remark("users_without_proved_address", text % {"count": without_mail}))
    return found


@transaction.atomic
def set_password_use(tenant: Tenant, *, allowed: bool, actor: Actor) -> SignInPolicy:
    """Let people sign in with passwords, or not any more. Cognito is told nothing: it is Lifeguard that takes none.

    Raises:
        ValidationFailed: something is in the way of doing without.
    """
    policy = SignInPolicy.objects.select_for_update(of=("self",)).get(tenant=tenant)
    if policy.password_allowed == allowed:
        return policy
    if not allowed:
        # Held, so that an operator does not take codes by mail away meanwhile.
        tenant.pool = UserPool.objects.select_for_update().get(pk=tenant.pool_id)
        if problems := obstacles(tenant, policy):
            message = " ".join(problem.message for problem in problems)
            raise ValidationFailed(message, fields={_FIELD: message})
    policy.password_allowed = allowed
    policy.save(update_fields=["password_allowed", "updated_at"])
    before, after = {_FIELD: not allowed}, {_FIELD: allowed}
    audit.record(Action.POLICY_UPDATED, actor=actor, tenant=tenant, target=policy, before=before, after=after)
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    return policy


@transaction.atomic
def change_policy(tenant: Tenant, change: PolicyChange, *, password_allowed: bool | None, actor: Actor) -> SignInPolicy:
    """Change a policy, and with it whether passwords are used: after the rest where they go, before it where they come.

    Raises:
        ValidationFailed: see `update_policy` and `set_password_use`; nothing is changed then.
    """
    if password_allowed:
        set_password_use(tenant, allowed=True, actor=actor)
    policy = update_policy(tenant, change, actor=actor)
    return set_password_use(tenant, allowed=False, actor=actor) if password_allowed is False else policy


def _people(tenant: Tenant) -> QuerySet[DirectoryUser]:
    """Those who sign in here, and not through an identity provider."""
    rows = DirectoryUser.objects.filter(tenant=tenant).exclude(status=UserStatus.DELETING)
    return rows.exclude(cognito_status=CognitoStatus.EXTERNAL_PROVIDER)
