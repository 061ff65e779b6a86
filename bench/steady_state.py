"""What a fleet costs in calls while nothing changes, against AWS's default quotas.

Onboards tenants of both isolations on the real stack (`bench.stack`), lets the schedule compare them with Cognito once,
and counts the calls. From these it states what a fleet of 10,000 tenants needs per day, by quota category.

    .venv/bin/python -m bench.steady_state [--tenants 20] [--fleet 10000] [--per-pool 800]
"""

import argparse
import math
from collections import Counter
from typing import TYPE_CHECKING

from bench.stack import Servers, say_command, servers

if TYPE_CHECKING:
    from tenants.models import PoolKind, Tenant

MOST_READS, SECONDS_A_DAY = 8, 86_400


def main() -> int:
    """Compare and print the figures; the exit code says whether the promises were kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=20, help="of each isolation")
    parser.add_argument("--fleet", type=int, default=10_000)
    parser.add_argument("--per-pool", type=int, default=800, help="tenants in a shared pool of the fleet")
    asked = parser.parse_args()
    say_command()
    with servers() as found:
        found.control("POST", "quotas", {"scale": 0})
        dedicated = _compared(found, "dedicated", asked.tenants)
        shared = _compared(found, "shared", asked.tenants)
    alone = Counter({name: count / asked.tenants for name, count in dedicated.items()})
    # A shared pool is compared once for all of its tenants.
    of_pool = Counter({name: count for name, count in shared.items() if name != "DescribeUserPoolClient"})
    reads = sum(alone.values())
    print(f"dedicated  {reads:.2f} reads a tenant (at most {MOST_READS}): {_shown(alone)}")
    print(f"shared     1 read a tenant, and {sum(of_pool.values())} a pool: {_shown(of_pool)}")
    writes = [name for name in dedicated | shared if not name.startswith(("Describe", "Get", "List"))]
    print(f"writes     {len(writes)}")
    _state("all dedicated", Counter({name: count * asked.fleet for name, count in alone.items()}))
    pools = math.ceil(asked.fleet / asked.per_pool)
    mixed = Counter({name: count * pools for name, count in of_pool.items()})
    _state(f"all shared, {asked.per_pool} a pool", mixed + Counter({"DescribeUserPoolClient": asked.fleet}))
    met = reads <= MOST_READS and not writes and shared["DescribeUserPoolClient"] == asked.tenants
    print("the promises are kept" if met else "a promise is broken")
    return 0 if met else 1


def _state(what: str, calls: Counter[str]) -> None:
    """Print what one comparison a day of a whole fleet takes of each quota."""
    from identity.cognito.categories import category_of
    from identity.cognito.quotas import QUOTAS

    needed: Counter[str] = Counter()
    for operation, count in calls.items():
        needed[category_of(operation)] += count
    print(f"a day of {what}:")
    for category, count in sorted(needed.items()):
        allowed = next(quota for name, quota in QUOTAS.items() if name == category).per_second
        share = count / (allowed * SECONDS_A_DAY)
        seconds = count / allowed
        print(f"  {category:22} {count:10,.0f} calls, {seconds:8,.0f} s at {allowed}/s: {share:.2%} of the day's quota")


def _compared(found: Servers, isolation: str, tenants: int) -> Counter[str]:
    """Onboard tenants, let the schedule compare them, and return the calls of that alone."""
    from identity.sync import engine
    from identity.sync.schedule import schedule_comparisons
    from tenants.models import OutboxEntry, PoolKind, SyncKind
    from tests.support.sync import make_due

    OutboxEntry.objects.all().delete()
    made = _onboard(found, PoolKind(isolation), tenants)
    pools = {tenant.pool_id for tenant in made}
    OutboxEntry.objects.update(settled_at="2020-01-01T00:00:00Z")
    while schedule_comparisons():
        pass
    make_due()
    found.control("DELETE", "calls")
    for entry in OutboxEntry.objects.all():
        engine.run(SyncKind(entry.kind), entry.key)
    left = [str(entry) for entry in OutboxEntry.objects.all() if entry.is_owed]
    assert not left, left
    assert len(pools) == (tenants if isolation == "dedicated" else 1)
    return found.calls()


def _onboard(found: Servers, kind: "PoolKind", tenants: int) -> "list[Tenant]":
    from tenants.models import Cell, PoolKind
    from tests.factories import CellFactory, TenantFactory, UserPoolFactory
    from tests.support.sync import request_tenant, run_tenant

    cell = Cell.objects.first() or CellFactory.create(name="bench", endpoint_url=found.addresses.cognito_url)
    shared = UserPoolFactory.create(cell=cell, kind=kind) if kind is PoolKind.SHARED else None
    made = []
    for _ in range(tenants):
        tenant = TenantFactory.create(pool=shared or UserPoolFactory.create(cell=cell, kind=kind))
        request_tenant(tenant)
        run_tenant(tenant)
        made.append(tenant)
    return made


def _shown(calls: Counter[str]) -> str:
    return ", ".join(f"{name} {count:g}" for name, count in sorted(calls.items()))


if __name__ == "__main__":
    raise SystemExit(main())
