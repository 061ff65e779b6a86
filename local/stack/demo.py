"""The whole product on one machine, on data that stays."""

from pathlib import Path

from local.stack.ports import Ports
from local.stack.processes import Supervisor


def start_demo(supervisor: Supervisor, data_dir: Path, ports: Ports) -> None:
    raise NotImplementedError
