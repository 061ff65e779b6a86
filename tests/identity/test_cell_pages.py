"""The page of a cell: what it uses of its quotas, how near its limits are, and what AWS granted beyond its defaults."""

import itertools
import re
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from identity.cells import endpoint_of
from identity.cognito.budget.budget import RateBudget
from identity.cognito.budget.lanes import lanes
from identity.cognito.budget.shared import connect
from identity.cognito.calls import Call, Outcome, Priority
from identity.cognito.categories import Category
from identity.models import Family, SyncedResource
from identity.selectors.capacity import Fullness, capacity_of
from identity.selectors.headroom import Headroom, headroom_of
from tenants.models import AuditEvent, Cell, PoolKind, SyncKind
from tests.factories import Cast, CellFactory, TenantFactory, UserPoolFactory

_accounts = itertools.count(700_000_000_000)


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture
def cell(cast: Cast) -> Cell:
    """A cell whose account nobody else has, so that its counters begin at nothing."""
    return CellFactory.create(name="eu-main", role_arn=f"arn:aws:iam::{next(_accounts)}:role/lifeguard")


def spend(cell: Cell, calls: int, *, throttled: int = 0) -> None:
    """Let users be created in a cell, as far as the budget is concerned."""
    budget = RateBudget(connect(settings.REDIS_URL), lanes(60))
    endpoint = endpoint_of(cell)
    for _ in range(calls):
        budget.acquire(endpoint, Category.USER_CREATION, "AdminCreateUser", "eu-west-1_a", Priority.SIGN_IN)
    call = Call(endpoint, Category.USER_CREATION, "AdminCreateUser", "eu-west-1_a", Priority.BULK)
    for _ in range(throttled):
        budget.observe(call, Outcome.THROTTLED, 0.1)


def text_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def row_of(cell: Cell, category: Category) -> Headroom:
    return next(row for row in headroom_of(cell) if row.category == category)


def test_what_was_called_is_counted(cell: Cell) -> None:
    spend(cell, 30, throttled=2)
    row = row_of(cell, Category.USER_CREATION)
    assert (row.allowed, row.calls, row.throttled) == (50, 30, 2)
    assert 0 < row.used <= 0.5
    assert row.is_cut
    assert row.granted == pytest.approx(50 * 0.985 * 0.8, rel=0.02)
    assert row.cut_by == "AdminCreateUser"
    assert headroom_of(cell)[0].category == row.category


def test_a_cell_that_nothing_was_called_in(client: Client, cell: Cell) -> None:
    text = text_of(client, f"/fleet/cells/{cell.pk}/")
    assert "Nothing was called in the last hour" in text
    assert "UserCreation" in text


def test_usage_is_drawn_and_told(client: Client, cell: Cell) -> None:
    spend(cell, 20, throttled=1)
    page = client.get(f"/fleet/cells/{cell.pk}/").content.decode()
    assert 'id="chart-UserCreation-title"' in page
    text = text_of(client, f"/fleet/cells/{cell.pk}/")
    for told in ("UserCreation is slowed down", "AWS throttled AdminCreateUser", "39.4 of 50 calls per second"):
        assert told in text


def test_the_living_part_alone_answers_htmx(client: Client, cell: Cell) -> None:
    whole = client.get(f"/fleet/cells/{cell.pk}/").content.decode()
    part = client.get(f"/fleet/cells/{cell.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="cell-live"' in part
    assert "<html" in whole
    assert "<html" not in part
    assert "App clients in a pool" not in part


def test_without_redis_the_rest_of_the_page_is_there(client: Client, cell: Cell, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    text = text_of(client, f"/fleet/cells/{cell.pk}/")
    assert "The rates are not known" in text
    assert "App clients in a pool" in text


def test_cells_of_one_account_and_region_share_their_figures(cell: Cell) -> None:
    twin = CellFactory.create(region=cell.region, role_arn=f"{cell.role_arn}-2")
    elsewhere = CellFactory.create(region="ap-southeast-2", role_arn=cell.role_arn)
    spend(cell, 5)
    assert row_of(twin, Category.USER_CREATION).calls == 5
    assert row_of(elsewhere, Category.USER_CREATION).calls == 0
    UserPoolFactory.create(cell=twin)
    assert capacity_of([cell])[cell][0].used == 1
    assert capacity_of([elsewhere])[elsewhere][0].used == 0


def test_the_fullest_pool_counts(cell: Cell) -> None:
    full, other = (UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED) for _ in range(2))
    tenants = [TenantFactory.create(pool=pool) for pool in (full, full, other)]
    for number, tenant in enumerate(tenants):
        SyncedResource.objects.create(scope=SyncKind.TENANT, key=tenant.pk, family=Family.CLIENT, name=f"c{number}")
    styles = [SyncedResource(scope=SyncKind.POOL, key=full.pk, family=Family.BRANDING, name=f"s{n}") for n in range(16)]
    SyncedResource.objects.bulk_create(styles)
    for name in ("lg-prefix", "login.acme.example"):
        SyncedResource.objects.create(scope=SyncKind.POOL, key=full.pk, family=Family.DOMAIN, name=name)
    pools, domains, clients, _idps, _groups, _servers, branding = capacity_of([cell])[cell]
    assert (pools.used, domains.used) == (2, 1)
    assert (clients.used, clients.pool, clients.fullness) == (2, full.name, Fullness.FREE)
    assert (branding.used, branding.pool, branding.fullness) == (16, full.name, Fullness.FILLING)
    SyncedResource.objects.bulk_create(
        SyncedResource(scope=SyncKind.POOL, key=full.pk, family=Family.BRANDING, name=f"t{n}") for n in range(4)
    )
    assert capacity_of([cell])[cell][-1].fullness is Fullness.FULL


def test_who_runs_out_is_warned_on_both_pages(client: Client, cell: Cell) -> None:
    pool = UserPoolFactory.create(cell=cell)
    SyncedResource.objects.bulk_create(
        SyncedResource(scope=SyncKind.POOL, key=pool.pk, family=Family.BRANDING, name=f"s{n}") for n in range(17)
    )
    assert "Managed login styles in a pool: 17 of 20" in text_of(client, f"/fleet/cells/{cell.pk}/")
    assert "Filling up Managed login styles in a pool" in text_of(client, "/fleet/cells/?q=eu-main")


def test_the_list_costs_the_same_for_many_cells(client: Client, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/fleet/cells/")
        return len(captured)

    before = queries()
    for cell in CellFactory.create_batch(5):
        UserPoolFactory.create(cell=cell)
    assert queries() == before


def test_raised_quotas_are_kept_audited_and_used(client: Client, cell: Cell) -> None:
    address = f"/fleet/cells/{cell.pk}/quotas/"
    answer = client.post(address, {"UserCreation": "200", "UserRead": "120", "user_pools": "3000"})
    assert answer.headers["Location"] == f"/fleet/cells/{cell.pk}/"
    cell.refresh_from_db()
    # What AWS grants everybody was not raised.
    assert (cell.raised_quotas, cell.user_pool_quota) == ({"UserCreation": 200}, 3000)
    event = AuditEvent.objects.get(action="cell.quotas_set")
    assert event.before["raised_quotas"] == {}
    assert event.after["raised_quotas"] == {"UserCreation": 200}
    row = row_of(cell, Category.USER_CREATION)
    assert (row.allowed, row.is_raised) == (200, True)
    assert 'value="200"' in client.get(address).content.decode()
    client.post(address, {"UserCreation": "200", "user_pools": "3000"})
    assert AuditEvent.objects.filter(action="cell.quotas_set").count() == 1
    client.post(address, {})
    cell.refresh_from_db()
    assert (cell.raised_quotas, cell.user_pool_quota) == ({}, 1000)


@pytest.mark.parametrize(
    ("field", "value"), [("UserCreation", "49"), ("UserCreation", "10001"), ("user_pools", "999"), ("UserRead", "many")]
)
def test_figures_that_cannot_be_are_told_beside_the_field(client: Client, cell: Cell, field: str, value: str) -> None:
    answer = client.post(f"/fleet/cells/{cell.pk}/quotas/", {field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    cell.refresh_from_db()
    assert (cell.raised_quotas, cell.user_pool_quota) == ({}, 1000)


def test_there_is_nothing_at_a_cell_that_is_not(client: Client, cast: Cast) -> None:
    for address in ("", "quotas/"):
        assert client.get(f"/fleet/cells/{cast.acme.tenant.pk}/{address}").status_code == 404
