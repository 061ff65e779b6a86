"""Which applications have to be told that somebody was signed out, from when on, and how often that is tried.

A session may end without its row being touched: the user is disabled, the connection goes out of use, the tenant is
suspended. So besides `owe_logouts`, which tells of a sign-out at once, a sweep finds each session that is over. Growing
too old is no sign-out: the application has limits of its own.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from federation.models import ConnectionStatus, LogoutNotice, TokenFamily
from federation.services.waits import begin_wait, count_in_a_row, end_row, take_one_back
from identity.models import UserStatus
from tenants.jitter import jittered
from tenants.models import TenantStatus
from tenants.services.outbox import send_soon

TELL_TASK = "federation.tell_logout"
# After the first attempt, and each one that failed: for an application that is being deployed, or down for some hours.
_DELAYS = [timedelta(seconds=seconds) for seconds in (10, 30, 90, 300, 900, 3600, 4 * 3600)]
# One server that hangs must hold up neither other work nor other applications. The last of kombu's priorities: whatever
# else a worker has to do goes first.
_PRIORITY = 9
_OF_ONE_A_TICK = 10
# A message is given this long before the sweep sends another.
_UNDER_WAY = timedelta(minutes=1)
# After so many attempts in a row of which none succeeded, those under way included, one application gets one in this
# time, until one succeeds.
_KIND, _FREE, _PROBE_SECONDS, _QUIET_SECONDS = "back_channel", 20, 60, 3600


def expect_logout(family: TokenFamily) -> None:
    """Remember that an application gets tokens by a session, if it wants to be told of its end."""
    if family.application.backchannel_logout_uri:
        LogoutNotice.objects.get_or_create(
            sid=family.session_id,
            application_id=family.application_id,
            defaults={"tenant_id": family.tenant_id, "session_id": family.session_id, "subject": family.user_id},
        )


def owe_logouts(sessions: Collection[uuid.UUID]) -> None:
    """Have the applications of sessions told, in the transaction that ends them."""
    _owe(LogoutNotice.objects.filter(session__in=sessions, owed_at=None).values_list("pk", flat=True))


@transaction.atomic
def owe_for_ended(limit: int) -> None:
    """Have the applications of sessions told that are over by now, however they ended.

    Args:
        limit: how many at most; the next sweep finds the others.
    """
    began = F("session__auth_time")
    over = (
        Q(session=None)
        | Q(session__ended_at__isnull=False)
        | ~Q(session__user__status=UserStatus.ACTIVE)
        | Q(session__user__signed_out_at__gte=began)
        | Q(session__connection__isnull=False) & ~Q(session__connection__status=ConnectionStatus.ACTIVE)
        | Q(session__connection__signed_out_at__gte=began)
        | ~Q(tenant__status=TenantStatus.ACTIVE)
    )
    rows = LogoutNotice.objects.select_for_update(skip_locked=True, of=("self",)).filter(over, owed_at=None)
    _owe(rows.values_list("pk", flat=True)[:limit])


def _owe(found: Collection[int]) -> None:
    ids, now = list(found), timezone.now()
    LogoutNotice.objects.filter(pk__in=ids, owed_at=None).update(owed_at=now, next_attempt_at=now)
    transaction.on_commit(lambda: wake(ids))


def wake(ids: Collection[int]) -> None:
    """Have workers tell these, when they have nothing else to do."""
    for notice_id in ids:
        send_soon(TELL_TASK, str(notice_id), priority=_PRIORITY)


def due(limit: int) -> list[int]:
    """Return what is to be told now, the longest waiting first, of each application a few; not what was just sent."""
    now = timezone.now()
    rows = LogoutNotice.objects.filter(Q(attempts__gt=0) | Q(next_attempt_at__lte=now - _UNDER_WAY))
    place = Window(RowNumber(), partition_by="application_id", order_by="next_attempt_at")
    few = rows.filter(next_attempt_at__lte=now).annotate(place=place).filter(place__lte=_OF_ONE_A_TICK)
    return list(few.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def take_attempt(notice_id: int) -> LogoutNotice | None:
    """Take the right to one attempt; None where none is due, or somebody else is at it, or the application is away.

    The next attempt is put down before this one is made, so that one whose worker dies is made up for.
    """
    rows = LogoutNotice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("application")
    notice = rows.filter(pk=notice_id, next_attempt_at__lte=timezone.now()).first()
    if notice is None or _is_away(notice.application_id):
        return None
    delay = _DELAYS[notice.attempts] if notice.attempts < len(_DELAYS) else None
    notice.attempts += 1
    notice.next_attempt_at = timezone.now() + jittered(delay, least=0.9, most=1.1) if delay else None
    notice.save(update_fields=["attempts", "next_attempt_at"])
    return notice


def _is_away(application_id: uuid.UUID) -> bool:
    """Say whether an application is not to be asked, because nothing reached it lately; counts the attempt if it is.

    It is counted before it is made: of many at once that hang, few begin.
    """
    subject = str(application_id)
    failed = count_in_a_row(_KIND, subject, quiet_seconds=_QUIET_SECONDS) > _FREE
    if failed and begin_wait(_KIND, subject, seconds=_PROBE_SECONDS):
        take_one_back(_KIND, subject)
        return True
    return False


def note_told(notice: LogoutNotice) -> None:
    """The application knows, and is there."""
    end_row(_KIND, str(notice.application_id))
    LogoutNotice.objects.filter(pk=notice.pk).update(told_at=timezone.now(), next_attempt_at=None, last_error="")


def note_failed(notice: LogoutNotice, error: str) -> None:
    """The application was not reached, or did not take it. The next attempt, if there is one, is put down already."""
    LogoutNotice.objects.filter(pk=notice.pk).update(last_error=error[:100])
