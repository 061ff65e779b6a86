"""A worker that dies between the accounts that Cognito has of one user leaves none of them behind."""

import pytest
from django.utils import timezone

from federation.models import FederatedIdentity
from identity.cells import pool_ref
from identity.cognito import errors, users
from identity.models import DirectoryUser
from identity.services.users import delete_user, disable_user
from tenants.models import PoolKind, Tenant
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR, oidc_connection
from tests.support.processes import LiveProcess
from tests.support.pull import create_past_us, make_user
from tests.support.sync import PRIORITY, Onboard, let_leases_expire, nothing_is_owed
from tests.support.waiting import eventually


@pytest.fixture
def linked(onboard: Onboard, crashing_worker: LiveProcess) -> DirectoryUser:
    """A user with an account and two profiles by identity providers, of which Cognito has all."""
    tenant = onboard(PoolKind.SHARED)
    eventually(nothing_is_owed)
    tenant = Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)
    user = make_user(tenant)
    for name in ("Entra", "Other"):
        made = oidc_connection(tenant, name=name)
        username = f"{made.provider_name}_u-1"
        FederatedIdentity.objects.create(
            tenant=tenant,
            connection=made,
            subject="u-1",
            user=user,
            linked_at=timezone.now(),
            cognito_username=username,
            cognito_sub=create_past_us(tenant.pool, username),
        )
    eventually(nothing_is_owed)
    return user


def enabled(user: DirectoryUser, names: list[str]) -> list[bool | None]:
    """Whether each account may sign in; None for one that is gone."""
    found: list[bool | None] = []
    for name in names:
        try:
            found.append(users.get_user(pool_ref(user.tenant.pool), name, priority=PRIORITY).enabled)
        except errors.UserNotFound:
            found.append(None)
    return found


@pytest.mark.parametrize("moment", ["hold_before", "hold_after"])
@pytest.mark.parametrize("operation", ["AdminDisableUser", "AdminDeleteUser"])
def test_killed_between_two_accounts(
    cognito: LocalCognito, linked: DirectoryUser, crashing_worker: LiveProcess, operation: str, moment: str
) -> None:
    """At one call after the other; the next worker goes on with what is left."""
    theirs = FederatedIdentity.objects.filter(user=linked).order_by("cognito_username")
    names = [linked.username, *theirs.values_list("cognito_username", flat=True)]
    cognito.fault(operation, moment, times=len(names))
    if operation == "AdminDisableUser":
        disable_user(linked.tenant, linked.pk, actor=ACTOR)
    else:
        delete_user(linked.tenant, linked.pk, confirm_email=linked.email, actor=ACTOR)
    for _account in names:
        eventually(cognito.is_holding)
        crashing_worker.kill()
        eventually(lambda: not cognito.is_holding())
        let_leases_expire()
        crashing_worker.start()
    eventually(nothing_is_owed)
    assert enabled(linked, names) == [False if operation == "AdminDisableUser" else None] * 3
    assert DirectoryUser.objects.filter(pk=linked.pk).exists() == (operation == "AdminDisableUser")
