"""The app's registration with Django."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The middle of the three apps: it imports `tenants` and nothing above."""

    name = "identity"

    def ready(self) -> None:
        """Connect the reconciler, and the sender of invitations with it."""
        # Models can be imported only now.
        from identity.services.invitation_mail import send_invitation
        from identity.sync import registry, startup
        from tenants.models import SyncKind

        startup.connect()
        registry.register(SyncKind.INVITATION, send_invitation)
