"""No page asks the database more often because there is more to show."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from identity.models import BulkJob, BulkState, DirectoryUser, ResourceState, SyncedResource, SyncPlan
from local.demo.fleet.shape import FleetShape
from local.demo.fleet.whole import write_fleet
from tenants.models import Account, Application, Cell, OutboxEntry, PoolKind, SyncKind, Tenant, TenantStatus, UserPool
from tenants.permissions import OperatorRole, TenantRole
from tests.support.url_map import Route, routes_of

# Few rows, and more than a page of nearly everything; an export looks names up for 500 rows at once.
FEW = FleetShape(tenants=10, users=60, events=40, seed=3)
MANY = FleetShape(tenants=80, users=350, events=480, seed=3)
DRIFT = [{"field": "MfaConfiguration", "wanted": "ON", "last_applied": "ON", "live": "OFF"}]


def queries_of_pages(shape: FleetShape, *, largest: bool) -> dict[str, int]:
    """Generate a fleet, ask for every page that can be read, and take the fleet back.

    Returns:
        the number of queries by page.
    """
    with transaction.atomic():
        write_fleet(shape, lambda line: None)
        _trouble_each_kind()
        counted = dict(_asked(largest=largest))
        transaction.set_rollback(True)
    return counted


def _trouble_each_kind() -> None:
    """Let one of each kind be blocked, and drift: names are looked up kind by kind, and both fleets shall need all."""
    blocked = {"wanted_gen": 2, "done_gen": 1, "last_error_code": "Refused", "remedy": "Ask somebody."}
    for kind in (SyncKind.POOL, SyncKind.TENANT, SyncKind.USER, SyncKind.INVITATION):
        key = OutboxEntry.objects.filter(kind=kind)[0].key
        OutboxEntry.objects.filter(key=key).update(**blocked, updated_at=timezone.now())
        record = SyncedResource.objects.filter(scope=kind, key=key).first()
        if record is not None:
            drifted = SyncedResource.objects.filter(pk=record.pk)
            drifted.update(state=ResourceState.DRIFTED, drift=DRIFT, updated_at=timezone.now())


def _asked(*, largest: bool) -> Iterator[tuple[str, int]]:
    # A tenant with a pool of its own has more to show than one in a shared pool, in both fleets.
    shared = {"tenant__status": TenantStatus.ACTIVE, "tenant__pool__kind": PoolKind.SHARED}
    users = DirectoryUser.objects.filter(**shared).order_by()
    by_size = users.values_list("tenant").annotate(size=Count("pk")).order_by("-size" if largest else "size")
    tenant = Tenant.objects.get(pk=by_size[0][0])
    owner = users.filter(tenant=tenant, role=TenantRole.OWNER)[0]
    people = {
        "fleet": Account.objects.filter(operator_role=OperatorRole.OWNER)[0],
        "tenant": Account.objects.for_member(tenant=tenant, subject=owner.pk),
    }
    objects: dict[str, Any] = {
        "slug": tenant.slug,
        "tenant_id": tenant.pk,
        "user_id": owner.pk,
        "application_id": Application.objects.filter(is_builtin=False)[0].pk,
        "cell_id": Cell.objects.all()[0].pk,
        "pool_id": UserPool.objects.all()[0].pk,
        "plan_id": SyncPlan.objects.filter(scope=SyncKind.TENANT, key=tenant.pk)[0].pk,
        "job_id": BulkJob.objects.filter(tenant=tenant, state=BulkState.DONE)[0].pk,
    }
    for namespace, account in people.items():
        client = Client()
        client.force_login(account)
        for route in routes_of(namespace):
            if set(route.parameters) <= set(objects):
                url = reverse(route.name, kwargs={name: objects[name] for name in route.parameters})
                yield from _counted(client, route, url)


def _counted(client: Client, route: Route, url: str) -> Iterator[tuple[str, int]]:
    # The first request fills what is kept in memory.
    if client.get(url).status_code != 200:
        return
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
        assert response.getvalue() if response.streaming else response.content
    yield route.name, len(captured)


def test_a_larger_fleet_costs_no_page_more_queries(db: None) -> None:
    few, many = queries_of_pages(FEW, largest=False), queries_of_pages(MANY, largest=True)
    assert len(many) > 40
    grown = {name: (few[name], many[name]) for name in many if many[name] > few[name]}
    assert grown == {}
