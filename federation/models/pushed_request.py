"""Authorization requests that an application's server left with us before it sent the browser (RFC 9126)."""

from django.db import models

from tenants.models import Application


class PushedRequest(models.Model):
    """A validated request under a name that nobody can guess and that works once. The name is kept as a hash."""

    uri_hash = models.CharField(max_length=64, unique=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    # As `federation.provider.asking` read them; validated again when the browser brings the name.
    parameters = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"A pushed request of {self.application}"
