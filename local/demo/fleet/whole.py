"""All of a fleet, in one transaction."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from local.demo.fleet.jobs import write_jobs
from local.demo.fleet.log import write_log, write_operators
from local.demo.fleet.owed import write_owed
from local.demo.fleet.people import write_people
from local.demo.fleet.places import write_places
from local.demo.fleet.plans import write_plans
from local.demo.fleet.shape import FleetShape
from local.demo.fleet.sign_ins import write_sign_ins

Result = TypeVar("Result")


@transaction.atomic
def write_fleet(shape: FleetShape, say: Callable[[str], object]) -> None:
    """Write a fleet into an empty installation, and say what there is and how long each part took.

    Args:
        shape: how large.
        say: is given each line.
    """

    def timed(what: str, work: Callable[[], Result]) -> Result:
        began = time.monotonic()
        result = work()
        say(f"  {what}: {time.monotonic() - began:.1f} s")
        return result

    places = timed("tenants", lambda: write_places(shape))
    operators = write_operators(shape)
    timed("pools and app clients", lambda: write_owed(shape, places))
    users = timed("users", lambda: write_people(shape, places))
    plans = timed("plans", lambda: write_plans(shape, places))
    jobs = timed("bulk changes", lambda: write_jobs(shape, places))
    events = timed("audit log", lambda: write_log(shape, places, operators))
    sign_ins = timed("log of sign-ins", lambda: write_sign_ins(shape, places))
    largest = max(places, key=lambda place: place.users)
    say(
        f"{len(places):,} tenants in {shape.cells} cells, {users:,} users, {plans:,} plans, "
        f"{jobs:,} bulk changes, {events:,} events, {sign_ins:,} sign-ins; "
        f"the largest tenant, {largest.tenant.slug}, has {largest.users:,} users."
    )
