"""What a connection's identity provider publishes about itself, as it was last looked at."""

from django.db import models

from federation.models.connection import Connection
from tenants.models.base import TenantOwned


class MetadataWatch(TenantOwned):
    """The daily look at one connection's metadata address or issuer. Nothing is changed by it: a person decides.

    What is published is kept only while it is not what is in use, and compared when it is shown: what somebody saves
    meanwhile needs no other look.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="watch")
    next_check_at = models.DateTimeField(db_index=True)
    # Who looks, and until when nobody else does.
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # The address that was asked last: another one's answer says nothing.
    source = models.CharField(max_length=2048, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # When it last could be read and used.
    read_at = models.DateTimeField(null=True, blank=True)
    # Of looks that failed one after the other, how many, and the last one's error with its remedy.
    failures = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=64, blank=True)
    message = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    # What is published (`federation.connections.published`), where it differed when it was looked at, and since when.
    published = models.JSONField(default=dict, blank=True)
    differs_since = models.DateTimeField(null=True, blank=True)
    # The digest of the difference that the audit log has.
    noted = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"What is published for {self.connection}"
