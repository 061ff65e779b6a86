"""Sending the messages that wake workers. None of them matters: what is owed is a row, which the sweep finds too."""

import logging
import time
from datetime import timedelta

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


class _Broker:
    """Whether sending is worth a try: a broker that stands still holds each sender up for its socket's timeout."""

    def __init__(self) -> None:
        self._away_until = 0.0

    def send(
        self,
        task: str,
        *args: str,
        delay: timedelta = timedelta(0),
        expires: int | None = None,
        priority: int | None = None,
    ) -> None:
        """Send a message, unless the broker was away a moment ago.

        Args:
            task: the task's name.
            args: its arguments.
            delay: how long the message waits before a worker takes it.
            expires: seconds after which it is thrown away unread.
            priority: one of kombu's steps; the lower goes first.
        """
        if time.monotonic() < self._away_until:
            return
        countdown = delay.total_seconds() or None
        try:
            current_app.send_task(task, args=args, retry=False, countdown=countdown, expires=expires, priority=priority)
        except (OperationalError, OSError) as error:
            self._away_until = time.monotonic() + settings.SYNC_SWEEP_SECONDS
            logger.warning("The broker is away; the sweep will pick %s up: %s", " ".join((task, *args)), error)


send = _Broker().send
