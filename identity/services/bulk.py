"""One change to several users, each in a transaction of its own: what is refused for one does not stop the others."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from identity.models import DirectoryUser
from identity.services.invitations import invite_user
from identity.services.users import delete_user, disable_user, enable_user
from tenants.actor import Actor
from tenants.errors import DomainError, ValidationFailed
from tenants.models import Tenant

# As many as a page of the list has, and a bit: more is an import, not a form.
MOST = 100


@dataclass
class BulkResult:
    """What came of it: the users that were changed, and for each of the others why not, as a sentence."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def disable_users(tenant: Tenant, user_ids: Iterable[uuid.UUID], *, actor: Actor) -> BulkResult:
    """Disable several users.

    Raises:
        ValidationFailed: more than `MOST` were given.
    """
    return _each(tenant, user_ids, lambda user: disable_user(tenant, user.pk, actor=actor))


def enable_users(tenant: Tenant, user_ids: Iterable[uuid.UUID], *, actor: Actor) -> BulkResult:
    """Enable several users; raises as `disable_users` does."""
    return _each(tenant, user_ids, lambda user: enable_user(tenant, user.pk, actor=actor))


def delete_users(tenant: Tenant, user_ids: Iterable[uuid.UUID], *, actor: Actor) -> BulkResult:
    """Delete several users, whom the caller has had confirmed; raises as `disable_users` does."""
    return _each(tenant, user_ids, lambda user: delete_user(tenant, user.pk, confirm_email=user.email, actor=actor))


def invite_users(tenant: Tenant, people: str, *, actor: Actor) -> BulkResult:
    """Invite several people, none of whom gets a role.

    Args:
        tenant: whose directory.
        people: a line each: the e-mail address, then a comma and the name, if there is one.
        actor: who invites.

    Raises:
        ValidationFailed: there are no lines, or more than `MOST`.
    """
    lines = [line.strip() for line in people.splitlines() if line.strip()]
    if not 0 < len(lines) <= MOST:
        message = _("Give 1 to %(most)d lines.") % {"most": MOST}
        raise ValidationFailed(message, fields={"people": message})
    result = BulkResult()
    for line in lines:
        email, _comma, name = line.partition(",")
        try:
            result.done.append(invite_user(tenant, email=email, name=name, role="", actor=actor).email)
        except DomainError as error:
            reason = next(iter(error.fields.values()), error.message)
            result.refused.append(f"{email[:254]}: {reason}")
    return result


def _each(tenant: Tenant, user_ids: Iterable[uuid.UUID], change: Callable[[DirectoryUser], object]) -> BulkResult:
    wanted = set(user_ids)
    if len(wanted) > MOST:
        raise ValidationFailed(_("Choose at most %(most)d users at a time.") % {"most": MOST})
    result = BulkResult()
    for user in DirectoryUser.objects.filter(tenant=tenant, pk__in=wanted).order_by("email"):
        try:
            change(user)
        except DomainError as error:
            result.refused.append(error.message)
        else:
            result.done.append(user.email)
    return result
