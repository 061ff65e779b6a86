"""A user of one tenant."""

import uuid
from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from identity.languages import MAX_LENGTH
from tenants.factors import SecondFactor
from tenants.models.base import TenantOwned
from tenants.permissions import TenantRole

# Sorts before every sign-in there can have been.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class UserStatus(models.TextChoices):
    """Where a user is in their life."""

    # In Cognito, with a password that nobody knows, and without an invitation yet (made in bulk).
    CREATED = "created", _("Not invited")
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    DISABLED = "disabled", _("Disabled")
    # Still in Cognito until the worker has removed them; shown nowhere, and can do nothing.
    DELETING = "deleting", _("Deleting")


def outlasts(since: datetime, signed_out_at: datetime | None) -> bool:
    """Say whether what began at `since` is later than the last time that everything was taken away."""
    return signed_out_at is None or since > signed_out_at


def holds_session(status: str, signed_out_at: datetime | None, since: datetime) -> bool:
    """Say whether a session that began at `since` may go on, of a user of whom this is known."""
    return status == UserStatus.ACTIVE and outlasts(since, signed_out_at)


# Whom lists show.
_THERE = ~models.Q(status=UserStatus.DELETING)


class DirectoryUser(TenantOwned):
    """One person within one tenant. `id` is the `sub` of Lifeguard's tokens and outlives a move between pools.

    The same e-mail address may be a user of many tenants; within one it is unique. It is kept in lower case. Only
    somebody who was created in Cognito past us can be without one (`identity.pull`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(blank=True)
    # Ours is verified by the link in the invitation; of whoever was created in Cognito, Cognito says so.
    email_verified = models.BooleanField(default=True, db_default=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=16, choices=TenantRole, blank=True)
    status = models.CharField(max_length=16, choices=UserStatus, default=UserStatus.INVITED)
    # Cognito's own `sub` in the tenant's present pool; empty while the user is not there.
    cognito_sub = models.CharField(max_length=64, blank=True)
    # Cognito's username of somebody who was created there past us; empty for ours, whose name follows from the row.
    cognito_username = models.CharField(max_length=128, blank=True, default="", db_default="")
    # What Cognito said when it was last looked (`identity.pull`), in its own words; empty before the first look.
    cognito_status = models.CharField(max_length=32, blank=True, default="", db_default="")
    cognito_modified_at = models.DateTimeField(null=True, blank=True)
    # Since when Cognito is known not to have them, though it should.
    missing_since = models.DateTimeField(null=True, blank=True)
    # In Cognito before they ever chose a password: made in bulk, and not through the first door yet.
    awaits_password = models.BooleanField(default=False, db_default=False)
    # When their tokens were last revoked in Cognito, which keeps no trace of it; empty once they are enabled again.
    tokens_revoked_at = models.DateTimeField(null=True, blank=True)
    has_totp = models.BooleanField(default=False)
    # Second factors beside the authenticator app (`tenants.factors.SecondFactor`), as sign-ins saw them.
    other_factors = ArrayField(models.CharField(max_length=8), default=list, db_default=[], blank=True)
    # Whether the number that Cognito has was shown to be theirs before a recovery code took their factors away; it then
    # stays the only one where the tenant keeps numbers (`federation.services.own_phone`).
    keeps_number = models.BooleanField(default=False, db_default=False)
    # When they last said "not now" to an authenticator app that their tenant leaves to them.
    totp_declined_at = models.DateTimeField(null=True, blank=True)
    # Whether a sign-in or a registration here saw a passkey of theirs; Cognito tells nobody but themselves.
    has_passkey = models.BooleanField(default=False, db_default=False)
    # When they last said "not now" to a passkey.
    passkey_declined_at = models.DateTimeField(null=True, blank=True)
    # Level-triggered like the outbox: a reset is owed while `done` is behind `wanted`.
    mfa_reset_wanted = models.PositiveIntegerField(default=0)
    mfa_reset_done = models.PositiveIntegerField(default=0)
    # Likewise a sign-out of everything that has Cognito's own tokens, of somebody who stays.
    sign_outs_wanted = models.PositiveIntegerField(default=0, db_default=0)
    sign_outs_done = models.PositiveIntegerField(default=0, db_default=0)
    # Sessions that began before this are over, with the tokens that descend from them. Status alone would not do:
    # enabling a user again must not bring back the session for which they were disabled.
    signed_out_at = models.DateTimeField(null=True, blank=True)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    # Of mails to them: what they chose, or that of the pages on which they last signed in. Empty before.
    language = models.CharField(max_length=MAX_LENGTH, blank=True, default="", db_default="")
    # What they chose on their account page, which then is that of every page and mail; empty for what browsers ask for.
    chosen_language = models.CharField(max_length=MAX_LENGTH, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=~models.Q(status="deleting") & ~models.Q(email=""),
                name="directory_user_email_unique",
            ),
            models.UniqueConstraint(
                fields=["tenant", "cognito_username"],
                condition=~models.Q(cognito_username=""),
                name="directory_user_cognito_username_unique",
            ),
        ]
        indexes = [
            # The orders of the list (`identity.selectors.users`), so that each page of a large tenant costs as much as
            # its first; the first of them also counts by status and factor.
            models.Index(
                fields=["tenant", "status", "email", "id"],
                include=["has_totp", "other_factors"],
                condition=_THERE,
                name="directory_user_by_status",
            ),
            models.Index(fields=["tenant", "email", "id"], condition=_THERE, name="directory_user_by_email"),
            models.Index("tenant", Lower("name"), "id", condition=_THERE, name="directory_user_by_name"),
            models.Index(
                "tenant",
                Coalesce("last_sign_in_at", models.Value(NEVER)),
                "id",
                condition=_THERE,
                name="directory_user_by_sign_in",
            ),
            models.Index(fields=["tenant", "created_at", "id"], condition=_THERE, name="directory_user_by_age"),
            models.Index(fields=["tenant", "email"], condition=_THERE & ~models.Q(role=""), name="directory_user_team"),
            # Few, whom nobody could find among 50,000 otherwise.
            models.Index(
                fields=["tenant", "email", "id"],
                condition=_THERE & models.Q(missing_since__isnull=False),
                name="directory_user_missing",
            ),
            models.Index(
                fields=["tenant", "email", "id"],
                condition=_THERE & ~models.Q(cognito_username=""),
                name="directory_user_made_there",
            ),
            models.Index(
                fields=["cognito_sub"], condition=~models.Q(cognito_sub=""), name="directory_user_cognito_sub"
            ),
            models.Index(
                fields=["cognito_username"],
                condition=~models.Q(cognito_username=""),
                name="directory_user_cognito_name",
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.name or self.cognito_username

    @property
    def username(self) -> str:
        """The Cognito username: the tenant's key leads, so that a prefix filter lists the whole partition.

        Whoever was created in Cognito keeps the name that they got there.
        """
        return self.cognito_username or f"{self.tenant.key}.{self.id}"

    @property
    def is_in_cognito(self) -> bool:
        """Say whether Cognito should know them. Whoever is only invited comes there by accepting."""
        return self.status != UserStatus.INVITED or self.awaits_password

    @property
    def is_federated(self) -> bool:
        """Say whether they sign in through an identity provider, and so have no password."""
        return self.cognito_status == "EXTERNAL_PROVIDER"

    @property
    def has_second_factor(self) -> bool:
        """Say whether a sign-in saw that they have a second factor."""
        return self.has_totp or bool(self.other_factors)

    @property
    def second_factors(self) -> list[SecondFactor]:
        """The second factors that sign-ins saw, in the order in which pages show them."""
        known = {*self.other_factors, *([SecondFactor.TOTP] if self.has_totp else [])}
        return [factor for factor in SecondFactor if factor.value in known]

    @property
    def may_sign_in(self) -> bool:
        """Say whether this user may hold a session."""
        return self.status == UserStatus.ACTIVE

    def may_hold_session(self, since: datetime) -> bool:
        """Say whether a session that began at `since` may go on."""
        return holds_session(self.status, self.signed_out_at, since)
