"""When each pool is swept: spread over the interval, and never so many at once that they use a cell's quota up.

ListUsers allows 30 calls a second in an account and Region (Amazon Cognito developer guide, "Quotas"), for everything.
"""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from identity.models import PullState
from tenants.jitter import jittered
from tenants.models import OutboxEntry, SyncKind, UserPool
from tenants.services.outbox import request_sync

# A worker lists about as fast as a third of the quota allows; the rest is for lookups and reconciles.
AT_ONCE = 2


def plan() -> int:
    """Ask for the sweeps that are due and return how many: what is still owed is not asked for again."""
    _begin_to_watch()
    owed = OutboxEntry.objects.filter(kind=SyncKind.PULL, done_gen__lt=F("wanted_gen"))
    # Blocked ones try again by themselves, and do nothing in between.
    busy = Counter(
        UserPool.objects.filter(pk__in=owed.filter(remedy="").values("key")).values_list("cell_id", flat=True)
    )
    pools = UserPool.objects.exclude(cognito_id="").exclude(pk__in=owed.values("key"))
    due = PullState.objects.filter(next_at__lte=Now(), pool__in=pools)
    asked = 0
    for pool_id, cell_id in due.order_by("next_at").values_list("pool_id", "pool__cell_id"):
        if busy[cell_id] < AT_ONCE:
            busy[cell_id] += 1
            asked += 1
            with transaction.atomic():
                request_sync(SyncKind.PULL, pool_id, scheduled=True)
    return asked


def _begin_to_watch() -> None:
    """Give pools that are new a first time, anywhere in the second half of the interval: they are empty as yet."""
    interval = timedelta(seconds=settings.PULL_INTERVAL_SECONDS)
    unwatched = UserPool.objects.filter(~Q(cognito_id=""), ~Q(pk__in=PullState.objects.values("pk")))
    for pool in unwatched:
        first = Now() + jittered(interval, least=0.5, most=1)
        PullState.objects.get_or_create(pool=pool, defaults={"next_at": first})
