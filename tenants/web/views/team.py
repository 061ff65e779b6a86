"""The operator's own staff, and what their roles allow."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from tenants import selectors
from tenants.http import Request
from tenants.models import Account
from tenants.permissions import OPERATOR_PERMISSIONS, SUPPORT_PERMISSIONS, OperatorRole, Permission
from tenants.web.access import fleet_view


@dataclass(frozen=True)
class Member:
    """One operator and their second factors."""

    account: Account
    has_totp: bool
    passkeys: int


@dataclass(frozen=True)
class RoleColumn:
    """One role, and for each permission of the table whether it has it."""

    label: str | Promise
    fleet: frozenset[Permission]
    inside: frozenset[Permission]


@require_safe
@fleet_view(Permission.FLEET_TEAM_READ)
def team_list(request: Request) -> HttpResponse:
    """List operators with their factors, and the table of roles that the checks themselves read."""
    roles = [RoleColumn(role.label, OPERATOR_PERMISSIONS[role], SUPPORT_PERMISSIONS[role]) for role in OperatorRole]
    fleet = sorted(frozenset().union(*OPERATOR_PERMISSIONS.values()))
    inside = sorted(frozenset().union(*SUPPORT_PERMISSIONS.values()))
    context = {
        "members": _members(),
        "roles": roles,
        "fleet_rows": [(permission, [permission in role.fleet for role in roles]) for permission in fleet],
        "inside_rows": [(permission, [permission in role.inside for role in roles]) for permission in inside],
    }
    return render(request, "fleet/team.html", context)


def _members() -> list[Member]:
    accounts = list(selectors.list_operators())
    factors = list(
        Authenticator.objects.filter(user__in=accounts, type__in=["totp", "webauthn"]).values_list("user_id", "type")
    )
    return [
        Member(account, (account.pk, "totp") in factors, factors.count((account.pk, "webauthn")))
        for account in accounts
    ]
