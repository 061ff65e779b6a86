"""Remembering on the cell what its endpoint does not offer."""

from django.db import transaction
from django.utils import timezone

from identity.cognito.endpoint import CellEndpoint
from identity.cognito.hooks import ProcessCapabilities
from tenants.models import Cell


class CellCapabilities(ProcessCapabilities):
    """Writes each discovery on the cell, for pages to show.

    Each process finds out for itself, with one call an operation: so an endpoint that learned something is asked again
    after a restart, and a row that is out of date keeps nobody from anything.
    """

    def record_unsupported(self, endpoint: CellEndpoint, operation: str) -> None:
        """See `identity.cognito.hooks.CapabilityRecorder`."""
        super().record_unsupported(endpoint, operation)
        with transaction.atomic():
            cell = Cell.objects.select_for_update().filter(name=endpoint.name).first()
            if cell is None or operation in cell.unsupported_operations:
                return
            cell.unsupported_operations[operation] = timezone.now().isoformat()
            cell.save(update_fields=["unsupported_operations"])
