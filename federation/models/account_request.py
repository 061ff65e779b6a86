"""What somebody whom nobody knows yet asked to be mailed about an account."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.models.authorization import AuthorizationRequest
from identity.languages import MAX_LENGTH
from tenants.models.base import TenantOwned


class AccountRequestKind(models.TextChoices):
    """What the mail is to make possible."""

    PASSWORD = "password", _("Choose another password")
    SIGN_UP = "sign_up", _("Make an account")


class AccountRequest(TenantOwned):
    """One request by an address that may be anybody's, or nobody's.

    The page that takes it does the same for each; whom the address belongs to is looked up by a worker, so that
    neither the answer nor the time that it takes tells.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=AccountRequestKind)
    # The application's request, bound to a browser, in which it was asked. It does not live as long as a mailed link.
    request = models.ForeignKey(AuthorizationRequest, on_delete=models.SET_NULL, null=True, related_name="+")
    email = models.EmailField()
    name = models.CharField(max_length=100, blank=True)
    # Of the page on which it was asked, for the mail.
    language = models.CharField(max_length=MAX_LENGTH, blank=True, default="", db_default="")
    # Of the link that was mailed, where the mail has one of ours.
    token_hash = models.CharField(max_length=64, blank=True)
    # Until the worker has looked; a sweep finds what its message did not.
    mail_owed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="account_request_token"
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(mail_owed=True), name="account_request_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.email}"

    @property
    def is_open(self) -> bool:
        """Say whether it can still be gone on with."""
        return self.used_at is None and self.expires_at > timezone.now()
