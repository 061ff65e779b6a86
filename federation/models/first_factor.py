"""The beginning of a sign-in without a password: a code that was sent, or a passkey that is asked for."""

import uuid

from django.db import models
from django.utils import timezone

from federation.models.authorization import AuthorizationRequest
from federation.models.sealing import SealedSecrets
from identity.models import DirectoryUser
from tenants.pool_options import FirstFactor


class FirstFactorAttempt(SealedSecrets):
    """Somebody said who they are, and has yet to show it.

    There is one for addresses that nobody has, too, and for those of people who cannot begin so: what the pages do is
    the same for all. `turn` names the present form, as in `SignInAttempt`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AuthorizationRequest, on_delete=models.CASCADE, related_name="+")
    # As it was typed, in lower case.
    email = models.EmailField()
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=16, choices=FirstFactor)
    turn = models.UUIDField(default=uuid.uuid4)
    taken_at = models.DateTimeField(null=True, blank=True)
    # Wrong answers to what was asked last.
    tries = models.PositiveSmallIntegerField(default=0)
    # The name that Cognito was asked about; one that is made up where nobody has the address.
    username = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.email}: {self.way}"

    @property
    def is_open(self) -> bool:
        """Say whether it can still be answered."""
        return not self.done and self.expires_at > timezone.now()
