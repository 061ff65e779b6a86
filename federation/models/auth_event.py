"""What somebody tried to get in, or to stay in, and what came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from federation.models.connection import Connection
from federation.models.federated_sign_in import FederatedSignIn
from identity.models import DirectoryUser
from tenants.models import Application
from tenants.models.base import TenantOwned


class AuthOutcome(models.TextChoices):
    """What came of it."""

    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    # It was not tried, because there were too many before.
    LIMITED = "limited", _("Kept waiting")


class AuthWay(models.TextChoices):
    """By what it was tried."""

    PASSWORD = "password", _("Password")  # The name of a way in.
    NEW_PASSWORD = "new_password", _("New password")  # The name of a step.
    EMAIL_CODE = "email_code", _("Code by e-mail")
    SMS_CODE = "sms_code", _("Code by SMS")
    PASSKEY = "passkey", _("Passkey")
    CONNECTION = "connection", _("Connection")
    TOTP = "totp", _("Authenticator app")
    KEY = "key", _("Security key")
    SECOND_CODE = "second_code", _("Second factor by a code")
    RECOVERY_CODE = "recovery_code", _("Recovery code")
    # An application was answered by the session, without asking the person.
    SESSION = "session", _("Single sign-on")
    RESET = "reset", _("Forgotten password")
    SIGN_UP = "sign_up", _("Sign-up")
    DEVICE = "device", _("Device code")
    # What somebody who is signed in has to show on their account page, before they change how they sign in.
    ACCOUNT = "account", _("Account page")
    # An application's call of the token endpoint.
    TOKEN = "token", _("Token")  # The name of an endpoint.


class AuthEvent(TenantOwned):
    """One attempt. What was typed is not in it: it may be a password in the wrong field.

    Kept for the fleet's `FleetSettings.sign_in_days`. What an identity provider said is in the connection's log alone
    (`federated`), and what changed in the audit log: docs/adr/0022.
    """

    created_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=16, choices=AuthOutcome)
    way = models.CharField(max_length=16, choices=AuthWay)
    # Why it did not succeed: a code of `federation.auth_reasons`, and what only people who look into it can use.
    reason = models.CharField(max_length=48, blank=True, default="")
    detail = models.CharField(max_length=300, blank=True, default="")
    # Who is concerned, where that is known; what else is known of it.
    user = models.ForeignKey(DirectoryUser, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    federated = models.ForeignKey(FederatedSignIn, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Authentication methods (RFC 8176), of what succeeded.
    amr = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    # From where: what a limit takes for one client (`network_of`), and how the browser calls itself.
    ip = models.GenericIPAddressField(null=True)
    network = models.CharField(max_length=45, blank=True, default="")
    user_agent = models.CharField(max_length=200, blank=True, default="")
    # Whether that person had signed in with that browser before.
    known_device = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="auth_event_log"),
            models.Index(fields=["tenant", "outcome", "-created_at", "-id"], name="auth_event_by_outcome"),
            models.Index(fields=["user", "-created_at", "-id"], name="auth_event_of_user"),
            # For housekeeping, over all tenants.
            models.Index(fields=["created_at"], name="auth_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.way}: {self.outcome}"
