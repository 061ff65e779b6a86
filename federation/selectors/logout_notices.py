"""How it stands with telling an application of sign-outs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from federation.models import LogoutNotice
from tenants.models import Application

# Of what was given up longer ago nobody needs to be warned.
_WARNED = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """What an operator sees of it.

    Args:
        last_told_at: when the application last took a sign-out; None for never.
        waiting: sign-outs that it did not take yet, and that are tried again.
        given_up: those of the last days that are not tried any more.
        last_error: why the newest of both was not taken, in a word.
    """

    last_told_at: datetime | None
    waiting: int
    given_up: int
    last_error: str


def standing(application: Application) -> Standing:
    """Return how it stands with one application."""
    rows = LogoutNotice.objects.filter(application=application)
    given_up = Q(told_at=None, next_attempt_at=None, owed_at__gt=timezone.now() - _WARNED)
    waiting = Q(next_attempt_at__isnull=False) & ~Q(last_error="")
    found = rows.aggregate(
        told=Max("told_at"), waiting=Count("pk", filter=waiting), given_up=Count("pk", filter=given_up)
    )
    failed = rows.filter(waiting | given_up).order_by("-owed_at").values_list("last_error", flat=True).first()
    return Standing(found["told"], found["waiting"], found["given_up"], failed or "")
