"""Whether somebody whom an identity provider vouches for is a user who is here already. Pure.

An identity provider can say any address, which proves nothing by itself. So whoever was expected and never signed in
comes in as the user that was made for them; and somebody who signs in otherwise is connected only where the tenant's
rule says so, has proved the domain, and nobody could become more by it than they are.
"""

from dataclasses import dataclass

from federation.models import JitMode, Linking
from identity.models import UserStatus
from tenants.permissions import TenantRole

_NEVER_SIGNED_IN = frozenset({UserStatus.CREATED, UserStatus.INVITED})


@dataclass(frozen=True)
class Known:
    """A user of the tenant who has the address.

    Args:
        status: a `UserStatus`.
        role: a `TenantRole`; empty for none.
        is_invited: whether an invitation is open, and nobody is accepting it at this moment.
        is_federated: whether they have no account but that of another connection.
        has_proved_address: whether they have shown that their mail reaches them.
        comes_by_connection: whether somebody comes by this very connection as this user, whom it tells from this one.
    """

    status: str
    role: str = ""
    is_invited: bool = False
    is_federated: bool = False
    has_proved_address: bool = True
    comes_by_connection: bool = False


@dataclass(frozen=True)
class Rule:
    """What the connection and its tenant say.

    Args:
        jit: a `JitMode`.
        linking: a `Linking`.
        gives_roles: whether only whoever may give roles may change the connection.
        domain_is_proved: whether the address is of a domain that the tenant proves now.
    """

    jit: str
    linking: str
    gives_roles: bool = False
    domain_is_proved: bool = False


def refusal(known: Known, rule: Rule) -> str:
    """Return why somebody with this address is not taken for the user, as a code of `failures`; empty if they are."""
    if known.status == UserStatus.DISABLED:
        return "disabled"
    return _of_newcomer(known, rule) if known.status in _NEVER_SIGNED_IN else _of_resident(known, rule)


def refusal_of_linked(role: str, *, gives_roles: bool) -> str:
    """Return why somebody who was connected once is not let in by it any more; empty if they are.

    Whoever got a role since must not be anybody's whom a connection obeys that whoever may not give roles set up.
    """
    return "role_elsewhere" if role and not gives_roles else ""


def _of_newcomer(known: Known, rule: Rule) -> str:
    if known.role == TenantRole.OWNER:
        return "owner_elsewhere"
    if known.role and not rule.gives_roles:
        return "role_elsewhere"
    is_awaited = {
        JitMode.ON: known.is_invited or known.status == UserStatus.CREATED,
        JitMode.INVITED: known.is_invited,
        JitMode.OFF: False,
    }
    return "" if is_awaited[JitMode(rule.jit)] else "not_awaited"


def _of_resident(known: Known, rule: Rule) -> str:
    checks = (
        (rule.linking == Linking.NEVER, "email_taken"),
        (known.role == TenantRole.OWNER, "owner_elsewhere"),
        (bool(known.role) and rule.linking != Linking.TEAM, "role_elsewhere"),
        (known.comes_by_connection, "other_subject"),
        (known.is_federated, "other_connection"),
        (not known.has_proved_address, "address_unproved"),
        (not rule.domain_is_proved, "domain_unproved"),
    )
    return next((code for stands, code in checks if stands), "")
