"""Directories that several tenants of one pool connect over SAML: for operators, whom tenants may be known to."""

from collections.abc import Iterator

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from config.doctor.finding import Finding, warning
from federation.models import Connection, ConnectionKind
from tenants.models import PoolKind

_SHOWN = 4


def check_directories() -> Iterator[Finding]:
    """Name directories that two tenants of a shared pool connect over SAML; nothing where there is none.

    The pool has one entity id, and a directory takes it for one application (docs/adr/0014).
    """
    rows = Connection.objects.filter(kind=ConnectionKind.SAML, tenant__pool__kind=PoolKind.SHARED)
    twice = (
        rows.annotate(directory=KeyTextTransform("entity_id", "newest__settings"))
        .exclude(directory="")
        .values("tenant__pool_id", "directory")
        .annotate(number=Count("tenant", distinct=True))
        .filter(number__gt=1)
        .order_by("tenant__pool_id", "directory")
    )
    for found in twice:
        same = rows.filter(tenant__pool_id=found["tenant__pool_id"], newest__settings__entity_id=found["directory"])
        names = sorted(set(same.values_list("tenant__name", flat=True)))
        shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
        yield warning(
            f"lg-{found['tenant__pool_id']}: directories",
            f"{found['directory']} is connected over SAML by {shown}, which works only by one application there.",
            "If they want an application each, have all but one use OpenID Connect, or give it a pool of its own. "
            "Neither of them knows of the other.",
        )
