"""What a tenant's pages leave unsaid.

Which pool it shares, whose name and id are the same for all who live in it; and what else the operator has in AWS.
"""

import re

from django.utils.translation import gettext as _

from tenants.models import Tenant

# An ARN holds the operator's account, and names a role, a function or a key of theirs.
_ARN = re.compile(r"arn:aws[^\s\"',;)\]}]+")


def discreet(text: str, tenant: Tenant) -> str:
    """Take the operator's resources and the identifiers of a shared pool out of a text, such as AWS's own words.

    Args:
        text: what happened, or what to do.
        tenant: who reads it. A pool of their own is named.
    """
    text = _ARN.sub(_("(an AWS resource)"), text)
    pool = tenant.pool
    if not pool.is_shared:
        return text
    for identifier in filter(None, (pool.cognito_id, pool.name, pool.domain_prefix)):
        text = text.replace(identifier, _("(the user pool)"))
    return text
