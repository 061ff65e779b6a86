"""Owing the comparisons with Cognito that nobody asked for: the schedule's, spread so that they disturb nobody."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from tenants.models import OutboxEntry, SyncKind


def owe_comparisons(kinds: Collection[SyncKind], *, older_than: timedelta, limit: int, spread: timedelta) -> int:
    """Owe a comparison of the keys that were settled longest ago, and return of how many.

    Args:
        kinds: what is compared.
        older_than: keys settled more recently are left out.
        limit: how many at most.
        spread: their first attempts are spread evenly over this time, so that they do not come all at once.
    """
    stale = OutboxEntry.objects.filter(
        kind__in=kinds, done_gen=F("wanted_gen"), settled_at__lt=Now() - older_than, lease_token__isnull=True
    ).order_by("settled_at")
    with transaction.atomic():
        chosen = list(stale.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        for place, pk in enumerate(chosen):
            OutboxEntry.objects.filter(pk=pk).update(
                wanted_gen=F("wanted_gen") + 1,
                scheduled=True,
                asker_kind="",
                asker_label="",
                request_id="",
                attempts=0,
                next_attempt_at=Now() + spread * place / limit,
            )
    return len(chosen)
