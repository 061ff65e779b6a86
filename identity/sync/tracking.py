"""The record that the reconciler keeps of each resource (`SyncedResource`), and the only code that writes it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from identity.models import Family, ResourceState, SyncedResource
from identity.sync.failures import Failure
from identity.sync.field_words import field_in_words
from identity.sync.threeway import BEING_WRITTEN, Decision, DriftedField, Standing
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

    @classmethod
    def peek(cls, scope: SyncKind, key: uuid.UUID, family: Family, name: str) -> "Tracked":
        """Return the record for looking only: where there is none, none is made."""
        identity = {"scope": scope, "key": key, "family": family, "name": name}
        return cls(SyncedResource.objects.filter(**identity).first() or SyncedResource(**identity))

    @property
    def standing(self) -> Standing:
        """What was decided about the resource before."""
        return Standing(self.row.last_applied, self.row.adopted, frozenset(self.row.restore))

    def syncing(self, detail: str) -> None:
        """Say that the resource is being written now, and what is being changed."""
        self._save(state=ResourceState.SYNCING, detail=detail, remedy="", next_attempt_at=None)

    def writing(self, decision: Decision) -> None:
        """Say that settings are being written now.

        Until that is known to have happened, nobody knows what was applied last: after a crash between the write and
        its record, our own value in Cognito must not be taken for somebody else's when our wish is the old one again.
        What is only repaired is what was applied last, and is still somebody else's change when it is tried again.
        """
        repaired = {change.field for change in decision.repairs}
        unknown = {change.field: BEING_WRITTEN for change in decision.write if change.field not in repaired}
        self._save(
            state=ResourceState.SYNCING,
            detail="; ".join(map(str, decision.write)),
            remedy="",
            next_attempt_at=None,
            last_applied={**self.row.last_applied, **unknown},
        )

    def waiting(self, why: str) -> None:
        """Say that something before it has to be done first."""
        self._save(state=ResourceState.PENDING, detail=why, remedy="", next_attempt_at=None)

    def failed(self, failure: Failure) -> None:
        """Keep the reason; the engine adds the time of the next attempt."""
        self._save(state=failure.state, detail=failure.message, remedy=failure.remedy)

    def settled(self, remote_id: str, wanted: Mapping[str, Any], decision: Decision) -> None:
        """Record what Cognito now has: what we want, but for what stands as somebody else set it."""
        seen = self.standing
        with transaction.atomic():
            # Choices that a person made since this attempt began are for the next one.
            self.row = SyncedResource.objects.select_for_update().get(pk=self.row.pk)
            self._save(
                state=ResourceState.DRIFTED if decision.drift else ResourceState.IN_SYNC,
                remote_id=remote_id,
                last_applied=dict(wanted),
                drift=[drifted.as_row() for drifted in decision.drift],
                adopted={
                    path: choice
                    for path, choice in self.row.adopted.items()
                    if path in decision.kept or choice != seen.adopted.get(path)
                },
                restore=[path for path in self.row.restore if path not in seen.restore],
                create_started_at=self.row.create_started_at if self.may_have_been_created() else None,
                detail=_in_words(decision.drift),
                remedy="",
                next_attempt_at=None,
                observed_at=timezone.now(),
            )

    def vanished(self, decision: Decision) -> None:
        """Record that somebody deleted the resource, and that it stays deleted until a person decides."""
        self._save(
            state=ResourceState.DRIFTED,
            drift=[drifted.as_row() for drifted in decision.drift],
            detail=_in_words(decision.drift),
            remedy="",
            next_attempt_at=None,
            observed_at=timezone.now(),
        )

    def forget(self) -> None:
        """Drop the record of a resource that is deleted."""
        SyncedResource.objects.filter(pk=self.row.pk).delete()

    def start_create(self) -> None:
        """Commit that a create is about to be sent, so that a crash after it does not lead to a second one."""
        SyncedResource.objects.filter(pk=self.row.pk).update(create_started_at=Now())
        self.row.refresh_from_db(fields=["create_started_at"])

    def create_refused(self) -> None:
        """Record that the create certainly had no effect."""
        self._save(create_started_at=None)

    @property
    def is_ours(self) -> bool:
        """Say whether we ever made or changed the resource; or may have, by a call whose answer was lost."""
        return bool(self.row.remote_id or self.row.last_applied or self.create_was_sent)

    @property
    def create_was_sent(self) -> bool:
        """Say whether a create was sent lately, or one of which nothing is known; else there is nothing to look for."""
        return self.row.create_started_at is not None

    @property
    def is_not_shown_yet(self) -> bool:
        """Say, of what Cognito does not show, whether it is known to have been created, only just."""
        return bool(self.row.remote_id) and self.may_have_been_created()

    def may_have_been_created(self) -> bool:
        """Say whether a create was sent so lately that Cognito might not show yet what it made."""
        if not self.create_was_sent:
            return False
        grace = timedelta(seconds=settings.SYNC_CREATE_GRACE_SECONDS)
        return SyncedResource.objects.filter(pk=self.row.pk, create_started_at__gt=Now() - grace).exists()

    def _save(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.row, name, value)
        SyncedResource.objects.filter(pk=self.row.pk).update(**values, updated_at=timezone.now())


def _in_words(drift: Sequence[DriftedField]) -> str:
    return f"Changed in Cognito: {', '.join(field_in_words(drifted.field) for drifted in drift)}." if drift else ""


def paths_applied(last_applied: Mapping[str, Any]) -> list[str]:
    """Return the settings of a record that Cognito is known to have taken, by path."""
    return [path for path, value in last_applied.items() if value != BEING_WRITTEN]
