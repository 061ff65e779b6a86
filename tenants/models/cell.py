"""Where pools live: an AWS account and Region with request quotas of its own."""

import uuid

from django.db import models


class Cell(models.Model):
    """One AWS account and Region. Placing a tenant in a cell decides its residency and blast radius."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.SlugField(max_length=40, unique=True)
    region = models.CharField(max_length=32)
    role_arn = models.CharField(max_length=2048, blank=True, help_text="Role to assume; blank to use our own identity.")
    external_id = models.CharField(max_length=1224, blank=True)
    endpoint_url = models.URLField(blank=True, help_text="Blank for AWS itself.")
    # An emulator's hosted pages are not at the AWS host name that its answers carry, so the base URL is the cell's.
    hosted_base_url = models.URLField(
        blank=True, help_text="Blank for https://<prefix>.auth.<region>.amazoncognito.com."
    )
    # What AWS granted beyond its defaults, in requests per second by category.
    raised_quotas = models.JSONField(default=dict, blank=True)
    user_pool_quota = models.PositiveIntegerField(default=1000, help_text="User pools that AWS allows in the Region.")
    # The Lambda function that writes Cognito's messages in each of its pools that names none itself; blank for none.
    message_function_arn = models.CharField(max_length=2048, blank=True, default="", db_default="")
    # Operations that this endpoint was found not to offer, by name, with the time it was found out (ISO 8601).
    unsupported_operations = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.region})"

    @property
    def account(self) -> str:
        """The AWS account that the role belongs to; empty for that of the identity that we run with."""
        return self.role_arn.split(":")[4] if self.role_arn else ""
