"""`manage.py doctor`: all is well where it is, and each broken part is named with what to do."""

import json
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from config import broker
from config.doctor import clock, installation
from config.doctor.finding import Level
from identity.models import AppClient, PeriodicRun, WorkerHeartbeat
from local.stack import product
from tenants.models import Cell, OutboxEntry, SyncKind
from tests.factories import TenantFactory, UserPoolFactory
from tests.support.doctor import assert_told, by_check
from tests.support.mail import Mailbox
from tests.support.processes import LiveProcess, LiveWorker, on_database
from tests.support.stack_plugin import ROOT, Stack
from tests.support.waiting import eventually


def doctor(**changed: str) -> tuple[int, dict[str, Any]]:
    """Run the command as people do, with parts of its environment replaced; gives exit code and report."""
    result = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"],
        cwd=ROOT,
        env={**on_database(str(connection.settings_dict["NAME"])), **changed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout, result.stderr
    report = json.loads(result.stdout)
    return result.returncode, {each["check"]: each for each in report["checks"]}


def test_all_is_well_with_everything_running(local_cell: Cell, live_worker: LiveWorker) -> None:
    live_worker.start()
    eventually(lambda: PeriodicRun.objects.exists() and WorkerHeartbeat.objects.exists())
    code, checks = doctor()
    assert code == 0, checks
    assert {check["level"] for check in checks.values()} <= {"ok", "warning"}
    assert checks["workers"]["level"] == checks["beat"]["level"] == checks["mail"]["level"] == "ok"
    # The only identity that an emulator starts with.
    assert checks[f"{local_cell.name}: permissions"]["level"] == "warning"
    assert "root user" in checks[f"{local_cell.name}: permissions"]["message"]


def test_a_database_that_is_away(transactional_db: None) -> None:
    code, checks = doctor(LIFEGUARD_DATABASE_URL="postgresql://postgres:s3cret@127.0.0.1:9/lifeguard")
    assert code == 1
    assert checks["database"]["level"] == "failed"
    assert "127.0.0.1:9" in checks["database"]["message"]
    assert "LIFEGUARD_DATABASE_URL" in checks["database"]["remedy"]
    assert "workers" in checks["the rest"]["message"]
    assert "s3cret" not in json.dumps(checks)


def test_tables_that_are_too_old(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'federation'")
    found = by_check()
    assert_told(found["migrations"], Level.FAILED, "federation.0001_initial", "manage.py migrate")
    assert "the rest" in found


def test_redis_that_is_away(transactional_db: None) -> None:
    code, checks = doctor(LIFEGUARD_REDIS_URL="redis://:s3cret@127.0.0.1:9/0")
    assert code == 1
    assert checks["redis"]["level"] == "failed"
    assert "127.0.0.1:9" in checks["redis"]["message"]
    assert "LIFEGUARD_REDIS_URL" in checks["redis"]["remedy"]
    assert checks["database"]["level"] == "ok"
    assert "s3cret" not in json.dumps(checks)


def test_redis_that_throws_keys_away(db: None, stack: Stack) -> None:
    with broker.client() as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            found = by_check()
        finally:
            redis.config_set("maxmemory-policy", "noeviction")
    assert_told(found["redis eviction"], Level.WARNING, "allkeys-lru", "noeviction")


def test_no_worker(db: None, settings: Settings) -> None:
    """What others than beat put into the queue, which stays there without a worker, is no sign of beat."""
    settings.TASK_QUEUE = "queue-of-the-test"
    with broker.client() as redis:
        redis.delete(settings.TASK_QUEUE)
        current_app.send_task("federation.mail_organisations", queue=settings.TASK_QUEUE)
        found = by_check()
        redis.delete(settings.TASK_QUEUE)
    assert_told(found["workers"], Level.FAILED, "No worker is there", "Start a worker")
    assert_told(found["beat"], Level.FAILED, "there has been none yet", "Start beat and a worker")


def test_a_worker_without_beat(transactional_db: None, stack: Stack, tmp_path: Path) -> None:
    environment = on_database(str(connection.settings_dict["NAME"]))
    log = tmp_path / "worker.log"
    worker = LiveProcess(lambda: product.worker(Path(sys.executable), environment, stack.ports.redis, log))
    # What the beat of another test asked for is not to be carried out after what the worker does at its start.
    with broker.client() as redis:
        redis.delete(*map(broker.list_of, broker.waiting_by_priority()))
    worker.start()
    try:
        swept = PeriodicRun.objects.filter(task="identity.sync.sweep")
        eventually(lambda: swept.exists() and WorkerHeartbeat.objects.exists())
        PeriodicRun.objects.update(succeeded_at=Now() - timedelta(minutes=10))
        found = by_check()
        assert_told(found["beat"], Level.FAILED, "the last one was 6", "Start beat, exactly one")
        assert found["workers"].level is Level.OK
        WorkerHeartbeat.objects.update(seen_at=Now() - timedelta(minutes=10))
        # It has a second to answer in, which a busy machine may not give it.
        found = eventually(lambda: told if (told := by_check())["workers"].level is Level.WARNING else None)
        assert_told(found["workers"], Level.WARNING, "nothing asks them for work", "See beat")
    finally:
        worker.stop()


def test_beat_without_a_worker(transactional_db: None, stack: Stack, tmp_path: Path) -> None:
    environment = on_database(str(connection.settings_dict["NAME"]))
    beat = LiveProcess(lambda: product.beat(Path(sys.executable), environment, tmp_path / "beat.log", tmp_path))
    beat.start()
    try:
        eventually(lambda: by_check()["beat"].level is Level.OK)
        assert_told(by_check()["beat"], Level.OK, "It sends its messages", "without a worker")
    finally:
        beat.stop()


def test_a_change_that_waits_long_and_one_that_waits_for_a_person(db: None) -> None:
    late, blocked = (
        OutboxEntry.objects.create(kind=SyncKind.POOL, key=UserPoolFactory.create().pk, next_attempt_at=Now())
        for _ in range(2)
    )
    OutboxEntry.objects.filter(pk=late.pk).update(owed_since=Now() - timedelta(hours=1))
    OutboxEntry.objects.filter(pk=blocked.pk).update(last_error_code="AccessDenied", remedy="Attach the policy.")
    found = by_check()
    assert_told(found["convergence"], Level.WARNING, "1 changes wait, the oldest for 60 minutes")
    assert_told(found["blocked"], Level.WARNING, "1 changes wait for a person", "Sync activity")


def test_an_encryption_key_that_was_taken_away(db: None, settings: Settings) -> None:
    tenant = TenantFactory.create()
    client = AppClient(tenant=tenant, pool=tenant.pool, purpose=AppClient.SIGN_IN, client_id="c1")
    client.seal_secret("s3cret")
    client.save()
    assert by_check()["encryption keys"].level is Level.OK
    settings.DATA_KEYS = {"new": bytes(32)}
    found = by_check()
    assert found["encryption"].level is Level.OK
    assert_told(found["encryption keys"], Level.FAILED, "identity_appclient", "'local'", "Add it back")


def test_a_mail_server_that_is_away_and_one_that_answers(db: None, mailbox: Mailbox, settings: Settings) -> None:
    assert by_check()["mail"].level is Level.OK
    settings.EMAIL_PORT = 9
    assert_told(by_check()["mail"], Level.FAILED, ":9 cannot be used", "LIFEGUARD_EMAIL_URL")


@pytest.mark.parametrize(
    ("changed", "check", "level", "word"),
    [
        ({"SIGNIN_URL": "https://login.example.com"}, "sites", Level.OK, "over TLS"),
        ({"SIGNIN_URL": "https://dash.example.com:8443"}, "sites", Level.WARNING, "share the host dash.example.com"),
        ({"SIGNIN_URL": "https://login.example.com", "DEBUG": True}, "debug", Level.FAILED, "LIFEGUARD_DEBUG"),
        ({"SIGNIN_URL": "https://login.example.com"}, "proxies", Level.FAILED, "LIFEGUARD_TRUSTED_PROXIES is 0"),
    ],
)
def test_the_addresses_of_the_sites(
    settings: Settings, changed: dict[str, Any], check: str, level: Level, word: str
) -> None:
    settings.DASHBOARD_URL = "https://dash.example.com"
    for name, value in changed.items():
        setattr(settings, name, value)
    found = {each.check: each for each in installation.check_sites()}
    assert_told(found[check], level, word)


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [(0.4, Level.OK, "agree"), (-9, Level.WARNING, "9.0 s behind X's"), (400, Level.FAILED, "400.0 s ahead of X's")],
)
def test_clocks(ahead: float, level: Level, words: str) -> None:
    assert_told(clock.compared("clock", ahead, "X"), level, words)


def test_the_table_for_people(db: None) -> None:
    text = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=text)
    assert ended.value.code == 1
    assert "FAILED   workers" in text.getvalue()
    assert "→ Start a worker" in text.getvalue()
