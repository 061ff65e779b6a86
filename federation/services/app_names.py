"""What people call their authenticator apps: those at Cognito, which tells nobody their names, and those kept here."""

from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import AppName
from federation.services.own_passkeys import cleaned_name
from federation.visitor import as_user
from identity.models import DirectoryUser
from identity.services.loading import lock_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.services import audit


def app_name_of(user: DirectoryUser) -> str:
    """Return what somebody calls the app that Cognito keeps of them; empty for one without a name."""
    rows = AppName.objects.filter(tenant=user.tenant_id, user=user.pk, resets=user.mfa_reset_wanted)
    return rows.values_list("name", flat=True).first() or ""


def keep_app_name(user: DirectoryUser, name: str) -> None:
    """Keep the name of an app that somebody has at Cognito now, in place of that of the app before.

    Args:
        user: whose.
        name: of `cleaned_name`; empty for none, or where there is no app any more.
    """
    if not name:
        AppName.objects.filter(tenant=user.tenant_id, user=user.pk).delete()
        return
    now = {"resets": user.mfa_reset_wanted, "name": name}
    AppName.objects.update_or_create(tenant_id=user.tenant_id, user=user, defaults=now)


@transaction.atomic
def name_app(user: DirectoryUser, typed: str, *, visitor: Actor) -> None:
    """Call the app that somebody has at Cognito something else.

    Args:
        user: who has one.
        typed: what they typed.
        visitor: the request's actor.

    Raises:
        ValidationFailed: the name is empty.
    """
    name = required_name(typed)
    user = lock_user(user.tenant, user.pk)
    before = app_name_of(user)
    keep_app_name(user, name)
    record_app_named(user, before, name, visitor=visitor)


def required_name(typed: str) -> str:
    """Return what somebody typed as the name of an app.

    Raises:
        ValidationFailed: it is empty.
    """
    if not (name := cleaned_name(typed)):
        raise ValidationFailed(_("Enter a name."), fields={"name": _("Enter a name.")})
    return name


def record_app_named(user: DirectoryUser, before: str, after: str, *, visitor: Actor) -> None:
    """Have the log tell that somebody calls an app something else."""
    audit.record(
        Action.TOTP_NAMED,
        actor=as_user(visitor, user),
        tenant=user.tenant,
        target=user,
        before={"name": before},
        after={"name": after},
    )
