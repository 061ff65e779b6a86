"""Tenants that Cognito has, an application, and browsers that sign in to it through the real pages."""

import sys
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from federation.dashboard_login.application import ensure_dashboard_application
from federation.services import counters, waits
from federation.services.attempt_limits import Row
from federation.services.signing_keys import ensure_signing_keys
from identity import auth
from identity.cells import pool_ref
from identity.models import AppClient, DirectoryUser, UserStatus
from identity.sync import engine
from local.stack import product
from tenants.models import Application, Cell, PoolKind, SyncKind, Tenant, TenantApplication
from tenants.services import outbox
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory, UserPoolFactory
from tests.federation.browser import Browser
from tests.federation.sites import TwoSites
from tests.support.processes import LiveProcess, on_database
from tests.support.stack_plugin import Stack
from tests.support.waiting import eventually
from tests.support.web_servers import Server, serving

PASSWORD = "Correct-horse-battery-7"
MakeTenant = Callable[..., Tenant]
MakeUser = Callable[..., DirectoryUser]


@pytest.fixture
def make_tenant(local_cell: Cell) -> MakeTenant:
    """Make a tenant and let the reconciler create its pool and app client; `pool` places it beside another one."""

    def make(slug: str, kind: PoolKind = PoolKind.DEDICATED, *, beside: Tenant | None = None) -> Tenant:
        pool = beside.pool if beside else UserPoolFactory.create(cell=local_cell, kind=kind)
        tenant = TenantFactory.create(slug=slug, name=slug.capitalize(), pool=pool)
        reconcile(tenant)
        # A worker that runs beside the test may have been faster, and not be done yet.
        eventually(AppClient.objects.filter(tenant=tenant).exists)
        return Tenant.objects.select_related("pool", "pool__cell", "policy", "branding").get(pk=tenant.pk)

    return make


def reconcile(tenant: Tenant) -> None:
    """Bring a tenant and its pool to Cognito, as the worker does."""
    for kind, key in ((SyncKind.POOL, tenant.pool_id), (SyncKind.TENANT, tenant.pk)):
        with transaction.atomic():
            outbox.request_sync(kind, key)
        engine.run(kind, key)


@pytest.fixture
def make_user() -> MakeUser:
    """Make an active user with the password PASSWORD, in the directory and in Cognito."""

    def make(
        tenant: Tenant, email: str, *, password: str = PASSWORD, temporary: bool = False, role: str = ""
    ) -> DirectoryUser:
        user = DirectoryUserFactory.create(tenant=tenant, email=email, role=role, status=UserStatus.ACTIVE)
        put = auth.set_temporary_password if temporary else auth.create_user_with_password
        user.cognito_sub = put(pool_ref(tenant.pool), user.username, email, password)
        user.save(update_fields=["cognito_sub"])
        return user

    return make


@pytest.fixture
def acme(make_tenant: MakeTenant) -> Tenant:
    """A tenant with a dedicated pool."""
    return make_tenant("acme")


@pytest.fixture
def ann(acme: Tenant, make_user: MakeUser) -> DirectoryUser:
    """A user of acme."""
    return make_user(acme, "ann@acme.example")


@pytest.fixture
def application(transactional_db: None) -> Application:
    """An application whose client secret is "application-secret"; signing keys are there too."""
    ensure_signing_keys()
    created: Application = ApplicationFactory.create(name="Sample")
    return created


@pytest.fixture
def assigned(acme: Tenant, application: Application) -> Application:
    """The application, which acme's users may use."""
    TenantApplication.objects.create(tenant=acme, application=application)
    return application


@pytest.fixture
def browser(assigned: Application) -> Browser:
    """A browser at the application."""
    return Browser(assigned)


@pytest.fixture
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have waits be minutes in place of seconds, so that none is over, or reads otherwise, before the next try."""
    seconds = Row.wait_after
    monkeypatch.setattr(Row, "wait_after", lambda row, failures: 60 * seconds(row, failures))


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the clock of limits and waits stand still: the windows in which is counted end with every ten minutes."""
    now, moment = time.time(), timezone.now()
    for module in (counters, waits):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now))
    monkeypatch.setattr(waits, "timezone", SimpleNamespace(now=lambda: moment))


def issuer() -> str:
    """Our issuer."""
    return str(settings.SIGNIN_URL)


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """A small server on this machine, which may be asked for what tenants name by URL."""
    settings.FETCH_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)
    with serving() as running:
        yield running


@pytest.fixture
def sites(stack: Stack, transactional_db: None, tmp_path: Path) -> Iterator[TwoSites]:
    """A browser between the dashboard and a sign-in site that runs as a process of its own on the test's database."""
    ensure_signing_keys()
    ensure_dashboard_application()
    environment = on_database(str(connection.settings_dict["NAME"]))
    port = stack.ports.signin
    site = LiveProcess(lambda: product.web("signin", Path(sys.executable), environment, port, tmp_path / "signin.log"))
    site.start()
    two = TwoSites()
    yield two
    two.signin.close()
    site.stop()
