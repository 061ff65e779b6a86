"""Applications that have to be told when somebody is signed out (OpenID Connect Back-Channel Logout 1.0)."""

from django.db import models

from federation.models.browser_session import BrowserSession
from tenants.models import Application
from tenants.models.base import TenantOwned


class LogoutNotice(TenantOwned):
    """One application that one session led to. It waits for the session's end, is owed from then on, and is told.

    What the application knows the session by is kept here: session and user may be gone when it is told.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(BrowserSession, on_delete=models.SET_NULL, null=True, related_name="+")
    # `sid` and `sub` of its ID tokens.
    sid = models.UUIDField()
    subject = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    owed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # While it is owed; none once it was told or given up.
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    # Why the last attempt failed, in a word for whoever runs the application.
    last_error = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sid", "application"], name="logout_notice_once")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(owed_at=None), name="logout_notice_waiting"),
            models.Index(fields=["next_attempt_at"], name="logout_notice_next"),
            models.Index(fields=["application", "owed_at"], name="logout_notice_of_application"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: end of {self.sid}"
