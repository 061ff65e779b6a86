"""What somebody calls the authenticator app that Cognito keeps of them."""

from django.db import models

from identity.models import DirectoryUser
from tenants.models.base import TenantOwned


class AppName(TenantOwned):
    """The name of somebody's app: Cognito keeps one app for each user, takes a name of it, and gives it back nowhere.

    It counts while `resets` is how often the user's factors were taken away: each reset takes the app and its name.
    """

    user = models.OneToOneField(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    resets = models.PositiveIntegerField()
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name
