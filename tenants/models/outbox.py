"""What is owed to Cognito: one row per thing to reconcile."""

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now


class SyncKind(models.TextChoices):
    """What a key names. A reconcile of a kind brings all its resources to what PostgreSQL says."""

    POOL = "pool", "User pool"
    TENANT = "tenant", "Tenant"
    USER = "user", "User"
    INVITATION = "invitation", "Invitation mail"
    BULK = "bulk", "Bulk change of users"
    # Looking at what changed in Cognito past us: all users of a pool, or one.
    PULL = "pull", "Users of a pool"
    PULL_USER = "pull_user", "User in Cognito"
    # What a try-out of a connection has in Cognito while it lasts.
    CONNECTION_TEST = "connection_test", "Test of a connection"
    # Looking which certificates Cognito has for the identity provider of a SAML connection.
    CERTIFICATES = "certificates", "Certificates for a connection"


# The code of a failure that is none: something else has to be there first.
WAITING = "waiting"

_NOT_FAILED = Q(last_error_code__in=("", WAITING))
NEWEST_FIRST = ("-updated_at", "-id")


class Standing(models.TextChoices):
    """How a row stands while no worker holds it."""

    # Nothing is owed, or only to the schedule, for which nobody waits.
    AT_REST = "at_rest", "At rest"
    PENDING = "pending", "Pending"
    BLOCKED = "blocked", "Blocked"
    FAILING = "failing", "Failing"


_STANDING = Case(
    When(Q(done_gen=F("wanted_gen")) | Q(scheduled=True) & _NOT_FAILED, then=Value(Standing.AT_REST.value)),
    When(_NOT_FAILED, then=Value(Standing.PENDING.value)),
    When(remedy="", then=Value(Standing.FAILING.value)),
    # Only a failure that a person must mend has a remedy.
    default=Value(Standing.BLOCKED.value),
)


class OutboxEntry(models.Model):
    """One (kind, key) that may differ from what Cognito has.

    Level-triggered: a service raises `wanted_gen` in the transaction of its change, and a worker that has applied what
    it read at generation n sets `done_gen` to n. The row is owed while they differ, however many messages got lost.
    """

    kind = models.CharField(max_length=16, choices=SyncKind)
    key = models.UUIDField()
    wanted_gen = models.PositiveBigIntegerField(default=1)
    done_gen = models.PositiveBigIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Owed to the schedule alone, which compares everything now and then: nobody waits for it.
    scheduled = models.BooleanField(default=False)
    # Who asked for what is owed, or for what was applied last: an `ActorKind` and a label; empty for nobody.
    asker_kind = models.CharField(max_length=16, blank=True)
    asker_label = models.CharField(max_length=254, blank=True)
    # The request that this is done for, also where a sweep picks it up; empty where none is known.
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Since when a change waits here, for the age that operators watch; means nothing while nothing is owed.
    owed_since = models.DateTimeField(db_default=Now())
    # When the schedule last had it compared, or it was first settled: what the schedule goes by.
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    last_error_code = models.CharField(max_length=64, blank=True)
    remedy = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Kept by PostgreSQL, so that lists and counts have an index and the planner knows how many rows stand how.
    standing = models.GeneratedField(
        expression=_STANDING, output_field=models.CharField(max_length=16, choices=Standing), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_kind_key"),
            models.CheckConstraint(condition=Q(done_gen__lte=F("wanted_gen")), name="outbox_done_not_ahead"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(done_gen__lt=F("wanted_gen")), name="outbox_owed"),
            models.Index(fields=["kind", "settled_at"], name="outbox_settled"),
            models.Index(fields=NEWEST_FIRST, name="outbox_newest"),
            models.Index(fields=["standing", *NEWEST_FIRST], name="outbox_standing"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="outbox_leased"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_owed(self) -> bool:
        """Say whether something is still to be applied."""
        return self.done_gen < self.wanted_gen
