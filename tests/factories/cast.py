"""The small cast: operators of each role; the tenants acme and globex with a user of each role.

An *outsider* of a tenant is a user without a role: they reach applications and not the dashboard.
"""

from dataclasses import dataclass, replace

from identity.models import DirectoryUser
from tenants.actor import Actor, ActorKind
from tenants.models import Account, Cell, PoolKind, Tenant, UserPool
from tenants.permissions import OPERATOR_PERMISSIONS, TENANT_PERMISSIONS, OperatorRole, TenantRole
from tests.factories.identity import DirectoryUserFactory, MemberFactory
from tests.factories.tenants import CellFactory, OperatorFactory, TenantFactory, UserPoolFactory


@dataclass(frozen=True)
class TenantCast:
    """One tenant and its users. The accounts of the same people are found with `account_of`."""

    tenant: Tenant
    owner: DirectoryUser
    admin: DirectoryUser
    auditor: DirectoryUser
    outsider: DirectoryUser

    @staticmethod
    def account_of(user: DirectoryUser) -> Account:
        """The dashboard account of one of the users; for `client.force_login`."""
        return MemberFactory.create(user=user)


@dataclass(frozen=True)
class Cast:
    """Everybody. `acme` has a dedicated pool, `globex` a partition of a shared one, both in one cell."""

    cell: Cell
    operator: Account
    support: Account
    operator_auditor: Account
    acme: TenantCast
    globex: TenantCast


def actor_of(person: Account | DirectoryUser) -> Actor:
    """Return the actor that services take, for an operator's account or for a tenant's user."""
    if isinstance(person, Account):
        role = OperatorRole(person.operator_role)
        return Actor(
            kind=ActorKind.OPERATOR,
            id=str(person.pk),
            label=str(person),
            role=role,
            permissions=OPERATOR_PERMISSIONS[role],
        )
    actor = Actor(kind=ActorKind.MEMBER, id=str(person.pk), label=person.email, tenant_id=person.tenant_id)
    if not person.role:
        return actor
    return replace(actor, role=person.role, permissions=TENANT_PERMISSIONS[TenantRole(person.role)])


def make_tenant_cast(slug: str, *, pool: UserPool) -> TenantCast:
    """Create a tenant in `pool` with an owner, an admin, an auditor and an outsider."""
    tenant = TenantFactory.create(slug=slug, name=slug.capitalize(), pool=pool)

    def user(name: str, role: str) -> DirectoryUser:
        return DirectoryUserFactory.create(
            tenant=tenant, email=f"{name}@{slug}.example", name=name.capitalize(), role=role
        )

    return TenantCast(
        tenant=tenant,
        owner=user("owner", TenantRole.OWNER),
        admin=user("admin", TenantRole.ADMIN),
        auditor=user("auditor", TenantRole.AUDITOR),
        outsider=user("outsider", ""),
    )


def make_cast() -> Cast:
    """Create everybody."""
    cell = CellFactory.create(name="main")
    return Cast(
        cell=cell,
        operator=OperatorFactory.create(email="owner@operator.example", name="Olivia Owner", role=OperatorRole.OWNER),
        support=OperatorFactory.create(email="support@operator.example", name="Sam Support", role=OperatorRole.SUPPORT),
        operator_auditor=OperatorFactory.create(
            email="auditor@operator.example", name="Ada Auditor", role=OperatorRole.AUDITOR
        ),
        acme=make_tenant_cast("acme", pool=UserPoolFactory.create(cell=cell, kind=PoolKind.DEDICATED)),
        globex=make_tenant_cast("globex", pool=UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED)),
    )
