"""How near the shared rate budget comes to AWS's quota, and whether anybody who signs in feels a bulk import.

Two processes of eight threads each create users through the gate, against a local Cognito that enforces AWS's default
quotas (UserCreation: 50 a second), with the budget in a real Redis. Meanwhile a third process signs in and, harder
still, takes slots of the same category with a sign-in's priority. Afterwards every user is counted.

    .venv/bin/python -m bench.budget [--seconds 60]
"""

import argparse
import multiprocessing
import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from statistics import median, quantiles
from typing import Any

from bench.stack import Servers, bare_servers, say_command
from identity.cognito.budget.budget import RateBudget
from identity.cognito.budget.lanes import lanes
from identity.cognito.budget.limits import limits_of
from identity.cognito.budget.shared import SharedBuckets, connect
from identity.cognito.calls import Call, Outcome, Priority
from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.errors import BudgetSpent, Throttled
from identity.cognito.gate import call
from identity.cognito.hooks import hooks
from identity.cognito.metrics import BUDGET_WAIT_SECONDS

PROCESSES, THREADS, QUOTA = 2, 8, 50
_RESERVATIONS = 2000
PASSWORD = "Correct-Horse-Battery-1"  # noqa: S105  # Of a user who lives as long as this benchmark.


@dataclass(frozen=True)
class Site:
    """Where the servers are, and the pool in which users are made."""

    redis_url: str
    endpoint: CellEndpoint
    pool_id: str = ""
    client_id: str = ""


@dataclass
class Tally:
    """What one process saw: outcomes of its calls, and how long some took."""

    outcomes: Counter[str] = field(default_factory=Counter)
    put_off: int = 0
    cpu_seconds: float = 0.0
    seconds: float = 0.0
    longest_wait: str = ""
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
        """See `hooks.Observer`."""
        self.outcomes[outcome] += 1


def main() -> int:
    """Run all phases and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    say_command()
    with bare_servers() as found:
        site = _prepare(found)
        alone = _in_processes([_sign_in_for], site, min(seconds, 15.0))[0]
        before = found.quota("UserCreation")
        *workers, people = _in_processes([*[_create_for] * PROCESSES, _sign_in_for], site, seconds)
        _print_rate(workers, people, before, found.quota("UserCreation"))
        _print_waits("sign-in, alone", alone)
        _print_waits("sign-in, beside the bulk load", people)
        print(f"        of which the budget: {people.longest_wait} at most")
        created = sum(tally.outcomes[Outcome.OK] for tally in workers) + len(people.milliseconds["same category"])
        created += len(alone.milliseconds["same category"]) + 1
        print(f"users   {created} created, {_count_users(site)} found")
        print(f"asking  {_reservation_milliseconds(site):.3f} ms for a reservation, there and back (wanted below 0.3)")
    return 0


def _print_rate(workers: list[Tally], people: Tally, before: dict[str, int], after: dict[str, int]) -> None:
    allowed, throttled = (after[name] - before[name] for name in ("allowed", "throttled"))
    # Until the last call was answered: slots that were promised before the end are not free.
    seconds = max(tally.seconds for tally in workers)
    rate, share = allowed / seconds, throttled / max(1, allowed) * 100
    cpu = sum(tally.cpu_seconds for tally in workers) / max(1, allowed) * 1000
    put_off, refused = sum(tally.put_off for tally in workers), people.outcomes[Outcome.THROTTLED]
    print(
        f"bulk    {allowed} users in {seconds:.1f} s: {rate:.2f}/s, ratio to the quota {rate / QUOTA:.3f} (wanted 0.97)"
    )
    print(f"        throttled {throttled} ({share:.2f} %, wanted 1 % at most); sign-ins {refused}; put off {put_off}")
    print(f"        {cpu:.2f} ms of CPU a call in the workers, the budget included")


def _print_waits(name: str, tally: Tally) -> None:
    for kind, milliseconds in tally.milliseconds.items():
        cuts = quantiles(milliseconds, n=100)
        print(f"{name:30} {kind:14} {len(milliseconds):4} calls, p50 {cuts[49]:6.1f} ms, p99 {cuts[98]:6.1f} ms")


def _in_processes(jobs: list[Any], site: Site, seconds: float) -> list[Tally]:
    """Run each job in a process of its own, all beginning at one time; return what they saw."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(jobs)), context.Queue()
    processes = [
        context.Process(target=_run, args=(number, job, site, seconds, barrier, answers))
        for number, job in enumerate(jobs)
    ]
    for process in processes:
        process.start()
    found = dict(answers.get() for _ in processes)
    for process in processes:
        process.join()
    return [found[number] for number in range(len(jobs))]


def _run(number: int, job: Any, site: Site, seconds: float, barrier: Any, answers: Any) -> None:
    tally = Tally()
    budget = RateBudget(connect(site.redis_url), lanes(lease_seconds=60))
    hooks.budget = budget
    hooks.observers = [tally, budget]
    # The first call of a process loads botocore's model, which no budget is to blame for.
    _call(site, "DescribeUserPool", {"UserPoolId": site.pool_id})
    tally.outcomes.clear()
    barrier.wait()
    began, cpu = time.monotonic(), time.process_time()
    job(site, tally, began + seconds)
    tally.longest_wait = _longest_wait()
    tally.cpu_seconds, tally.seconds = time.process_time() - cpu, time.monotonic() - began
    answers.put((number, tally))


def _longest_wait() -> str:
    """The bucket of the wait histogram that holds all sign-ins of this process, in words."""
    samples = [sample for metric in BUDGET_WAIT_SECONDS.collect() for sample in metric.samples]
    mine = [sample for sample in samples if sample.labels["priority"] == "sign_in"]
    made = Counter({s.labels["category"]: s.value for s in mine if s.name.endswith("_count")})
    full = [s for s in mine if s.name.endswith("_bucket") and s.value == made[s.labels["category"]]]
    worst = {
        category: min(float(s.labels["le"]) for s in full if s.labels["category"] == category) for category in made
    }
    return ", ".join(f"{category} {seconds * 1000:.0f} ms" for category, seconds in worst.items())


def _create_for(site: Site, tally: Tally, until: float) -> None:
    """Create users with eight threads, as a bulk import does."""

    def work(_: int) -> None:
        while time.monotonic() < until:
            try:
                _create_user(site, Priority.BULK)
            except BudgetSpent as error:
                tally.put_off += 1
                time.sleep(error.retry_after or 0)
            except Throttled:
                continue

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))


def _sign_in_for(site: Site, tally: Tally, until: float) -> None:
    """Sign in four times a second, and take two slots a second from the category that the import saturates."""
    request = {
        "ClientId": site.client_id,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "somebody", "PASSWORD": PASSWORD},
    }
    probes: dict[str, tuple[float, Callable[[], object]]] = {
        "sign-in": (0.25, lambda: _call(site, "InitiateAuth", request, Priority.SIGN_IN)),
        "same category": (0.5, lambda: _create_user(site, Priority.SIGN_IN)),
    }

    def probe(name: str) -> None:
        pause, make_call = probes[name]
        taken = tally.milliseconds.setdefault(name, [])
        while time.monotonic() < until:
            began = time.perf_counter()
            make_call()
            taken.append((time.perf_counter() - began) * 1000)
            time.sleep(pause)

    threads = [threading.Thread(target=probe, args=(name,)) for name in probes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _create_user(site: Site, priority: Priority) -> None:
    request = {"UserPoolId": site.pool_id, "Username": str(uuid.uuid4()), "MessageAction": "SUPPRESS"}
    _call(site, "AdminCreateUser", request, priority)


def _reservation_milliseconds(site: Site) -> float:
    """What one reservation costs whom it does not let wait: the median of many, for the machine has other work too."""
    fast = replace(site.endpoint, region="eu-west-1", raised_quotas=(("UserCreation", 1_000_000),))
    this = Call(fast, Category.USER_CREATION, "AdminCreateUser", "eu-west-1_bench", Priority.SIGN_IN)
    limits = limits_of(fast, this.category, this.operation, this.pool_id)
    shared, lane = SharedBuckets(connect(site.redis_url)), lanes(lease_seconds=60)[this.priority]
    shared.reserve(this, limits, lane, waited=0.0)
    taken = []
    for _ in range(_RESERVATIONS):
        began = time.perf_counter()
        shared.reserve(this, limits, lane, waited=0.0)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def _call(
    site: Site, operation: str, request: dict[str, Any], priority: Priority = Priority.CONFIGURATION
) -> dict[str, Any]:
    return call(site.endpoint, operation, request, priority=priority, pool_id=site.pool_id or None)


def _prepare(found: Servers) -> Site:
    """Make the pool and somebody who signs in; the processes that start later inherit the environment's access key."""
    os.environ.update(found.environment())
    endpoint = CellEndpoint("bench", "us-east-1", endpoint_url=found.addresses.cognito_url)
    site = Site(found.addresses.redis_url, endpoint)
    pool_id = _call(site, "CreateUserPool", {"PoolName": "bench-budget"})["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = {"UserPoolId": pool_id, "ClientName": "bench", "ExplicitAuthFlows": flows}
    client_id = _call(site, "CreateUserPoolClient", client)["UserPoolClient"]["ClientId"]
    site = Site(site.redis_url, site.endpoint, pool_id, client_id)
    somebody = {"UserPoolId": pool_id, "Username": "somebody"}
    _call(site, "AdminCreateUser", {**somebody, "MessageAction": "SUPPRESS"})
    _call(site, "AdminSetUserPassword", {**somebody, "Password": PASSWORD, "Permanent": True})
    return site


def _count_users(site: Site) -> int:
    found = 0
    token: dict[str, str] = {}
    while True:
        page = _call(site, "ListUsers", {"UserPoolId": site.pool_id, "Limit": 60, **token})
        found += len(page["Users"])
        if "PaginationToken" not in page:
            return found
        token = {"PaginationToken": page["PaginationToken"]}
        time.sleep(1 / 30)


if __name__ == "__main__":
    raise SystemExit(main())
