"""Reads of the directory, each scoped to a tenant."""

from identity.selectors.audit import AuditFilter, audit_events, events_about
from identity.selectors.discretion import discreet
from identity.selectors.sync import SyncView, reconcile_state, reconcile_states
from identity.selectors.users import (
    USER_ORDERS,
    UserCounts,
    UserFilter,
    count_users,
    find_users,
    get_user,
    latest_invitation,
    list_team,
    ordered_users,
)

__all__ = [
    "USER_ORDERS",
    "AuditFilter",
    "SyncView",
    "UserCounts",
    "UserFilter",
    "audit_events",
    "count_users",
    "discreet",
    "events_about",
    "find_users",
    "get_user",
    "latest_invitation",
    "list_team",
    "ordered_users",
    "reconcile_state",
    "reconcile_states",
]
