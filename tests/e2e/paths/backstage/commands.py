"""What can be asked for: functions that take and return what JSON can say."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.e2e.paths.backstage import people, tenants

COMMANDS: Mapping[str, Callable[..., Any]] = {
    "tenant": tenants.make,
    "person": people.make,
    "invite": people.invite,
    "recovery_codes": people.recovery_codes,
}
