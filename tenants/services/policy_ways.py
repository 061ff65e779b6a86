"""What a policy lets a sign-in begin with, held against the pool before it is saved."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed
from tenants.first_factors import policy_obstacle, pool_obstacle
from tenants.models import Tenant, UserPool
from tenants.pool_options import FirstFactor
from tenants.ways_in import place_of


def require_ways(tenant: Tenant, ways: Sequence[str], *, before: Sequence[str], mfa: str, field: str) -> None:
    """Refuse ways in that the pool cannot have, or that do not go with the second factor.

    One that was allowed before may stay, whatever the provider has switched off since: it is only not offered. The pool
    is held, so that its settings do not change meanwhile.

    Args:
        tenant: whose policy it is.
        ways: what is wanted.
        before: what was allowed until now.
        mfa: the second factor that is wanted, one of `MfaPolicy`.
        field: beside which the fault is shown.

    Raises:
        ValidationFailed: says what is in the way.
    """
    tenant.pool = UserPool.objects.select_for_update().get(pk=tenant.pool_id)
    place = place_of(tenant)
    for way in ways:
        if way not in FirstFactor.values:
            message = _("There is no way in %(name)s.") % {"name": way}
        else:
            added = "" if way in before else pool_obstacle(way, place)
            message = added or policy_obstacle(way, mfa, place)
        if message:
            raise ValidationFailed(message, fields={field: message})
