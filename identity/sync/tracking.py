"""The record that the reconciler keeps of each resource (`SyncedResource`), and the only code that writes it."""

import dataclasses
import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from identity.models import Family, ResourceState, SyncedResource
from identity.sync.failures import Failure
from tenants.models import SyncKind


class Tracked:
    """One resource's record, saved at every step, so that pages see the work go on and a crash loses nothing."""

    def __init__(self, row: SyncedResource) -> None:
        self.row = row

    @classmethod
    def open(cls, scope: SyncKind, key: uuid.UUID, family: Family, name: str) -> "Tracked":
        """Return the record, made where there is none."""
        row, _ = SyncedResource.objects.get_or_create(scope=scope, key=key, family=family, name=name)
        return cls(row)

    def syncing(self, detail: str) -> None:
        """Say that the resource is being written now, and what is being changed."""
        self._save(state=ResourceState.SYNCING, detail=detail, remedy="", next_attempt_at=None)

    def waiting(self, why: str) -> None:
        """Say that something before it has to be done first."""
        self._save(state=ResourceState.PENDING, detail=why, remedy="", next_attempt_at=None)

    def failed(self, failure: Failure) -> None:
        """Keep the reason; the engine adds the time of the next attempt."""
        self._save(state=failure.state, detail=failure.message, remedy=failure.remedy)

    def in_sync(self, remote_id: str, spec: Any) -> None:
        """Record what Cognito now has."""
        self._save(
            state=ResourceState.IN_SYNC,
            remote_id=remote_id,
            last_applied=as_document(spec),
            create_started_at=None,
            detail="",
            remedy="",
            next_attempt_at=None,
        )

    def was_applied(self, spec: Any) -> bool:
        """Say whether `spec` is what Cognito had after the last attempt that succeeded."""
        return bool(self.row.last_applied == as_document(spec))

    def start_create(self) -> None:
        """Commit that a create is about to be sent, so that a crash after it does not lead to a second one."""
        SyncedResource.objects.filter(pk=self.row.pk).update(create_started_at=Now())

    def create_refused(self) -> None:
        """Record that the create certainly had no effect."""
        self._save(create_started_at=None)

    def may_have_been_created(self) -> bool:
        """Say whether a create was sent of which nothing is known, and which listings might not show yet."""
        grace = timedelta(seconds=settings.SYNC_CREATE_GRACE_SECONDS)
        return SyncedResource.objects.filter(pk=self.row.pk, create_started_at__gt=Now() - grace).exists()

    def _save(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.row, name, value)
        SyncedResource.objects.filter(pk=self.row.pk).update(**values, updated_at=timezone.now())


def as_document(spec: Any) -> Mapping[str, Any]:
    """Return a dataclass as the JSON that the table gives back."""
    document: Mapping[str, Any] = json.loads(json.dumps(dataclasses.asdict(spec)))
    return document
