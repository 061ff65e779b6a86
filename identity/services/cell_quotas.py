"""What AWS granted a cell beyond its defaults."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from identity.cognito.categories import Category
from identity.cognito.quotas import ADJUSTABLE, QUOTAS
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound, ValidationFailed
from tenants.models import Cell
from tenants.services import audit

ADJUSTABLE_RATES: Mapping[str, int] = {str(category): QUOTAS[category].per_second for category in ADJUSTABLE}
"""The request rates that AWS raises, by category, with what it grants everybody per second."""

# Beyond any figure that AWS is known to have granted: what is entered above it is a slip of the finger.
HIGHEST_RATE = 10_000
# Cognito developer guide, "Quotas in Amazon Cognito", resource quotas: user pools per Region, default and maximum.
USER_POOLS_DEFAULT, USER_POOLS_HIGHEST = 1_000, 10_000


@dataclass(frozen=True, kw_only=True)
class CellQuotas:
    """What AWS granted in a cell's account and Region.

    Args:
        rates: requests per second by category, only those that were raised.
        user_pools: how many user pools there may be.
    """

    rates: Mapping[str, int]
    user_pools: int = USER_POOLS_DEFAULT


@transaction.atomic
def set_cell_quotas(cell_id: uuid.UUID, wanted: CellQuotas, *, actor: Actor) -> Cell:
    """Keep what AWS granted, which every process keeps to from its next call on. Cells of one account share quotas.

    Raises:
        NotFound: no such cell.
        ValidationFailed: names every figure that cannot be, by category or `user_pools`.
    """
    cell = Cell.objects.select_for_update().filter(pk=cell_id).first()
    if cell is None:
        raise NotFound
    faults = quota_faults(wanted)
    if faults:
        raise ValidationFailed(_("The quotas cannot be like this."), fields=faults)
    before = _facts(cell)
    cell.raised_quotas = {name: rate for name, rate in wanted.rates.items() if rate > ADJUSTABLE_RATES[name]}
    cell.user_pool_quota = wanted.user_pools
    after = _facts(cell)
    if after != before:
        cell.save(update_fields=["raised_quotas", "user_pool_quota"])
        audit.record(Action.CELL_QUOTAS_SET, actor=actor, target=cell, before=before, after=after)
    return cell


def quota_faults(wanted: CellQuotas) -> dict[str, str]:
    """Return what is wrong with figures, by category or `user_pools`; empty when nothing is."""
    faults = {name: _fault_of_rate(name, rate) for name, rate in wanted.rates.items()}
    if not USER_POOLS_DEFAULT <= wanted.user_pools <= USER_POOLS_HIGHEST:
        faults["user_pools"] = _between(USER_POOLS_DEFAULT, USER_POOLS_HIGHEST)
    return {name: fault for name, fault in faults.items() if fault}


def _fault_of_rate(name: str, rate: int) -> str:
    if name not in ADJUSTABLE_RATES:
        known = name in set(Category)
        return _("AWS does not raise this quota.") if known else _("Cognito has no such quota.")
    if not ADJUSTABLE_RATES[name] <= rate <= HIGHEST_RATE:
        return _between(ADJUSTABLE_RATES[name], HIGHEST_RATE)
    return ""


def _between(lowest: int, highest: int) -> str:
    words = _("Enter %(lowest)d, which AWS grants everybody, to %(highest)d; leave it empty if it was never raised.")
    return words % {"lowest": lowest, "highest": highest}


def _facts(cell: Cell) -> dict[str, object]:
    return {"raised_quotas": dict(cell.raised_quotas), "user_pool_quota": cell.user_pool_quota}
