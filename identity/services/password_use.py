"""Whether the people of a tenant sign in with passwords at all: what is in the way, what it means, and changing it."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity.cognito.users import UserStatus as CognitoStatus
from identity.models import DirectoryUser, UserStatus
from tenants import passwordless
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import SignInPolicy, SyncKind, Tenant, TenantApplication, UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_options import Recovery
from tenants.services import audit
from tenants.services.outbox import request_sync
from tenants.services.policy import PolicyChange, update_policy
from tenants.ways_in import place_of

_FIELD = "password_allowed"


def obstacles(tenant: Tenant, policy: SignInPolicy) -> list[str]:
    """Return what is in the way of doing without passwords, each a sentence; empty when nothing is.

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
        found.append(text % {"count": with_factor})
    if without_mail:
        text = ngettext(
            "%(count)d user has no proved e-mail address, to which codes could go.",
            "%(count)d users have no proved e-mail address, to which codes could go.",
            without_mail,
        )
        found.append(text % {"count": without_mail})
    return found


def consequences(tenant: Tenant, *, allowed: bool) -> list[str]:
    """Return what people have to know before passwords are allowed, or are not any more; each a sentence or two.

    Args:
        tenant: with its pool.
        allowed: what is to be.
    """
    options = options_of(tenant.pool)
    if allowed:
        if options.recovery == Recovery.EMAIL:
            again = _("Who has none, or does not know it, chooses one by “Forgot your password?”.")
        else:
            again = _("Who has none, or does not know it, needs a temporary one from an administrator.")
        return [_("Passwords from before are good again."), again]
    found = [
        _("Nobody is asked for a password, can have a forgotten one replaced, or can be given a temporary one."),
        _("Who is invited, or makes an account, opens the link of the mail and chooses no password."),
        _("Your team signs in to this dashboard the same way. Sessions go on until they end."),
        _("Who has a temporary password only is mailed a link when they next ask for a code by e-mail."),
    ]
    if not options.uses_ses:
        found.append(_("Without Amazon SES, Cognito sends 50 mails a day: the codes of more sign-ins do not arrive."))
    native = TenantApplication.objects.filter(tenant=tenant, application__native__isnull=False)
    if names := sorted(native.values_list("application__name", flat=True)):
        text = _("On Cognito's own pages passwords go on working. These applications use them: %(names)s.")
        found.append(text % {"names": ", ".join(names)})
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
            message = " ".join(problems)
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
