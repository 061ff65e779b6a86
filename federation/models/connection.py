"""How a tenant's people arrive from the tenant's own identity provider."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from federation.connections.mapping import Mapping
from federation.connections.names import is_social
from federation.connections.settings import Settings, settings_from_json
from identity.models.directory_user import outlasts
from tenants import crypto
from tenants.models.base import TenantOwned
from tenants.permissions import TenantRole


class ConnectionKind(models.TextChoices):
    """What is spoken with the identity provider. It never changes: another kind is another connection."""

    SAML = "saml", _("SAML 2.0")
    OIDC = "oidc", _("OpenID Connect")
    GOOGLE = "google", _("Google")
    FACEBOOK = "facebook", _("Facebook")
    AMAZON = "amazon", _("Amazon")
    APPLE = "apple", _("Apple")


class ConnectionStatus(models.TextChoices):
    """Where a connection is in its life."""

    # Nothing of these two is in Cognito.
    DRAFT = "draft", _("Draft")
    TESTED = "tested", _("Tested")
    # People can sign in.
    ACTIVE = "active", _("Active")
    # The identity provider stays in Cognito, and no app client lists it.
    DISABLED = "disabled", _("Disabled")


def is_in_use(status: str, deleted_at: datetime | None) -> bool:
    """Say whether people may sign in by a connection of which this is known."""
    return deleted_at is None and status == ConnectionStatus.ACTIVE


def carries_session(status: str, deleted_at: datetime | None, signed_out_at: datetime | None, since: datetime) -> bool:
    """Say whether a session that began by it at `since` may go on: it is in use, and was all the time."""
    return is_in_use(status, deleted_at) and outlasts(since, signed_out_at)


class JitMode(models.TextChoices):
    """Whether somebody whom the directory does not know is let in (just-in-time creation)."""

    ON = "on", _("Everybody whom the identity provider lets in")
    INVITED = "invited", _("Only who was invited")
    OFF = "off", _("Nobody new")


class Linking(models.TextChoices):
    """Whom a connection may take for a user who is here already, by an address of a domain that the tenant proved."""

    NEVER = "never", _("Nobody")
    PEOPLE = "people", _("People without a role in this dashboard")
    # Never an owner. Only whoever may give roles may choose this, and change a connection that has it.
    TEAM = "team", _("Also admins and auditors")


class MfaTrust(models.TextChoices):
    """By what people who come by a connection meet the tenant's policy for second factors."""

    PROVIDER = "provider", _("Their identity provider asks")
    CLAIM = "claim", _("Their identity provider says that it asked")
    OWN = "own", _("Lifeguard asks")


class ConnectionManager(models.Manager["Connection"]):
    """Leaves out what was deleted; `everything` has it."""

    def get_queryset(self) -> models.QuerySet["Connection"]:
        """Return the connections that are there."""
        return super().get_queryset().filter(deleted_at__isnull=True)


class Connection(TenantOwned):
    """A tenant's configuration of one identity provider.

    The row outlives a deletion, without its secrets: the name in Cognito must not be given again, and who came in by
    it stays told in the history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=ConnectionKind)
    guide = models.CharField(max_length=40)
    # What Cognito calls it (`federation.connections.names`).
    provider_name = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=ConnectionStatus, default=ConnectionStatus.DRAFT)
    # Where its wizard was left, in the wizard's own words.
    step = models.CharField(max_length=32, blank=True)
    jit = models.CharField(max_length=16, choices=JitMode, default=JitMode.ON)
    # What somebody new gets; a rule of the mapping decides over it.
    default_role = models.CharField(max_length=16, choices=TenantRole, blank=True)
    # Whom it may be connected with who signs in otherwise already (`federation.connections.linking`).
    linking = models.CharField(max_length=16, choices=Linking, default=Linking.NEVER, db_default=Linking.NEVER)
    # How they meet the tenant's policy for second factors, and which values of the claim say that they did there.
    mfa_trust = models.CharField(
        max_length=16, choices=MfaTrust, default=MfaTrust.PROVIDER, db_default=MfaTrust.PROVIDER
    )
    mfa_values = ArrayField(models.CharField(max_length=256), default=list, db_default=[], blank=True)
    newest = models.ForeignKey("federation.ConnectionVersion", on_delete=models.SET_NULL, null=True, related_name="+")
    # The version that passed a test, if any.
    tested_version = models.PositiveIntegerField(null=True, blank=True)
    # Since when people can sign in by it, for the first time.
    activated_at = models.DateTimeField(null=True, blank=True)
    # When it was disabled last: whoever came by it before has to come anew.
    signed_out_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    everything = models.Manager["Connection"]()
    objects = ConnectionManager()

    class Meta:
        ordering = ["name"]
        default_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=Q(deleted_at__isnull=True), name="connection_name_once"
            ),
            # Of the social ones only one at a time can be there; the others' names are never given again.
            models.UniqueConstraint(
                fields=["tenant", "provider_name"],
                condition=Q(deleted_at__isnull=True) | Q(kind__in=["saml", "oidc"]),
                name="connection_provider_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def current(self) -> "ConnectionVersion":
        """The newest version; each connection has one from the beginning."""
        if self.newest is None:
            raise LookupError(f"connection {self.pk} has no version")
        return self.newest

    @property
    def settings(self) -> Settings:
        """The settings of the newest version."""
        return settings_from_json(self.kind, self.current.settings)

    @property
    def mapping(self) -> Mapping:
        """The mapping of the newest version."""
        return Mapping.from_json(self.current.mapping)

    @property
    def is_social(self) -> bool:
        """Say whether its name in Cognito is fixed."""
        return is_social(self.kind)

    @property
    def is_in_cognito(self) -> bool:
        """Say whether Cognito should have its identity provider."""
        return self.deleted_at is None and self.status in (ConnectionStatus.ACTIVE, ConnectionStatus.DISABLED)

    @property
    def is_active(self) -> bool:
        """Say whether people may sign in by it."""
        return is_in_use(self.status, self.deleted_at)

    @property
    def gives_roles(self) -> bool:
        """Say whether it decides over roles, so that only whoever may give roles may change it."""
        by_rule = any(rule.role for rule in self.mapping.rules)
        return bool(self.default_role) or by_rule or self.linking == Linking.TEAM

    def may_hold_session(self, since: datetime) -> bool:
        """Say whether a session that began by it at `since` may go on."""
        return carries_session(self.status, self.deleted_at, self.signed_out_at, since)

    @property
    def is_tested(self) -> bool:
        """Say whether just what would be put into Cognito passed a test."""
        return self.newest is not None and self.tested_version == self.newest.number


class ConnectionVersion(TenantOwned):
    """What was configured at one time. Written once; only a deletion of the connection takes its secret away."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    settings = models.JSONField(default=dict)
    secret_encrypted = models.BinaryField(blank=True, default=b"")
    mapping = models.JSONField(default=dict)
    # Who was let in; empty in versions that are older than this.
    arrivals = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=254)
    # What was done, in words.
    change = models.CharField(max_length=200)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "number"], name="connection_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.connection}, version {self.number}"

    @property
    def has_secret(self) -> bool:
        """Say whether a secret was entered."""
        return bool(self.secret_encrypted)

    @property
    def secret(self) -> str:
        """The secret, decrypted; empty where there is none."""
        return crypto.decrypt(bytes(self.secret_encrypted), context=self._context()) if self.has_secret else ""

    def seal_secret(self, text: str) -> None:
        """Keep a secret, or none; `tenant` and `connection` must be set, because they are its context."""
        self.secret_encrypted = crypto.encrypt(text, context=self._context()) if text else b""

    def _context(self) -> tuple[object, ...]:
        return ("federation.ConnectionVersion", self.tenant_id, self.connection_id)
