"""Giving a user a password to read out to them, which Cognito asks them to replace at the next sign-in."""

import secrets
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from identity import auth
from identity.cells import pool_ref
from identity.models import DirectoryUser, UserStatus
from identity.services.groups import request_groups_of
from identity.services.guards import require_may_manage
from identity.services.invitations import withdraw_open_invitations
from identity.services.loading import lock_user
from identity.services.user_sessions import end_user_sessions
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, Unavailable
from tenants.models import SignInPolicy, SyncKind, Tenant
from tenants.services import audit
from tenants.services.outbox import request_sync

# Without the characters that are taken for one another when read aloud or from a screen.
_ALPHABETS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")
_GROUP = 5
# 20 characters of 55 are more than 110 bits. 83 and the hyphens between them are 99, more than which no pool asks for.
_SHORTEST, _LONGEST = 20, 83


def set_temporary_password(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> str:
    """Set a generated password and return it, to be shown once. The user is created in Cognito where there is none.

    Talks to Cognito at once and therefore outside any transaction; repeating it is safe and gives another password.

    Raises:
        NotFound: no such user in this tenant.
        Conflict: the user is disabled, has no address or no password, or somebody else in the pool has the address; or
            passwords are not used here.
        PermissionDenied: the user has a role and the actor may not change roles.
        Unavailable: Cognito cannot answer now.
    """
    with transaction.atomic():
        user = _load(tenant, user_id, actor=actor)
    policy = SignInPolicy.objects.get(tenant=tenant)
    if not policy.password_allowed:
        raise Conflict(_("Your sign-in policy does without passwords."))
    password = generate_password(policy.password_min_length)
    subject = _set_in_cognito(tenant, user, password)
    with transaction.atomic():
        _record(_load(tenant, user_id, actor=actor), subject, actor=actor)
    return password


def generate_password(shortest: int) -> str:
    """Return a random password in groups of five, with lower case, upper case, digits and a hyphen in it.

    Args:
        shortest: the number of characters that the pool asks for.
    """
    length = min(max(shortest, _SHORTEST), _LONGEST)
    every = "".join(_ALPHABETS)
    while True:
        letters = "".join(secrets.choice(every) for _ in range(length))
        if all(any(letter in alphabet for letter in letters) for alphabet in _ALPHABETS):
            return "-".join(letters[start : start + _GROUP] for start in range(0, length, _GROUP))


def _load(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    if user.status == UserStatus.DISABLED:
        raise Conflict(_("%(email)s is disabled. Enable the user first.") % {"email": user})
    if user.is_federated:
        # A password would open a second door beside the identity provider's (Amazon Cognito developer guide,
        # "Linking federated users to an existing user profile").
        raise Conflict(_("%(email)s signs in through an identity provider and has no password.") % {"email": user})
    if not user.email:
        raise Conflict(_("%(email)s has no e-mail address here, and could not sign in with it.") % {"email": user})
    return user


def _set_in_cognito(tenant: Tenant, user: DirectoryUser, password: str) -> str:
    try:
        return auth.set_temporary_password(
            pool_ref(tenant.pool),
            user.username,
            user.email,
            password,
            name=user.name,
            email_verified=user.email_verified,
        )
    except auth.EmailTaken as error:
        raise Conflict(_("Another user of this pool signs in with %(email)s.") % {"email": user.email}) from error
    except auth.AuthUnavailable as error:
        raise Unavailable(_("Cognito does not answer just now. Nothing was changed; try again shortly.")) from error


def _record(user: DirectoryUser, subject: str, *, actor: Actor) -> None:
    before = user.status
    withdraw_open_invitations(user)
    end_user_sessions(user)
    user.status, user.cognito_sub, user.awaits_password = UserStatus.ACTIVE, subject, False
    user.missing_since = None
    user.save(update_fields=["status", "cognito_sub", "awaits_password", "missing_since", "updated_at"])
    request_groups_of(user)
    audit.record(
        Action.USER_PASSWORD_SET,
        actor=actor,
        tenant=user.tenant,
        target=user,
        before={"status": before},
        after={"status": user.status},
    )
    request_sync(SyncKind.USER, user.pk, actor=actor)
