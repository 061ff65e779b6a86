"""What a load balancer is told: alive whatever else happens; ready with database, Redis and a worker seen lately."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from identity.models import WorkerHeartbeat
from local.stack import product
from local.stack.ports import Ports
from tests.support.processes import LiveProcess, on_database

NOWHERE = "127.0.0.1:9"  # The discard port: nothing listens.

Serve = Callable[..., str]


@pytest.fixture
def serve(transactional_db: None, tmp_path: Path) -> Iterator[Serve]:
    """Run the dashboard as a process on the test's database, with parts of its environment replaced."""
    running: list[LiveProcess] = []

    def start(**changed: str) -> str:
        environment = {**on_database(str(connection.settings_dict["NAME"])), **changed}
        port = Ports.unused().dashboard
        log = tmp_path / "dashboard.log"
        site = LiveProcess(lambda: product.web("dashboard", Path(sys.executable), environment, port, log))
        site.start()
        running.append(site)
        return f"http://localhost:{port}"

    yield start
    for site in running:
        site.stop()


def heartbeat(ago: timedelta) -> None:
    """Let a worker have been seen that long ago."""
    WorkerHeartbeat.objects.create(worker="w", seen_at=timezone.now() - ago)


def readiness(base: str) -> tuple[int, dict[str, bool]]:
    """Ask, after checking that the process is alive in any case."""
    assert httpx.get(f"{base}/healthz", timeout=60).json() == {"status": "ok"}
    answer = httpx.get(f"{base}/readyz", timeout=60)
    assert answer.headers["Cache-Control"] == "no-store, private"
    return answer.status_code, answer.json()["checks"]


def test_ready_with_all_three(serve: Serve) -> None:
    base = serve()
    heartbeat(timedelta(seconds=5))
    assert readiness(base) == (200, {"database": True, "redis": True, "worker": True})


def test_not_ready_when_no_worker_was_seen_lately(serve: Serve) -> None:
    heartbeat(timedelta(minutes=5))
    assert readiness(serve()) == (503, {"database": True, "redis": True, "worker": False})


def test_not_ready_without_redis(serve: Serve) -> None:
    base = serve(LIFEGUARD_REDIS_URL=f"redis://{NOWHERE}/0")
    heartbeat(timedelta(seconds=5))
    assert readiness(base) == (503, {"database": True, "redis": False, "worker": True})


def test_not_ready_without_the_database(serve: Serve) -> None:
    base = serve(LIFEGUARD_DATABASE_URL=f"postgresql://postgres@{NOWHERE}/lifeguard")
    assert readiness(base) == (503, {"database": False, "redis": True, "worker": False})
