"""What onboarding a tenant will create, said before anything is. Pure.

It asks the same functions as the work itself, so that it cannot say anything else than what will be done.
"""

import uuid
from dataclasses import dataclass

from identity.sync.family import Fact, Step
from identity.sync.plans import pool_steps, tenant_steps
from tenants.models import Cell, MfaPolicy, PoolKind, SignInPolicy, Tenant, UserPool

# Stand-ins for what is drawn at random when the rows are made; in names they show as an ellipsis.
_NO_ID = uuid.UUID(int=0)
_NO_KEY = "aaaaaaaa"
_UNKNOWN = (str(_NO_ID), _NO_ID.hex[:20], _NO_KEY)


@dataclass(frozen=True)
class TenantDraft:
    """What a form knows of a tenant that is not there yet."""

    name: str
    slug: str
    mfa: MfaPolicy = MfaPolicy.OPTIONAL
    password_min_length: int = 12


@dataclass(frozen=True)
class PlannedResource:
    """One resource; `is_new` is False for those of an existing shared pool."""

    family: str
    kind: str
    name: str
    facts: tuple[Fact, ...]
    is_new: bool


def planned_resources(
    isolation: PoolKind, draft: TenantDraft, pool: UserPool | None, *, cell: Cell
) -> list[PlannedResource]:
    """Return the resources that the tenant will have, in the order in which they come to be.

    Args:
        isolation: a pool of its own, or a partition of a shared one.
        draft: the tenant.
        pool: the shared pool it would be placed in; None where a new pool will be made.
        cell: where a new pool will be made.
    """
    home = pool if pool is not None else UserPool(id=_NO_ID, cell=cell, kind=isolation)
    tenant = Tenant(id=_NO_ID, key=_NO_KEY, slug=draft.slug, name=draft.name, pool=home)
    policy = SignInPolicy(tenant=tenant, mfa=draft.mfa, password_min_length=draft.password_min_length)
    dedicated = isolation == PoolKind.DEDICATED
    of_pool = pool_steps(home, tenant=tenant if dedicated else None, policy=policy if dedicated else None)
    return [
        *(_planned(step, is_new=pool is None) for step in of_pool),
        *(_planned(step, is_new=True) for step in tenant_steps(tenant)),
    ]


def _planned(step: Step, *, is_new: bool) -> PlannedResource:
    facts = tuple(Fact(fact.label, _shown(fact.value)) for fact in step.family.facts(step.spec))
    return PlannedResource(
        family=step.family.family.value,
        kind=str(step.family.family.label),
        name=_shown(step.name),
        facts=facts,
        is_new=is_new,
    )


def _shown(text: str) -> str:
    for unknown in _UNKNOWN:
        text = text.replace(unknown, "…")
    return text
