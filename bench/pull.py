"""What reading a pool's users back costs: calls to Cognito, statements, processor time; and what a fleet needs a day.

Runs PostgreSQL, Redis and a local Cognito that enforces AWS's default quotas (UserList: 30 a second), makes users in a
shared pool and in the directory, and sweeps the pool four times: when nobody was seen before, when nothing changed,
when one in a hundred was changed past us, and when nothing changed again.

    .venv/bin/python -m bench.pull [--users 10000]
"""

import argparse
import math
import secrets
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3

from bench.stack import Servers, say_command, servers

if TYPE_CHECKING:
    from identity.models import DirectoryUser
    from tenants.models import Tenant
    from tests.support.cognito import LocalCognito

PAGE, THREADS, CHANGED = 60, 4, 100
_WRITES = ('UPDATE "identity_directoryuser"', 'INSERT INTO "identity_directoryuser"')
# Of a large fleet: its users in shared pools of some hundred tenants each.
FLEET_USERS, FLEET_POOLS, SWEEPS_A_DAY, USER_LIST = 1_000_000, 100, 4, 30


def main() -> int:
    """Sweep and print the figures; the exit code is 1 where one is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=10_000)
    users = parser.parse_args().users
    say_command()
    with servers() as found:
        tenant = _set_up(found)
        began = time.monotonic()
        people = _make(tenant, users)
        print(f"{users} users made in {time.monotonic() - began:.0f} s", flush=True)
        met = _measure(tenant, people, found)
    day = SWEEPS_A_DAY * (FLEET_USERS / PAGE + FLEET_POOLS)
    share = day / (USER_LIST * 24 * 3600)
    print(
        f"{FLEET_USERS} users of 10,000 tenants in {FLEET_POOLS} pools, every 6 hours: {day:,.0f} calls a day, "
        f"{share:.1%} of one cell's UserList quota"
    )
    return 0 if met else 1


def _measure(tenant: "Tenant", people: list["DirectoryUser"], found: Servers) -> bool:
    from tests.support.cognito import LocalCognito

    control = LocalCognito(found.addresses.cognito_url)
    control.scale_quotas(1)
    pages = math.ceil(len(people) / PAGE)
    first = _sweep("first look", tenant, control)
    steady = _sweep("nothing changed", tenant, control)
    _change(tenant, people[::CHANGED])
    some = _sweep(f"1 in {CHANGED} changed", tenant, control)
    again = _sweep("nothing changed", tenant, control)
    one_each = all(calls == {"ListUsers": pages} for calls, _ in (first, steady, some, again))
    nothing = not steady[1]["user"] and not again[1]["user"]
    print(f"{pages} ListUsers calls and no other: {one_each}; no statement that writes a user: {nothing}")
    return one_each and nothing


def _sweep(what: str, tenant: "Tenant", control: "LocalCognito") -> tuple[Counter[str], Counter[str]]:
    """Sweep once, print what it cost, and return the calls by operation and the statements by kind."""
    from django.db import connection

    from tests.support.pull import sweep

    statements: Counter[str] = Counter()

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements["all"] += 1
        statements["user"] += sql.startswith(_WRITES)
        return execute(sql, params, many, context)

    control.forget_calls()
    began, cpu = time.monotonic(), time.process_time()
    with connection.execute_wrapper(count):
        state = sweep(tenant.pool)
    seconds, spent = time.monotonic() - began, time.process_time() - cpu
    calls = Counter(control.operations())
    print(
        f"{what:18} {state.finished_users} users, {sum(calls.values())} calls, {statements['all']} statements "
        f"({statements['user']} write users, {state.finished_changed} users changed), {seconds:.1f} s, "
        f"CPU {spent * 1e6 / state.finished_users:.0f} µs a user",
        flush=True,
    )
    return calls, statements


def _set_up(found: Servers) -> "Tenant":
    """Make a tenant in a shared pool, in sync."""
    from tenants.models import PoolKind
    from tests.factories import CellFactory, TenantFactory, UserPoolFactory
    from tests.support.sync import resync

    cell = CellFactory.create(name="bench", endpoint_url=found.addresses.cognito_url)
    tenant = TenantFactory.create(pool=UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED))
    resync(tenant)
    tenant.pool.refresh_from_db()
    return tenant


def _make(tenant: "Tenant", number: int) -> list["DirectoryUser"]:
    """Users in Cognito, by the bare SDK and without quotas, and their rows."""
    from identity.models import DirectoryUser, UserStatus
    from tests.support.cognito import LocalCognito

    LocalCognito(tenant.pool.cell.endpoint_url).scale_quotas(0)
    client = boto3.client("cognito-idp", region_name="us-east-1", endpoint_url=tenant.pool.cell.endpoint_url)
    people = [
        DirectoryUser(tenant=tenant, email=f"person-{each}@bench.example", status=UserStatus.ACTIVE)
        for each in range(number)
    ]

    def create(person: DirectoryUser) -> None:
        answer = client.admin_create_user(
            UserPoolId=tenant.pool.cognito_id,
            Username=person.username,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": person.email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
        person.cognito_sub = next(item["Value"] for item in answer["User"]["Attributes"] if item["Name"] == "sub")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(create, people))
    return DirectoryUser.objects.bulk_create(people, batch_size=1000)


def _change(tenant: "Tenant", people: list["DirectoryUser"]) -> None:
    """Change users past us, in what is Cognito's own: they get a password, which nobody will know."""
    client = boto3.client("cognito-idp", region_name="us-east-1", endpoint_url=tenant.pool.cell.endpoint_url)
    for person in people:
        client.admin_set_user_password(
            UserPoolId=tenant.pool.cognito_id,
            Username=person.username,
            Password=f"Aa1-{secrets.token_urlsafe(16)}",
            Permanent=True,
        )


if __name__ == "__main__":
    raise SystemExit(main())
