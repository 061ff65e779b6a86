"""What operators are told: log lines with the ids of request and task, and metrics after real work."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse
from pytest_django.fixtures import Settings

from config import metrics_listener
from config.env import load
from config.exporter import Convergence
from identity.models import Family, PeriodicRun, PullState, ResourceState, SyncedResource, SyncPlan
from local.stack import product
from local.stack.ports import Ports
from tenants.models import Cell, OutboxEntry, PoolKind, SyncKind, Tenant
from tests.config.metrics import Samples, gauges, scrape, total
from tests.factories import TenantCast, TenantFactory, UserPoolFactory
from tests.support.cognito import LocalCognito
from tests.support.processes import LiveProcess, on_database
from tests.support.stack_plugin import Stack
from tests.support.sync import nothing_is_owed, request_tenant
from tests.support.waiting import eventually

Run = Callable[..., LiveProcess]


@pytest.fixture
def run(stack: Stack, transactional_db: None, tmp_path: Path) -> Iterator[Run]:
    """Start parts of the product as processes of their own, with JSON logs and metrics."""
    python, running = Path(sys.executable), list[LiveProcess]()

    def start(part: str, port: int, metrics_port: int) -> LiveProcess:
        environment = {
            **on_database(str(connection.settings_dict["NAME"])),
            **product.counting(tmp_path / f"{part}-metrics", metrics_port),
            "LIFEGUARD_LOG_FORMAT": "json",
        }
        log = tmp_path / f"{part}.log"
        if part == "worker":
            process = LiveProcess(lambda: product.worker(python, environment, stack.ports.redis, log))
        else:
            process = LiveProcess(lambda: product.web(part, python, environment, port, log))
        process.start()
        running.append(process)
        return process

    yield start
    for process in reversed(running):
        process.stop()


def lines_of(process: LiveProcess) -> list[dict[str, Any]]:
    """What a process logged; a line that is no JSON fails the test. The last one may be on its way to the file yet."""
    whole, _newline, _begun = process.log().rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def owed_tenant(cell: Cell) -> Tenant:
    tenant: Tenant = TenantFactory.create(pool=UserPoolFactory.create(cell=cell, kind=PoolKind.DEDICATED))
    request_tenant(tenant)
    return tenant


def test_a_requests_id_is_on_the_lines_of_the_task_that_it_caused(
    acme: TenantCast, client: Client, run: Run, cognito: LocalCognito, stack: Stack
) -> None:
    Cell.objects.update(endpoint_url=stack.addresses.cognito_url)
    worker = run("worker", 0, stack.ports.metrics)
    # The sweep of the start would find the change as well, and its message is nobody's request.
    eventually(PeriodicRun.objects.filter(task="identity.sync.sweep").exists)
    client.force_login(acme.account_of(acme.owner), backend="allauth.account.auth_backends.AuthenticationBackend")
    user = acme.admin
    address = reverse("tenant:user-disable", args=["acme", user.pk])
    answer = client.post(address, headers={"X-Request-ID": "request-of-the-test"})
    assert answer.status_code == 302, answer.content
    assert answer["X-Request-ID"] == "request-of-the-test"

    def reconciled() -> dict[str, Any] | None:
        found = [line for line in lines_of(worker) if line["event"] == "Reconciled." and line["sync_kind"] == "user"]
        return found[0] if found else None

    line = eventually(reconciled)
    assert line["request_id"] == "request-of-the-test"
    assert line["sync_key"] == str(user.pk)
    assert (line["task"], line["logger"], line["level"]) == ("identity.sync.reconcile", "identity.sync.metrics", "info")
    assert {"time", "task_id", "outcome", "seconds", "attempt"} <= line.keys()
    for each in lines_of(worker):
        assert {"time", "level", "logger", "event"} <= each.keys()
    assert user.email not in worker.log()


def test_lines_of_a_request_name_the_tenant_and_the_kind_of_actor(acme: TenantCast, client: Client) -> None:
    bound: list[dict[str, Any]] = []

    def note(sender: object, **_: Any) -> None:
        bound.append(structlog.contextvars.get_contextvars())

    template_rendered.connect(note)
    client.force_login(acme.account_of(acme.owner), backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/t/acme/users/", headers={"X-Request-ID": "request-of-the-test"})
    template_rendered.disconnect(note)
    assert bound
    wanted = {
        "request_id": "request-of-the-test",
        "actor": "member",
        "tenant": acme.tenant.key,
        "path": "/t/acme/users/",
    }
    assert all(each == wanted for each in bound)
    assert structlog.contextvars.get_contextvars() == {}


def test_a_web_server_writes_json_and_counts_requests_of_all_its_processes(run: Run, stack: Stack) -> None:
    ports = Ports.unused()
    site = run("dashboard", ports.dashboard, ports.redis)
    nowhere = f"http://localhost:{ports.dashboard}/nowhere?code=not-in-the-log"
    for _ in range(12):
        assert httpx.get(nowhere, timeout=60).status_code == 404
    samples = scrape(ports.redis)
    assert total(samples, "lifeguard_http_request_seconds_count", status="404") == 12
    assert total(samples, "lifeguard_http_request_seconds_count", site="dashboard", view="none", method="GET") >= 12
    assert total(samples, "lifeguard_source_up", source="postgresql") == 1
    site.stop()
    answered = [line for line in lines_of(site) if line["logger"] == "gunicorn.access" and line["path"] == "/nowhere"]
    assert len(answered) == 12
    assert all(line["request_id"] and line["seconds"] < 60 and line["status"] == 404 for line in answered)
    assert "not-in-the-log" not in site.log()


def test_a_worker_shows_what_its_processes_did_and_what_is_owed(
    run: Run, stack: Stack, local_cell: Cell, cognito: LocalCognito
) -> None:
    before = owed_tenant(local_cell)
    worker = run("worker", 0, stack.ports.metrics)
    eventually(nothing_is_owed)
    plans = {str(plan.pk): str(plan.key) for plan in SyncPlan.objects.all()}

    def reconciled() -> list[dict[str, Any]]:
        """A line is written once the row is settled."""
        found = [line for line in lines_of(worker) if line["event"] == "Reconciled." and line["outcome"] == "done"]
        assert {line["sync_kind"] for line in found} >= {"pool", "tenant"}
        return found

    done = eventually(reconciled)
    assert {(line["tenant"], plans[line["plan"]]) for line in done} == {(before.key, line["sync_key"]) for line in done}

    def told() -> Samples:
        found = scrape(stack.ports.metrics)
        assert total(found, "lifeguard_outbox_rows") == 0
        assert total(found, "lifeguard_reconcile_seconds_count", kind="tenant", outcome="done") >= 1
        assert total(found, "lifeguard_periodic_task_age_seconds", task="identity.sync.sweep") > 0
        return found

    samples = eventually(told)
    assert total(samples, "lifeguard_reconcile_seconds_count", kind="pool", outcome="done") >= 1
    created = total(samples, "lifeguard_cognito_call_seconds_count", operation="CreateUserPool", outcome="ok")
    assert created == cognito.applied("CreateUserPool") == 1
    assert total(samples, "lifeguard_worker_seen_seconds") < 60
    assert total(samples, "lifeguard_source_up") == 2
    names = " ".join(str(key) for key in samples)
    for secret in (before.key, before.slug, before.name, str(before.pk), str(before.pool_id)):
        assert secret not in names, "a tenant is named by a metric"


def test_what_is_owed_is_told_with_its_age(local_cell: Cell) -> None:
    tenant = owed_tenant(local_cell)
    OutboxEntry.objects.filter(kind=SyncKind.TENANT).update(owed_since=Now() - timedelta(minutes=10))
    OutboxEntry.objects.filter(kind=SyncKind.POOL).update(last_error_code="AccessDenied", remedy="Attach the policy.")
    SyncedResource.objects.create(
        scope=SyncKind.POOL, key=tenant.pool_id, family=Family.POOL, name="x", state=ResourceState.DRIFTED
    )
    samples = gauges()
    assert total(samples, "lifeguard_outbox_rows", kind="tenant", state="pending") == 1
    assert 600 <= total(samples, "lifeguard_outbox_oldest_seconds", kind="tenant", state="pending") < 700
    assert total(samples, "lifeguard_outbox_rows", kind="pool", state="blocked") == 1
    assert total(samples, "lifeguard_outbox_rows") == 2
    assert total(samples, "lifeguard_resources_not_in_sync", family="pool", state="drifted") == 1
    assert total(samples, "lifeguard_resources_not_in_sync") == 1


def test_a_change_that_waits_keeps_its_age_when_another_follows(local_cell: Cell) -> None:
    tenant = owed_tenant(local_cell)
    row = OutboxEntry.objects.get(kind=SyncKind.TENANT, key=tenant.pk)
    request_tenant(tenant)
    assert OutboxEntry.objects.get(pk=row.pk).owed_since == row.owed_since
    OutboxEntry.objects.filter(pk=row.pk).update(done_gen=F("wanted_gen"))
    request_tenant(tenant)
    assert OutboxEntry.objects.get(pk=row.pk).owed_since > row.owed_since


def test_what_is_looked_at_too_rarely_shows(local_cell: Cell) -> None:
    """The comparison of the longest ago, but for what fails, and the most belated sweep of users."""
    assert not [name for name, _labels in gauges() if name == "lifeguard_comparison_oldest_seconds"]
    assert total(gauges(), "lifeguard_pull_overdue_seconds") == 0
    tenant, failing = owed_tenant(local_cell), owed_tenant(local_cell)
    rows = OutboxEntry.objects.filter(kind=SyncKind.TENANT)
    rows.filter(key=tenant.pk).update(done_gen=F("wanted_gen"), settled_at=Now() - timedelta(hours=30))
    rows.filter(key=failing.pk).update(settled_at=Now() - timedelta(days=90))
    PullState.objects.create(pool=tenant.pool, next_at=Now() + timedelta(hours=1))
    PullState.objects.create(pool=failing.pool, next_at=Now() - timedelta(hours=2))
    assert total(gauges(), "lifeguard_comparison_oldest_seconds") == pytest.approx(30 * 3600, abs=60)
    assert total(gauges(), "lifeguard_pull_overdue_seconds") == pytest.approx(2 * 3600, abs=60)


def test_without_redis_its_numbers_are_left_out(settings: Settings, transactional_db: None) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    families = {family.name: family for family in Convergence().collect()}
    assert "lifeguard_outbox_rows" in families
    assert not {name for name in families if name.startswith("lifeguard_queue")}
    up = families["lifeguard_source_up"]
    assert {sample.labels["source"]: sample.value for sample in up.samples} == {"postgresql": 1, "redis": 0}


def test_a_port_without_a_folder_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_PORT = 1
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    with pytest.raises(ImproperlyConfigured, match="PROMETHEUS_MULTIPROC_DIR"):
        metrics_listener.start()


def test_a_worker_that_cannot_be_watched_as_asked_ends(stack: Stack, transactional_db: None, tmp_path: Path) -> None:
    environment = on_database(str(connection.settings_dict["NAME"]))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {**environment, **product.counting(tmp_path / "metrics", taken.getsockname()[1])}
        worker = product.worker(Path(sys.executable), environment, stack.ports.redis, tmp_path / "worker.log")
        ended = subprocess.run(
            worker.command, env=dict(worker.environment), capture_output=True, text=True, check=False
        )
    assert ended.returncode == 1
    assert "No metrics: " in ended.stderr
    assert "Address already in use" in ended.stderr


@pytest.mark.parametrize("name", ["METRICS_PORT", "LOG_FORMAT"])
def test_settings_that_are_no_port_and_no_form_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"LIFEGUARD_{name}", "0")
    with pytest.raises(ImproperlyConfigured, match=f"LIFEGUARD_{name}"):
        load()
