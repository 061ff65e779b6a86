"""Everybody who tries the pages of the dashboard, and what permissions.py says that they should meet."""

from collections.abc import Callable
from dataclasses import dataclass

from identity.models import DirectoryUser
from tenants.models import Account
from tenants.permissions import (
    OPERATOR_PERMISSIONS,
    SUPPORT_PERMISSIONS,
    TENANT_PERMISSIONS,
    OperatorRole,
    Permission,
    TenantRole,
)
from tests.factories import Cast, TenantCast

# The page itself: shown, its form refused for what was sent, or in want of Cognito, which has none of these tenants.
OPEN = "open"
SIGN_IN, REASON, FORBIDDEN, NOTHING = "sent to sign in", "asked for the reason", "forbidden", "nothing there"


@dataclass(frozen=True)
class Person:
    """Somebody who tries: how to find their account, and what they should meet."""

    label: str
    account: Callable[[Cast], Account | None]
    fleet: Callable[[Permission], str]
    acme: Callable[[Permission], str]
    visits_acme: bool = False

    def __str__(self) -> str:
        return self.label


def always(outcome: str) -> Callable[[Permission], str]:
    return lambda permission: outcome


def open_with(permissions: frozenset[Permission]) -> Callable[[Permission], str]:
    return lambda permission: OPEN if permission in permissions else FORBIDDEN


def member(pick: Callable[[Cast], DirectoryUser]) -> Callable[[Cast], Account]:
    return lambda cast: TenantCast.account_of(pick(cast))


def operator_of(role: OperatorRole, account: Callable[[Cast], Account]) -> list[Person]:
    fleet = open_with(OPERATOR_PERMISSIONS[role])
    outside = Person(f"operator {role}", account, fleet, always(REASON))
    inside = Person(f"operator {role} on a visit", account, fleet, open_with(SUPPORT_PERMISSIONS[role]), True)
    return [outside, inside]


PEOPLE = [
    Person("nobody", lambda cast: None, always(SIGN_IN), always(SIGN_IN)),
    *operator_of(OperatorRole.OWNER, lambda cast: cast.operator),
    *operator_of(OperatorRole.SUPPORT, lambda cast: cast.support),
    *operator_of(OperatorRole.AUDITOR, lambda cast: cast.operator_auditor),
    Person(
        "acme owner",
        member(lambda cast: cast.acme.owner),
        always(NOTHING),
        open_with(TENANT_PERMISSIONS[TenantRole.OWNER]),
    ),
    Person(
        "acme admin",
        member(lambda cast: cast.acme.admin),
        always(NOTHING),
        open_with(TENANT_PERMISSIONS[TenantRole.ADMIN]),
    ),
    Person(
        "acme auditor",
        member(lambda cast: cast.acme.auditor),
        always(NOTHING),
        open_with(TENANT_PERMISSIONS[TenantRole.AUDITOR]),
    ),
    Person("acme user without a role", member(lambda cast: cast.acme.outsider), always(SIGN_IN), always(SIGN_IN)),
    Person("globex owner", member(lambda cast: cast.globex.owner), always(NOTHING), always(NOTHING)),
]
