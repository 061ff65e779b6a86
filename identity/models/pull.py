"""What the pull from Cognito keeps: where each pool's sweep stands, what it met, and whom it could not place."""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity.models.directory_user import DirectoryUser
from tenants import crypto
from tenants.models import Cell, UserPool
from tenants.models.base import TenantOwned


class PullState(models.Model):
    """The sweep of one pool: the listing of its users, page by page, so that a worker that dies loses one page.

    Who may work on it is said by the lease of the pool's outbox row of kind `PULL`.
    """

    pool = models.OneToOneField(UserPool, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # The listing that is under way; None between two.
    sweep = models.UUIDField(null=True, blank=True)
    # Cognito's token for the page after the last that was taken in.
    cursor = models.TextField(blank=True)
    # Every page of this sweep was taken in; what is left is to see who was on none.
    listed = models.BooleanField(default=False)
    pages = models.PositiveIntegerField(default=0)
    users_seen = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    # The last sweep that came to its end, and what it counted.
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_users = models.PositiveIntegerField(default=0)
    finished_pages = models.PositiveIntegerField(default=0)
    finished_changed = models.PositiveIntegerField(default=0)
    # Why the last one said nothing about who is gone; empty when it did.
    inconclusive = models.TextField(blank=True)
    next_at = models.DateTimeField(db_index=True)
    # How many were on no page and really gone when that was too many to believe; None while nothing is held up.
    vanished = models.PositiveIntegerField(null=True, blank=True)
    # When an operator said that they are gone on purpose.
    vanished_confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Users of {self.pool_id}"

    @property
    def listing(self) -> uuid.UUID:
        """The listing that is under way.

        Raises:
            ValueError: there is none.
        """
        if self.sweep is None:
            raise ValueError("no listing is under way")
        return self.sweep


class PullPage(models.Model):
    """Whom one page of a sweep showed. Kept until the sweep ends: who is on none of the pages may be gone."""

    pool = models.ForeignKey(UserPool, on_delete=models.CASCADE, related_name="+")
    sweep = models.UUIDField()
    number = models.PositiveIntegerField()
    user_ids = ArrayField(models.UUIDField())
    unclaimed_ids = ArrayField(models.UUIDField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "sweep", "number"], name="pull_page_once")]

    def __str__(self) -> str:
        return f"Page {self.number} of {self.sweep}"


class UnclaimedUser(models.Model):
    """Somebody in a pool who is nobody's row: about to come into the directory, or no tenant's and left alone.

    `username` is empty where an event named the `sub` and nobody has looked yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(UserPool, on_delete=models.CASCADE, related_name="+")
    sub = models.CharField(max_length=64)
    username = models.CharField(max_length=128, blank=True)
    # Why they are left alone; empty while they are about to come in.
    reason = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "sub"], name="unclaimed_user_once")]
        indexes = [models.Index(fields=["pool", "username"], name="unclaimed_user_list")]

    def __str__(self) -> str:
        return self.username or self.sub


class Resolution(models.TextChoices):
    """What became of a difference."""

    RESTORED = "restored", _("Ours stands, and is put back")
    LEFT = "left", _("Reported, and left as it is")
    NOT_TAKEN = "not_taken", _("Not taken over: another user here has it, or it is no address")
    TAKEN = "taken", _("Cognito's was taken over")


class UserConflict(TenantOwned):
    """One time that Cognito and the directory disagreed about a user; the field's owner won."""

    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=32)
    ours = models.CharField(max_length=254, blank=True)
    theirs = models.CharField(max_length=254, blank=True)
    resolution = models.CharField(max_length=16, choices=Resolution)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="user_conflict_newest")]

    def __str__(self) -> str:
        return f"{self.field}: {self.ours} / {self.theirs}"


class EventSecret(models.Model):
    """The secret with which a cell's account signs the events that it sends us."""

    # So long the one before still counts, so that nothing is lost while the sender is told.
    OVERLAP = timedelta(hours=24)

    cell = models.OneToOneField(Cell, on_delete=models.CASCADE, primary_key=True, related_name="+")
    secret_encrypted = models.BinaryField()
    previous_encrypted = models.BinaryField(null=True, blank=True)
    rotated_at = models.DateTimeField()
    last_event_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Events of {self.cell_id}"

    def _context(self) -> tuple[object, ...]:
        return ("identity.EventSecret", self.cell_id)

    def seal(self, secret: str) -> None:
        """Keep a new secret, and what was there as the one before."""
        self.previous_encrypted = self.secret_encrypted or None
        self.secret_encrypted = crypto.encrypt(secret, context=self._context())

    def accepted(self, now: datetime) -> list[str]:
        """Return the secrets that count at `now`, the newest first."""
        sealed = [self.secret_encrypted]
        if self.previous_encrypted and now < self.rotated_at + self.OVERLAP:
            sealed.append(self.previous_encrypted)
        return [crypto.decrypt(bytes(each), context=self._context()) for each in sealed]
