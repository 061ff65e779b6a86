"""APIs that access tokens are for (resource servers, RFC 6749 section 1.1), and which applications call them."""

import uuid

from django.db import models

from tenants.models.application import Application


class ResourceServer(models.Model):
    """An API of the operator's. Its identifier is what a client asks for (RFC 8707) and tokens say in `aud`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    # Fixed when it is added: APIs compare it with what they are configured with.
    identifier = models.CharField(max_length=255, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ResourceScope(models.Model):
    """What a token allows at an API. Its name is no other API's, so that a scope says by itself where it counts."""

    server = models.ForeignKey(ResourceServer, on_delete=models.CASCADE, related_name="scopes")
    name = models.CharField(max_length=64, unique=True)
    description = models.CharField(max_length=256)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ApplicationResource(models.Model):
    """That an application may have tokens for an API, with some of its scopes."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="resources")
    server = models.ForeignKey(ResourceServer, on_delete=models.CASCADE, related_name="+")
    scopes = models.ManyToManyField(ResourceScope, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "server"], name="application_resource_once")]

    def __str__(self) -> str:
        return f"{self.application} → {self.server}"
