"""Groups of a tenant's users."""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity.models.directory_user import DirectoryUser
from tenants.models.base import TenantOwned

# Cognito allows any letters, digits and signs, but no spaces (botocore's model, GroupNameType). Ours end up in tokens,
# where plain names serve everybody best.
group_name_validator = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$",
    _("Use up to 64 letters, digits and . _ : - beginning with a letter or a digit."),
)


class Group(TenantOwned):
    """A group of one tenant. Its name is in tokens, and in Cognito where an application takes Cognito's own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64, validators=[group_name_validator])
    description = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="group_name_once")]

    def __str__(self) -> str:
        return self.name


class GroupMember(TenantOwned):
    """That a user is in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="memberships")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="group_member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"
