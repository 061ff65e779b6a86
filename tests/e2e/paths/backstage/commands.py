"""What can be asked for: functions that take and return what JSON can say."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.e2e.paths.backstage import applications, connections, domains, people, people_elsewhere, tenants

COMMANDS: Mapping[str, Callable[..., Any]] = {
    "tenant": tenants.make,
    "connect": connections.make,
    "connect_saml": connections.make_saml,
    "ask_at_connections": connections.ask,
    "require_nothing": connections.require_nothing,
    "lead_domain": domains.lead,
    "person": people.make,
    "invite": people.invite,
    "demand_new_password": people.demand_new_password,
    "recovery_codes": people.recovery_codes,
    "same_address": people_elsewhere.same_address,
    "second_application": applications.second,
    "application_at": applications.at,
    "native_application": applications.native,
    "program": applications.program,
    "let_request_expire": applications.let_request_expire,
    "suspend": applications.suspend,
    "resume": applications.resume,
}
