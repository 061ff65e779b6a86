"""Who a person is to an identity provider."""

from django.db import models
from django.db.models import Q

from federation.models.connection import Connection
from identity.models import DirectoryUser
from tenants.models.base import TenantOwned


class FederatedIdentity(TenantOwned):
    """Who a person is to an identity provider. A user is known by this and never by the e-mail address alone.

    `subject` is what follows the provider's name in the Cognito username: the NameID or `sub`, in lower case as
    case-insensitive pools keep it (Developer Guide, "Specifying identity provider attribute mappings").

    Cognito makes a profile of its own for each (`cognito_username`). Of somebody who only ever came by a connection it
    is the user's one account there. A user who has an account of ours is `linked`: that account stays as it is, and
    whatever is done to the user is done to this profile, too (`identity.sync.profiles`). An identity that somebody
    disconnected stays, so that the next sign-in does not connect it again.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=128)
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="identities")
    # As Cognito said at the last arrival; the `sub` is another once the profile was deleted and made anew.
    cognito_username = models.CharField(max_length=128, blank=True, default="", db_default="")
    cognito_sub = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Since when the user, who has an account of ours in Cognito, comes by this connection as well.
    linked_at = models.DateTimeField(null=True, blank=True)
    # Since when they do no longer, because somebody said so.
    unlinked_at = models.DateTimeField(null=True, blank=True)
    # Until the mail is sent that tells them, so that a worker that dies in between loses none.
    notice_owed = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # What it said at the last sign-in, as it was mapped: for the person's page, and to explain a role.
    claims = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "subject"], name="federated_identity_once"),
        ]
        indexes = [
            models.Index(fields=["linked_at"], condition=Q(notice_owed=True), name="federated_identity_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} by {self.connection}"

    @property
    def is_linked(self) -> bool:
        """Say whether the user has an account of ours beside it."""
        return self.linked_at is not None

    @property
    def is_unlinked(self) -> bool:
        """Say whether somebody disconnected it."""
        return self.unlinked_at is not None
