"""Counting in PostgreSQL while Redis does not answer."""

from django.db import models


class Counter(models.Model):
    """How often something happened within a window of time (`federation.services.counters`).

    What is counted is only hashed: addresses of people and of their computers.
    """

    key = models.CharField(max_length=150, primary_key=True)
    count = models.PositiveIntegerField(default=0, db_default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
