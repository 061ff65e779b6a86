"""Redis holds nothing that matters: emptied, or killed and started again without its data, it costs a moment."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from redis import Redis

from local.stack import product, servers
from local.stack.ports import Ports
from tenants.models import PoolKind
from tests.support.cognito import LocalCognito
from tests.support.processes import LiveProcess, on_database
from tests.support.stack_plugin import LOCAL_PYTHON, Stack
from tests.support.sync import Onboard, assert_exactly_one_of_each, nothing_is_owed
from tests.support.waiting import eventually


@dataclass(frozen=True)
class OwnBroker:
    """A Redis for one test, a worker and beat on it. What this process sends goes elsewhere: it is lost."""

    url: str
    redis: LiveProcess
    worker: LiveProcess
    beat: LiveProcess

    def start(self) -> None:
        """Start all three."""
        for process in (self.redis, self.worker, self.beat):
            process.start()


@pytest.fixture
def own_broker(
    stack: Stack, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OwnBroker]:
    """Not started yet; killed after the test."""
    # Where the machine has no Redis of its own, the local stack's virtual environment has one.
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{LOCAL_PYTHON.parent}")
    port = Ports.unused().redis
    url = f"redis://127.0.0.1:{port}/0"
    environment = {**on_database(str(connection.settings_dict["NAME"])), "LIFEGUARD_REDIS_URL": url}
    python = Path(sys.executable)
    broker = OwnBroker(
        url,
        redis=LiveProcess(lambda: servers.redis(tmp_path, port, tmp_path / "redis.log", durable=False)),
        worker=LiveProcess(lambda: product.worker(python, environment, port, tmp_path / "worker.log")),
        beat=LiveProcess(lambda: product.beat(python, environment, tmp_path / "beat.log", tmp_path)),
    )
    yield broker
    for process in (broker.beat, broker.worker, broker.redis):
        process.kill()


def test_every_wake_up_is_lost(cognito: LocalCognito, onboard: Onboard, own_broker: OwnBroker) -> None:
    """The sweep finds what is owed in PostgreSQL."""
    own_broker.start()
    tenant = onboard(PoolKind.DEDICATED)
    eventually(nothing_is_owed)
    assert_exactly_one_of_each(tenant)


@pytest.mark.parametrize("kind", list(PoolKind))
def test_redis_is_killed_and_comes_back_empty(
    cognito: LocalCognito, onboard: Onboard, own_broker: OwnBroker, kind: PoolKind
) -> None:
    """In the middle of onboarding; the same worker and the same beat carry on, also for a tenant that comes later."""
    own_broker.start()
    cognito.fault("CreateUserPool", "hold_after")
    tenant = onboard(kind)
    eventually(cognito.is_holding)
    own_broker.redis.kill()
    cognito.clear_faults()
    own_broker.redis.start()
    later = onboard(kind)
    eventually(nothing_is_owed, timeout=60)
    for each in (tenant, later):
        assert_exactly_one_of_each(each)


def test_redis_is_emptied(cognito: LocalCognito, onboard: Onboard, own_broker: OwnBroker) -> None:
    """Queues, and kombu's own books about them."""
    own_broker.start()
    cognito.fault("CreateUserPool", "hold_after")
    tenant = onboard(PoolKind.SHARED)
    eventually(cognito.is_holding)
    with Redis.from_url(own_broker.url) as redis:
        redis.flushall()
    cognito.clear_faults()
    eventually(nothing_is_owed)
    assert_exactly_one_of_each(tenant)
