"""The scheduled task of the pull."""

from celery import shared_task

from identity.pull import schedule


@shared_task(name="identity.pull.plan")
def plan() -> None:
    """Ask for the sweeps that are due; the outbox's own sweep sees to it that they are made."""
    schedule.plan()
