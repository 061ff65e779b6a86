"""The telephone number that somebody's codes went to, while they try another one."""

from django.db import models

from federation.models.sealing import SealedSecrets
from identity.models import DirectoryUser


class NumberChange(SealedSecrets):
    """A number that is given back unless another one is shown to be theirs in time; see `services.number_changes`.

    It is good while `resets` is how often somebody's factors were reset: who has lost them gets none back.
    """

    user = models.OneToOneField(DirectoryUser, on_delete=models.CASCADE, primary_key=True, related_name="+")
    resets = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user} until {self.expires_at}"
