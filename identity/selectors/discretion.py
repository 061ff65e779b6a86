"""What a tenant's pages leave unsaid: which pool it shares, whose name and id are the same for all who live in it."""

from django.utils.translation import gettext as _

from tenants.models import Tenant


def discreet(text: str, tenant: Tenant) -> str:
    """Take the identifiers of a shared pool out of a text, such as AWS's own words in an error.

    Args:
        text: what happened, or what to do.
        tenant: who reads it. In a pool of their own nothing is taken out.
    """
    pool = tenant.pool
    if not pool.is_shared:
        return text
    for identifier in filter(None, (pool.cognito_id, pool.name, pool.domain_prefix)):
        text = text.replace(identifier, _("(the user pool)"))
    return text
