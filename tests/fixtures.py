"""The cast, the local Cognito and a worker as fixtures. Imported by conftest.py: every test can ask for them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from federation.selectors.page_state import PAGES, REALMS
from identity.models import WorkerHeartbeat
from local.stack import product
from tenants.actor import Actor
from tenants.models import Cell
from tests.factories import Cast, CellFactory, TenantCast, actor_of, make_cast
from tests.support.cognito import LocalCognito
from tests.support.processes import LiveProcess, on_database
from tests.support.stack_plugin import Stack


@pytest.fixture(autouse=True)
def pages_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a sign-in page look at once what it depends on: tests change that sooner than a second later."""
    for memory in (PAGES, REALMS):
        monkeypatch.setattr(memory, "seconds", 0.0)


@pytest.fixture
def long_grace(settings: Settings) -> None:
    """The time in which Cognito might not show yet what was created is longer than any test, on any machine."""
    settings.SYNC_CREATE_GRACE_SECONDS = 3600


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody; see `tests.factories.cast`."""
    return make_cast()


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The tenant with a dedicated pool, and its users."""
    return cast.acme


@pytest.fixture
def globex(cast: Cast) -> TenantCast:
    """The tenant in a shared pool, and its users."""
    return cast.globex


@pytest.fixture
def operator(cast: Cast) -> Actor:
    """An operator with the role owner, as services see them."""
    return actor_of(cast.operator)


@pytest.fixture
def owner(acme: TenantCast) -> Actor:
    """Acme's owner."""
    return actor_of(acme.owner)


@pytest.fixture
def admin(acme: TenantCast) -> Actor:
    """Acme's admin."""
    return actor_of(acme.admin)


@pytest.fixture
def auditor(acme: TenantCast) -> Actor:
    """Acme's auditor."""
    return actor_of(acme.auditor)


@pytest.fixture
def outsider(acme: TenantCast) -> Actor:
    """A user of acme without a role."""
    return actor_of(acme.outsider)


@pytest.fixture
def cognito(stack: Stack) -> Iterator[LocalCognito]:
    """The local Cognito with an empty journal; no fault outlives the test."""
    local = LocalCognito(stack.addresses.cognito_url)
    local.forget_calls()
    yield local
    local.clear_faults()


@pytest.fixture
def local_cell(stack: Stack, transactional_db: None) -> Cell:
    """A cell whose endpoint is the local Cognito."""
    return CellFactory.create(endpoint_url=stack.addresses.cognito_url)


@pytest.fixture(scope="module")
def crashing_worker(
    stack: Stack, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveProcess]:
    """A running Celery worker for a whole module, to be killed and started again; beat runs beside it throughout."""
    folder = tmp_path_factory.mktemp("worker")
    environment = on_database(str(connection.settings_dict["NAME"]))
    python = Path(sys.executable)
    worker = LiveProcess(lambda: product.worker(python, environment, stack.ports.redis, folder / "worker.log"))
    beat = LiveProcess(lambda: product.beat(python, environment, folder / "beat.log", folder))
    worker.start()
    beat.start()
    yield worker
    beat.kill()
    worker.kill()
    # It may have shown itself since the last test's rows were removed.
    with django_db_blocker.unblock():
        WorkerHeartbeat.objects.all().delete()
