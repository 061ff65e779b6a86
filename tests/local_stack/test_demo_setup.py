"""What `manage.py demo_setup` finds again."""

import pytest
from django.utils import timezone

from identity.models import EventSecret
from identity.services.events import rotate_event_secret
from local.demo.management.commands.demo_setup import ensure_event_secret, ensure_message_function
from tenants.actor import system
from tests.factories import CellFactory
from tests.support.pool_settings import FUNCTION, OTHER_FUNCTION


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


@pytest.mark.django_db
def test_the_function_that_somebody_named_at_the_dashboard_stays() -> None:
    cell = CellFactory.create()
    ensure_message_function(cell, FUNCTION)
    cell.refresh_from_db()
    assert cell.message_function_arn == FUNCTION
    ensure_message_function(cell, OTHER_FUNCTION)
    cell.refresh_from_db()
    assert cell.message_function_arn == FUNCTION
