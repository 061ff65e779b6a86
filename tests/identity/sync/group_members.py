"""Members of a group in Cognito, as tests of them look at it."""

from identity.cells import pool_ref
from identity.cognito import groups, users
from identity.cognito.endpoint import PoolRef
from identity.models import (
    DirectoryUser,
    Family,
    SyncedResource,
)
from identity.sync import engine
from tenants.actor import system
from tenants.models import OutboxEntry, SyncKind, Tenant
from tests.factories import DirectoryUserFactory
from tests.support.sync import PRIORITY, make_due

ACTOR = system("test")


def compare(tenant: Tenant) -> None:
    """Do what the schedule does."""
    OutboxEntry.objects.filter(kind=SyncKind.TENANT, key=tenant.pk).update(wanted_gen=1000, scheduled=True)
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)


def record(tenant: Tenant) -> SyncedResource:
    """What is kept of the members."""
    return SyncedResource.objects.get(key=tenant.pk, family=Family.GROUP_MEMBERS)


def in_cognito(tenant: Tenant) -> DirectoryUser:
    """A user whom Cognito has."""
    user = DirectoryUserFactory.create(tenant=tenant, cognito_sub="a subject")
    users.create_user(pool_ref(tenant.pool), user.username, {"email": user.email}, priority=PRIORITY)
    return user


def members(ref: PoolRef, name: str) -> set[str]:
    """Who is in a group in Cognito."""
    return set(groups.members_of(ref, name, priority=PRIORITY))
