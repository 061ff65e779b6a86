"""A small fleet, and everything that can be done to it: by its users, by hands in AWS, and by workers."""

import contextlib
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from identity.cells import endpoint_of, pool_ref
from identity.cognito import app_clients, domains, inventory, pools, users
from identity.cognito.calls import Priority
from identity.cognito.client_spec import AppClientSpec
from identity.cognito.endpoint import PoolRef
from identity.cognito.errors import CognitoError
from identity.cognito.merge import merge_client_update, merge_pool_update
from identity.models import AppClient, DirectoryUser, UserStatus
from identity.sync import dry_run, engine
from tenants.models import (
    Application,
    Cell,
    MfaPolicy,
    OutboxEntry,
    PoolKind,
    SignInPolicy,
    SyncKind,
    Tenant,
    TenantApplication,
    TenantStatus,
    UserPool,
)
from tenants.services import outbox
from tests.factories import DirectoryUserFactory, TenantFactory, UserPoolFactory
from tests.support.cognito import LocalCognito
from tests.support.sync import let_grace_pass, let_leases_expire, make_due

Key = tuple[SyncKind, uuid.UUID]
HAND = Priority.CONFIGURATION
# More rounds than anything needs: what is owed after so many is stuck.
_ROUNDS = 30


@dataclass
class World:
    """The fleet of one history.

    Args:
        cell: where its pools are.
        cognito: the local Cognito.
        native: an application in native mode.
        shared: the pool that several tenants share.
        bystander: a tenant in it to whom nothing is ever done.
        tenants: those to whom things are done.
        removed: keys of tenants that were removed.
        foreign: app clients that somebody made by hand: pool id and client id.
    """

    cell: Cell
    cognito: LocalCognito
    native: Application
    shared: UserPool
    bystander: Tenant
    tenants: list[Tenant] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    foreign: list[tuple[PoolRef, str]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def begin(cls, cell: Cell, cognito: LocalCognito, native: Application) -> "World":
        """A fleet with one tenant in a shared pool, all in sync."""
        OutboxEntry.objects.all().delete()
        shared = UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED)
        bystander = TenantFactory.create(pool=shared)
        world = cls(cell, cognito, native, shared, bystander)
        world.ask(SyncKind.POOL, shared.pk)
        world.ask(SyncKind.TENANT, bystander.pk)
        world.add_user(bystander)
        world.drain()
        return world

    # What a person asks for.

    def ask(self, kind: SyncKind, key: uuid.UUID) -> None:
        """Owe a reconcile, as services do."""
        with transaction.atomic():
            outbox.request_sync(kind, key)

    def onboard(self, kind: PoolKind) -> None:
        """Take a tenant on."""
        pool = self.shared if kind is PoolKind.SHARED else UserPoolFactory.create(cell=self.cell, kind=kind)
        tenant = TenantFactory.create(pool=pool)
        self.tenants.append(tenant)
        self.ask(SyncKind.POOL, pool.pk)
        self.ask(SyncKind.TENANT, tenant.pk)

    def set_policy(self, tenant: Tenant, mfa: MfaPolicy, length: int) -> None:
        """Change what the tenant asks of its users."""
        SignInPolicy.objects.filter(tenant=tenant).update(mfa=mfa, password_min_length=length)
        self.ask(SyncKind.POOL, tenant.pool_id)

    def set_status(self, tenant: Tenant, status: TenantStatus) -> None:
        """Suspend the tenant, or let it go on."""
        Tenant.objects.filter(pk=tenant.pk).update(status=status)
        self.ask(SyncKind.TENANT, tenant.pk)

    def set_native(self, tenant: Tenant, *, on: bool) -> None:
        """Give the tenant the native application, or take it away."""
        if on:
            TenantApplication.objects.get_or_create(tenant=tenant, application=self.native)
        else:
            TenantApplication.objects.filter(tenant=tenant, application=self.native).delete()
        self.ask(SyncKind.TENANT, tenant.pk)

    def remove(self, tenant: Tenant) -> None:
        """Delete the tenant, and let its retention time be over."""
        self.tenants.remove(tenant)
        self.removed.append(tenant.key)
        Tenant.objects.filter(pk=tenant.pk).update(status=TenantStatus.DELETED, purge_after=timezone.now())
        self.ask(SyncKind.TENANT, tenant.pk)

    def add_user(self, tenant: Tenant) -> None:
        """Make a user in the directory who is to be in Cognito."""
        email = f"person-{next(self._numbers)}@customer.example"
        user = DirectoryUserFactory.create(
            tenant=tenant, email=email, status=UserStatus.CREATED, awaits_password=True, cognito_sub=""
        )
        self.ask(SyncKind.USER, user.pk)

    def change_user(self, user: DirectoryUser, **values: object) -> None:
        """Change a user in the directory."""
        DirectoryUser.objects.filter(pk=user.pk).update(**values)
        self.ask(SyncKind.USER, user.pk)

    def users(self) -> list[DirectoryUser]:
        """The users to whom things are done."""
        rows = DirectoryUser.objects.filter(tenant__in=self.tenants).exclude(status=UserStatus.DELETING)
        return list(rows.select_related("tenant__pool__cell").order_by("email"))

    # What a hand in AWS does.

    def live_pools(self) -> list[PoolRef]:
        """The dedicated pools that Cognito has, of tenants to whom things are done."""
        rows = UserPool.objects.select_related("cell").filter(tenants__in=self.tenants, kind=PoolKind.DEDICATED)
        return [pool_ref(row) for row in rows.exclude(cognito_id="").order_by("created_at")]

    def live_clients(self) -> list[AppClient]:
        """The app clients that our rows know, of tenants to whom things are done."""
        rows = AppClient.objects.filter(tenant__in=self.tenants).select_related("pool__cell")
        return list(rows.order_by("created_at"))

    def weaken_passwords(self, pool: PoolRef) -> None:
        """Set a pool's password policy by hand."""
        with by_hand():
            document = pools.describe_pool(pool, priority=HAND).document
            changes = {"Policies": {"PasswordPolicy": {"MinimumLength": 8}}}
            pools.update_pool(pool, merge_pool_update(document, changes), priority=HAND)

    def take_domain(self, pool: PoolRef) -> None:
        """Delete a pool's domain by hand."""
        row = UserPool.objects.get(cognito_id=pool.pool_id)
        with by_hand():
            domains.delete_domain(pool, row.domain_prefix, priority=HAND)

    def open_client(self, client: AppClient) -> None:
        """Let a client sign in with plain passwords, by hand."""
        ref = pool_ref(client.pool)
        with by_hand():
            document = app_clients.describe_client(ref, client.client_id, priority=HAND).document
            changes = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
            app_clients.update_client(ref, merge_client_update(document, changes), priority=HAND)

    def delete_client(self, client: AppClient) -> None:
        """Delete a client by hand."""
        with by_hand():
            app_clients.delete_client(pool_ref(client.pool), client.client_id, priority=HAND)

    def disable_by_hand(self, user: DirectoryUser) -> None:
        """Disable a user in Cognito alone."""
        if user.tenant.pool.is_provisioned:
            with by_hand():
                users.disable_user(pool_ref(user.tenant.pool), user.username, priority=HAND)

    def make_foreign_client(self, pool: PoolRef) -> None:
        """Make a client of somebody else's."""
        spec = AppClientSpec(name="made-by-hand")
        with by_hand():
            self.foreign.append((pool, app_clients.create_client(pool, spec, priority=HAND).client_id))

    # What workers and time do.

    def due(self) -> list[Key]:
        """What may be tried now."""
        return outbox.due(100)

    def work(self, most: int) -> None:
        """Do what a worker does after a sweep, for so many keys at most."""
        for kind, key in self.due()[:most]:
            engine.run(kind, key)

    def let_time_pass(self) -> None:
        """Let leases, pauses and the grace after a create go by."""
        let_leases_expire()
        make_due()
        let_grace_pass()

    def drain(self) -> None:
        """Work until nothing is owed.

        Raises:
            AssertionError: something stays owed.
        """
        for _ in range(_ROUNDS):
            self.let_time_pass()
            if not self.owed():
                return
            self.work(100)
        owed = [(str(entry), entry.attempts, entry.last_error) for entry in self.owed()]
        raise AssertionError(f"stuck: {owed}")

    def owed(self) -> list[OutboxEntry]:
        """Outbox rows that are not settled."""
        return [entry for entry in OutboxEntry.objects.all() if entry.is_owed]

    def compare_everything(self) -> None:
        """Ask for everything again, as the schedule does in the course of a day, and carry it out."""
        for kind, key in self.keys():
            self.ask(kind, key)
        self.drain()

    def keys(self) -> list[Key]:
        """Every key of the fleet, the bystander's too."""
        tenants = [self.bystander, *self.tenants]
        pool_ids = dict.fromkeys(tenant.pool_id for tenant in tenants)
        user_ids = DirectoryUser.objects.filter(tenant__in=tenants).values_list("pk", flat=True)
        return [
            *((SyncKind.POOL, pool_id) for pool_id in pool_ids),
            *((SyncKind.TENANT, tenant.pk) for tenant in tenants),
            *((SyncKind.USER, user_id) for user_id in user_ids),
        ]

    # What has to hold.

    def differing(self) -> list[str]:
        """What in Cognito is not as it should be."""
        return [f"{kind} {key}: {seen}" for kind, key in self.keys() if not (seen := dry_run.look(kind, key)).is_empty]

    def names_of_pools(self) -> list[str]:
        """The names of all pools of this fleet in Cognito, one for each."""
        ours = {pool.name for pool in UserPool._default_manager.filter(cell=self.cell)}
        found = [pool.name for pool in pools.list_pools(endpoint_of(self.cell), priority=HAND)]
        return sorted(name for name in found if name in ours)

    def names_of_clients(self, pool: UserPool) -> list[str]:
        """The names of all app clients of a pool that are not somebody else's."""
        foreign = {client_id for _pool, client_id in self.foreign}
        found = inventory.clients(pool_ref(pool), priority=HAND)
        return sorted(client.name for client in found if client.remote_id not in foreign)

    def bystander_in_cognito(self) -> object:
        """Everything that Cognito has of the bystander, to be compared with what it had before."""
        ref = pool_ref(UserPool.objects.select_related("cell").get(pk=self.shared.pk))
        client = AppClient.objects.get(tenant=self.bystander)
        document = app_clients.describe_client(ref, client.client_id, priority=HAND).document
        people = users.list_by_prefix(ref, f"{self.bystander.key}.", priority=HAND)
        return document, sorted(map(repr, people))


@contextlib.contextmanager
def by_hand() -> Iterator[None]:
    """Whoever works in the console meets the same faults, and gives up."""
    with contextlib.suppress(CognitoError):
        yield
