"""When each periodic task last succeeded: whether beat and the workers together still do what is due."""

from django.db import models


class PeriodicRun(models.Model):
    """One periodic task, by its Celery name."""

    task = models.CharField(max_length=128, primary_key=True)
    succeeded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.task} at {self.succeeded_at}"
