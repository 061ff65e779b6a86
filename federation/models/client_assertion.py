"""What is remembered of the assertions by which applications proved who they are."""

from django.db import models

from tenants.models import Application


class ClientAssertion(models.Model):
    """One assertion that was taken, so that nobody takes it a second time. Kept until it is over anyway."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    jti_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "jti_hash"], name="client_assertion_once"),
        ]

    def __str__(self) -> str:
        return f"An assertion of {self.application}"
