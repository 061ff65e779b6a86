"""How long it takes to onboard many tenants at once into shared pools, against what AWS's quotas allow.

Each tenant costs one call, CreateUserPoolClient, of which a pool takes five a second and all pools of an account and
Region together fifteen (Amazon Cognito developer guide, "Quotas in Amazon Cognito"). How many pools there are follows
from how many tenants one has room for. Runs the real stack (`bench.stack`) with AWS's default quotas at real speed; the
tenants are committed by the service that the page calls, one after the other, while two worker processes follow.

    .venv/bin/python -m bench.onboarding [--tenants 500]
"""

import argparse
import sys
import time
import uuid
from typing import TYPE_CHECKING

from bench.cpu import CpuOf
from bench.stack import Servers, product, say_command, servers

if TYPE_CHECKING:
    from tenants.models import Cell

CALLS_EACH = 2


def main() -> int:
    """Onboard and print the figures; the exit code says whether every tenant got its resources within its calls."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=500)
    tenants = parser.parse_args().tenants
    say_command()
    with servers() as found:
        cell = _cell(found)
        _commit(cell, 1)
        with product(found) as processes:
            _wait(found, 1)
            # The first tenant opened the pool; the others share it.
            found.control("DELETE", "calls")
            found.control("DELETE", "quotas")
            cpu = CpuOf(processes)
            began = time.monotonic()
            _commit(cell, tenants)
            committed = time.monotonic() - began
            _wait(found, tenants + 1)
            seconds = time.monotonic() - began
            spent = sum(cpu.spent().values())
        return _report(found, tenants, committed=committed, seconds=seconds, cpu=spent)


def _report(found: Servers, tenants: int, *, committed: float, seconds: float, cpu: float) -> int:
    from identity.models import AppClient

    calls = found.calls().total()
    clients = AppClient.objects.count() - 1
    pools, allowed = _allowed_seconds()
    print(f"tenants    {tenants} committed in {committed:.1f} s; {clients} have their app client, in {pools} pools")
    ratio = f"the quotas allow it in {allowed:.1f} s: ratio {seconds / allowed:.2f}"
    print(f"time       {seconds:.1f} s from the first commit on; {ratio}")
    each = f"{calls / tenants:.2f} a tenant (at most {CALLS_EACH})"
    print(f"calls      {calls}, {each}; {found.throttled()} throttled")
    print(f"CPU        {cpu * 1000 / tenants:.1f} ms a tenant: worker, beat, PostgreSQL and Redis")
    met = clients == tenants and calls <= CALLS_EACH * tenants
    print("every tenant is there" if met else "a target is missed")
    return 0 if met else 1


def _allowed_seconds() -> tuple[int, float]:
    """Return how many pools there are, and the seconds that their app clients need at the full rate of the quotas.

    The pools are filled beside each other: the largest is held by its own limit, and all by the account's. The client
    of the first tenant was there before.
    """
    from django.db.models import Count

    from identity.cognito.categories import Category
    from identity.cognito.quotas import QUOTAS
    from tenants.models import Tenant

    quota = QUOTAS[Category.USER_POOL_CLIENT_UPDATE]
    sizes = [row["size"] for row in Tenant.objects.values("pool").annotate(size=Count("pk")).order_by()]
    assert quota.per_operation_and_pool is not None
    return len(sizes), max(max(sizes) / quota.per_operation_and_pool, (sum(sizes) - 1) / quota.per_second)


def _cell(found: Servers) -> "Cell":
    from tests.factories import CellFactory

    return CellFactory.create(name="bench", endpoint_url=found.addresses.cognito_url)


def _commit(cell: "Cell", tenants: int) -> None:
    from identity.services.onboarding import TenantDraft, onboard_tenant
    from tenants.actor import system
    from tenants.models import PoolKind, Tenant

    first = Tenant.objects.count()
    for number in range(first, first + tenants):
        draft = TenantDraft(
            id=uuid.uuid4(),
            name=f"Tenant {number}",
            slug=f"tenant-{number}",
            cell_id=cell.pk,
            isolation=PoolKind.SHARED,
            admin_email=f"admin@tenant-{number}.example",
        )
        onboard_tenant(draft=draft, actor=system("bench"))


def _wait(found: Servers, tenants: int) -> None:
    """Wait until so many tenants have their app client."""
    from identity.models import AppClient

    while (there := AppClient.objects.count()) < tenants:
        print(f"\r{there} of {tenants}", end="", file=sys.stderr, flush=True)
        time.sleep(0.5)
    print(file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
