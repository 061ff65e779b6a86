"""Notes when each periodic task last succeeded, so that a beat or a worker which stands still shows."""

from typing import Any

from celery import Task, current_app
from celery.signals import task_success


def connect() -> None:
    """Listen to Celery; called once, where the application is made."""
    task_success.connect(note_success)


def note_success(sender: "Task[..., Any]", **_: Any) -> None:
    """Write down that a task of beat's schedule was carried out."""
    if sender.name not in {entry["task"] for entry in current_app.conf.beat_schedule.values()}:
        return
    from django.db.models.functions import Now  # Django is set up only when tasks run

    from identity.models import PeriodicRun

    PeriodicRun.objects.update_or_create(task=sender.name, defaults={"succeeded_at": Now()})
