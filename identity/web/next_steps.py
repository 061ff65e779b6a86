"""What a new tenant's first page says is worth doing, to which apps above this one add."""

from collections.abc import Callable
from dataclasses import dataclass

from tenants.models import Tenant


@dataclass(frozen=True)
class Task:
    """Something worth doing in a new tenant."""

    label: str
    detail: str
    url: str
    done: bool


_further: list[Callable[[Tenant], list[Task]]] = []


def use(tasks_of: Callable[[Tenant], list[Task]]) -> None:
    """Have the page say these too; to be called once, at start."""
    _further.append(tasks_of)


def further(tenant: Tenant) -> list[Task]:
    """Return what apps above this one add."""
    return [task for tasks_of in _further for task in tasks_of(tenant)]
