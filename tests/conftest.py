"""Fixtures for every test: the stack's mailbox, and a real Celery worker."""

import gc
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from config.env import Site
from config.site_middleware import middleware_of
from tests.support.emptying import empty_quickly
from tests.support.mail import Mailbox
from tests.support.processes import LiveWorker
from tests.support.stack_plugin import Stack

pytest_plugins = ["tests.fixtures"]
# The same examples each time, so that a change is judged by itself, and no time limit: a busy machine is no fault.
hypothesis_settings.register_profile(
    "lifeguard", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("lifeguard")
# The first opens a profile at a quarter of what the whole browser needs for it, and has the same engine.
_CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in _CHROMIUM_NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none."""
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="browser test: no Chromium was found on the PATH"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let tests with transactions of their own empty the audit log after them, which nothing else may."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_auditevent DISABLE TRIGGER tenants_auditevent_never_emptied")
        empty_quickly()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's executable; only for tests marked `browser`."""
    assert CHROMIUM is not None, "mark the test `browser`"
    return Path(CHROMIUM)


@pytest.fixture(autouse=True)
def middleware_of_the_site(request: pytest.FixtureRequest) -> None:
    """Have tests of the sign-in host's addresses run that host's middleware, and not the dashboard's."""
    marker = request.node.get_closest_marker("urls")
    if marker is not None and marker.args == ("config.urls.signin",):
        request.getfixturevalue("settings").MIDDLEWARE = middleware_of(Site.SIGNIN)


@pytest.fixture
def mailbox(stack: Stack, settings: Settings) -> Mailbox:
    """All mail that Django and the local Cognito sent. Over SMTP: Django's own test set-up keeps mail in memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return Mailbox(stack.maildir)


@pytest.fixture
def live_worker(stack: Stack, transactional_db: None, tmp_path: Path) -> Iterator[LiveWorker]:
    """A Celery worker with beat on the test database, not started yet; it is stopped after the test."""
    database = str(connection.settings_dict["NAME"])
    worker = LiveWorker(Path(sys.executable), database, stack.ports.redis, tmp_path)
    yield worker
    worker.stop()


def pytest_collection_finish() -> None:
    """Have the garbage collector leave alone what stays until the end, thousands of tests: a ninth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
