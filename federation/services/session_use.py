"""What keeps a session from running out for want of use, besides applications."""

from datetime import timedelta

from django.utils import timezone

from federation.models import BrowserSession


def note_use(session: BrowserSession) -> None:
    """Count the use of a page of ours as activity of the session, once a minute at most."""
    now = timezone.now()
    if session.last_seen_at < now - timedelta(minutes=1):
        BrowserSession.objects.filter(pk=session.pk).update(last_seen_at=now)
