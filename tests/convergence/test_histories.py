"""Whatever happens to a fleet and to what it stands on, it converges (`tests.convergence.machine`).

`LIFEGUARD_HISTORIES=500 make test ARGS=tests/convergence` tries as many as the nightly run does.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tenants.models import Cell
from tests.convergence.machine import FleetMachine
from tests.convergence.natives import native_application
from tests.support.cognito import LocalCognito

HISTORIES = int(os.environ.get("LIFEGUARD_HISTORIES", "50"))
STEPS = 14


def test_every_history_converges(cognito: LocalCognito, local_cell: Cell) -> None:
    """Live equals wanted, nothing exists twice, no neighbour was touched, and nothing is stuck."""
    # A Region of its own: how far so many throttled calls cut the rates in it is nobody else's.
    local_cell.region = "eu-north-1"
    local_cell.save(update_fields=["region"])
    FleetMachine.native = native_application()
    FleetMachine.cell, FleetMachine.cognito = local_cell, cognito
    run_state_machine_as_test(
        FleetMachine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            # The same histories each time for the landing of a change; other ones each night.
            derandomize=HISTORIES <= 50,
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
