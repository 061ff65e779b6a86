"""Plans and drift as rows, and the pages about them, as tests look at them."""

import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from identity.models import (
    Family,
    PlanOutcome,
    PlanStep,
    ResourceState,
    StepAction,
    StepState,
    SyncedResource,
    SyncPlan,
)
from identity.sync.drift import drifted_of, fingerprint
from tenants.models import SyncKind
from tests.factories import TenantCast

LENGTH = "Policies.PasswordPolicy.MinimumLength"


def member(tenant: TenantCast, role: str = "admin") -> Client:
    """Return a browser in which one of the tenant's people is signed in."""
    client = Client()
    client.force_login(TenantCast.account_of(getattr(tenant, role)))
    return client


def make_plan(kind: SyncKind, key: uuid.UUID, **values: Any) -> SyncPlan:
    """Keep a plan of a key with one step."""
    plan = SyncPlan.objects.create(
        scope=kind, key=key, **{"outcome": PlanOutcome.APPLIED, "finished_at": timezone.now(), **values}
    )
    change = {"field": LENGTH, "before": 8, "after": 12}
    PlanStep.objects.create(
        plan=plan, position=0, family=Family.POOL, name="lg-pool", action=StepAction.UPDATE, changes=[change],
        state=StepState.DONE,
    )  # fmt: skip
    return plan


def make_drift(kind: SyncKind, key: uuid.UUID, *, family: Family = Family.POOL, path: str = LENGTH) -> SyncedResource:
    """Keep the record of a resource that drifted in one setting."""
    drift = [{"field": path, "wanted": 12, "last_applied": 12, "live": 16}]
    return SyncedResource.objects.create(
        scope=kind, key=key, family=family, name="lg-pool", state=ResourceState.DRIFTED, drift=drift,
        last_applied={path: 12}, observed_at=timezone.now(),
    )  # fmt: skip


def body(client: Client, name: str, *args: object, **query: str) -> str:
    """Return a page that must be there."""
    response = client.get(reverse(name, args=args), query_params=query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def seen(row: SyncedResource) -> str:
    """Return what a form says that its reader saw of a drifted resource."""
    return fingerprint(drifted_of(row))
