"""Keeping Cognito's `sub` of users who were just made there."""

import uuid
from collections.abc import Mapping

from django.db import connection, transaction

from identity.models import GroupMember
from tenants.models import SyncKind
from tenants.services.outbox import request_sync

_KEEP = """
UPDATE identity_directoryuser AS person SET cognito_sub = made.subject, missing_since = NULL
FROM unnest(%(keys)s::uuid[], %(subjects)s::text[]) AS made (key, subject)
WHERE person.id = made.key
"""


@transaction.atomic
def keep_subjects(made: Mapping[uuid.UUID, str]) -> None:
    """Keep the subjects of users, by their ids, and let the groups follow that they were put into before."""
    if not made:
        return
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"keys": list(made), "subjects": list(made.values())})
    for tenant_id in GroupMember.objects.filter(user__in=made).order_by().values_list("tenant", flat=True).distinct():
        request_sync(SyncKind.TENANT, tenant_id)
