"""What `manage.py demo_setup` finds again."""

import pytest
from django.utils import timezone

from identity.models import EventSecret
from identity.services.events import rotate_event_secret
from local.demo.management.commands.demo_setup import ensure_event_secret
from tenants.actor import system
from tests.factories import CellFactory


@pytest.mark.django_db
def test_the_cells_secret_is_kept_as_long_as_it_counts() -> None:
    cell = CellFactory.create()
    first = ensure_event_secret(cell, "")
    assert ensure_event_secret(cell, first) == first
    # Somebody at the dashboard made another one, and a day went by.
    rotate_event_secret(cell.pk, actor=system("test"))
    assert ensure_event_secret(cell, first) == first
    EventSecret.objects.update(rotated_at=timezone.now() - 2 * EventSecret.OVERLAP)
    second = ensure_event_secret(cell, first)
    assert second != first
    assert second in EventSecret.objects.get(cell=cell).accepted(timezone.now())
