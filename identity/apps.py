"""The app's registration with Django."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The middle of the three apps: it imports `tenants` and nothing above."""

    name = "identity"

    def ready(self) -> None:
        """Connect the reconciler, with it the sender of invitations, and what reads users back."""
        # Models can be imported only now.
        from identity.pull.lookup import pull_user
        from identity.pull.sweep import pull_pool
        from identity.services.invitation_mail import send_invitation
        from identity.sync import registry, startup
        from tenants.models import SyncKind

        startup.connect()
        registry.register(SyncKind.INVITATION, send_invitation)
        registry.register(SyncKind.PULL, pull_pool)
        registry.register(SyncKind.PULL_USER, pull_user)
