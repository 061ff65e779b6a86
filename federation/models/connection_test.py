"""A try-out of a connection: a real sign-in that lets nobody in, by a provider and an app client of its own."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.connections.names import purpose_of_test
from federation.models.connection import Connection
from tenants import crypto
from tenants.models.base import TenantOwned


class ConnectionTestState(models.TextChoices):
    """Where a test is. What it leaves in Cognito is told by `ConnectionTest.cleaned_at`."""

    # Cognito is being given the temporary identity provider and app client.
    PREPARING = "preparing", _("Being prepared")
    # The person may open it.
    READY = "ready", _("Ready")
    # They went to the identity provider.
    WAITING = "waiting", _("Under way")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")
    # Nobody came back in time.
    ABANDONED = "abandoned", _("Abandoned")


OPEN_STATES = (ConnectionTestState.PREPARING, ConnectionTestState.READY, ConnectionTestState.WAITING)


class ConnectionTest(TenantOwned):
    """One test of one version. It belongs to the dashboard session that began it, and to the browser that opened it.

    One that was begun by the API belongs to the first session that opens it.

    Its own names in Cognito are never given again, and nothing of it is bound to what people sign in by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tests")
    # The number of the version that is tried out.
    version = models.PositiveIntegerField()
    # What its names in Cognito end with.
    word = models.CharField(max_length=16)
    state = models.CharField(max_length=16, choices=ConnectionTestState, default=ConnectionTestState.PREPARING)
    # Who began it, as `tenants.actor.Actor` has them.
    starter = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # The dashboard session that began it; only it may open the test. Empty until a session opens what the API began.
    session_hash = models.CharField(max_length=64)
    # What leads from the dashboard to the sign-in host, once.
    ticket_hash = models.CharField(max_length=64, blank=True)
    ticket_until = models.DateTimeField(null=True, blank=True)
    # The browser that opened it, as the sign-in host knows it.
    browser_hash = models.CharField(max_length=64, blank=True)
    state_hash = models.CharField(max_length=64, blank=True)
    nonce = models.CharField(max_length=64, blank=True)
    verifier_encrypted = models.BinaryField(blank=True, default=b"")
    # Its browser is on its way to be signed out at Cognito, which the app client has to be there for, until it has come
    # to the end or, at the latest, until then.
    signs_out_until = models.DateTimeField(null=True, blank=True)
    # When somebody first left for Cognito: from then on it may have a user there.
    left_at = models.DateTimeField(null=True, blank=True)
    # Since when Cognito has its app client, by Cognito's own clock: whoever is older did not come by it. Kept of tests
    # of social connections, whose people are called as those who sign in by them.
    client_made_at = models.DateTimeField(null=True, blank=True)
    # Cognito's name of whom it brought.
    came_as = models.CharField(max_length=128, blank=True, default="", db_default="")
    # What was sent, and what came of it, as `federation.connections.test_report` writes them.
    sent = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    report = models.JSONField(default=dict)
    # Since when Cognito has neither its app client nor an identity provider of its own, and since when nothing of it
    # at all.
    closed_at = models.DateTimeField(null=True, blank=True)
    cleaned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "word"], name="connection_test_word_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state__in=OPEN_STATES), name="connection_test_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["state_hash"], condition=~Q(state_hash=""), name="connection_test_state_once"
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "-started_at"], name="connection_test_log"),
            models.Index(fields=["expires_at"], condition=Q(cleaned_at=None), name="connection_test_left"),
        ]

    def __str__(self) -> str:
        return f"{self.connection}, version {self.version}"

    @property
    def purpose(self) -> str:
        """What its app client is for, as `AppClient.purpose` and `Tenant.client_name` take it."""
        return purpose_of_test(self.word)

    @property
    def provider_name(self) -> str:
        """What the identity provider that it goes by is called in Cognito.

        It has one of its own, called as its app client. Of a social one a pool has only one, with a fixed name
        (`federation.sync.social_test`).
        """
        return self.connection.provider_name if self.connection.is_social else self.client_name

    @property
    def client_name(self) -> str:
        """What its app client is called in Cognito."""
        return self.tenant.client_name(self.purpose)

    @property
    def started_by(self) -> str:
        """Who began it, in words."""
        return str(self.starter.get("label", ""))

    @property
    def is_open(self) -> bool:
        """Say whether it may still come to something."""
        return self.state in OPEN_STATES and self.expires_at > timezone.now()

    @property
    def is_overdue(self) -> bool:
        """Say whether it ran out of time, and nobody has written that down yet."""
        return self.state in OPEN_STATES and not self.is_open

    @property
    def state_now(self) -> str:
        """What to say of it now."""
        return ConnectionTestState.ABANDONED.value if self.is_overdue else self.state

    @property
    def code_now(self) -> str:
        """The cause to tell of it now (`federation.connections.test_report.CAUSES`)."""
        return "abandoned" if self.is_overdue else self.code

    @property
    def is_anybodys(self) -> bool:
        """Say whether it waits for the dashboard session that will have it: it was begun without one."""
        return not self.session_hash

    @property
    def is_overtaken(self) -> bool:
        """Say whether the provider that it goes by has another version by now: that of a social one is not its own."""
        connection = self.connection
        return connection.is_social and connection.is_in_cognito and connection.current.number != self.version

    @property
    def verifier(self) -> str:
        """PKCE's code verifier."""
        return crypto.decrypt(bytes(self.verifier_encrypted), context=self._context())

    def seal_verifier(self, verifier: str) -> None:
        """Keep the code verifier until the answer comes."""
        self.verifier_encrypted = crypto.encrypt(verifier, context=self._context())

    def _context(self) -> tuple[object, ...]:
        return ("federation.ConnectionTest", self.tenant_id, self.id)


# What a closed test has none of any more.
FORGOTTEN: dict[str, Any] = {"state_hash": "", "ticket_hash": "", "ticket_until": None, "verifier_encrypted": b""}
