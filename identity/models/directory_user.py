"""A user of one tenant."""

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.base import TenantOwned
from tenants.permissions import TenantRole


class UserStatus(models.TextChoices):
    """Where a user is in their life."""

    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    DISABLED = "disabled", _("Disabled")
    # Still in Cognito until the worker has removed them; shown nowhere, and can do nothing.
    DELETING = "deleting", _("Deleting")


class DirectoryUser(TenantOwned):
    """One person within one tenant. `id` is the `sub` of Lifeguard's tokens and outlives a move between pools.

    The same e-mail address may be a user of many tenants; within one it is unique. It is kept in lower case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=16, choices=TenantRole, blank=True)
    status = models.CharField(max_length=16, choices=UserStatus, default=UserStatus.INVITED)
    # Cognito's own `sub` in the tenant's present pool; empty while the user is not there.
    cognito_sub = models.CharField(max_length=64, blank=True)
    has_totp = models.BooleanField(default=False)
    # When they last said "not now" to an authenticator app that their tenant leaves to them.
    totp_declined_at = models.DateTimeField(null=True, blank=True)
    # Level-triggered like the outbox: a reset is owed while `done` is behind `wanted`.
    mfa_reset_wanted = models.PositiveIntegerField(default=0)
    mfa_reset_done = models.PositiveIntegerField(default=0)
    # Sessions that began before this are over, with the tokens that descend from them. Status alone would not do:
    # enabling a user again must not bring back the session for which they were disabled.
    signed_out_at = models.DateTimeField(null=True, blank=True)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"], condition=~models.Q(status="deleting"), name="directory_user_email_unique"
            )
        ]
        indexes = [models.Index(fields=["tenant", "status", "email"], name="directory_user_list")]

    def __str__(self) -> str:
        return self.email

    @property
    def username(self) -> str:
        """The Cognito username: the tenant's key leads, so that a prefix filter lists the whole partition."""
        return f"{self.tenant.key}.{self.id}"

    @property
    def may_sign_in(self) -> bool:
        """Say whether this user may hold a session."""
        return self.status == UserStatus.ACTIVE

    def may_hold_session(self, since: datetime) -> bool:
        """Say whether a session that began at `since` may go on."""
        return self.may_sign_in and (self.signed_out_at is None or since > self.signed_out_at)
