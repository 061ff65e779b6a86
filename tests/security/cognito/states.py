"""The states of an account in which nobody gets in: of what Lifeguard knows itself, and of what Cognito alone knows."""

from collections.abc import Callable
from contextlib import suppress

from identity import auth
from identity.cells import pool_ref
from identity.models import DirectoryUser, UserStatus
from identity.services.users import delete_user, disable_user
from tenants.actor import system
from tests.federation.conftest import PASSWORD
from tests.support.by_hand import client_of
from tests.support.old_client import OldClient

_ACTOR = system("test")


def _disabled(person: DirectoryUser) -> None:
    disable_user(person.tenant, person.pk, actor=_ACTOR)


def _deleted(person: DirectoryUser) -> None:
    delete_user(person.tenant, person.pk, confirm_email=person.email, actor=_ACTOR)


def _unconfirmed(person: DirectoryUser) -> None:
    """Invited, and never accepted: whoever knows a password that Cognito takes does not know it from us."""
    DirectoryUser.objects.filter(pk=person.pk).update(status=UserStatus.INVITED)


def _deleted_there(person: DirectoryUser) -> None:
    pool = pool_ref(person.tenant.pool)
    client = client_of(pool)
    with suppress(client.exceptions.UserNotFoundException):
        client.admin_delete_user(UserPoolId=pool.pool_id, Username=person.username)


def _disabled_there(person: DirectoryUser) -> None:
    """Nothing happens to whom Cognito has not had yet; were it to matter, they would be found to get in."""
    pool = pool_ref(person.tenant.pool)
    client = client_of(pool)
    with suppress(client.exceptions.UserNotFoundException):
        client.admin_disable_user(UserPoolId=pool.pool_id, Username=person.username)


def _temporary_there(person: DirectoryUser) -> None:
    auth.set_temporary_password(pool_ref(person.tenant.pool), person.username, person.email, PASSWORD)


def _unconfirmed_there(person: DirectoryUser) -> None:
    """Who made the account anew at Cognito itself, and never showed it to be theirs. The directory knows it by now."""
    _deleted_there(person)
    made = OldClient(person.tenant).sign_up(person.username, person.email, PASSWORD)
    DirectoryUser.objects.filter(pk=person.pk).update(cognito_sub=made)


STATES: dict[str, Callable[[DirectoryUser], None]] = {
    "disabled": _disabled,
    "deleted": _deleted,
    "unconfirmed": _unconfirmed,
    "disabled in Cognito alone": _disabled_there,
    "deleted in Cognito alone": _deleted_there,
    "unconfirmed in Cognito alone": _unconfirmed_there,
    "temporary password": _temporary_there,
}
# Where Cognito is not asked, what happened there alone counts once a sweep, or an event, has brought it here.
HERE = ("disabled", "deleted", "unconfirmed")
# Whom Cognito does not have any more, an identity provider's word brings back; nobody has to confirm who came by one.
OFF = (*HERE, "disabled in Cognito alone")
# A password that somebody else set stands in nobody's way who comes without one, or has sent theirs before.
ENDED = (*OFF, "deleted in Cognito alone", "unconfirmed in Cognito alone")
ALL = (*ENDED, "temporary password")
IN_ORDER = "active"
