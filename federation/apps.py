"""The app's registration with Django."""

from django.apps import AppConfig


class FederationConfig(AppConfig):
    """The highest of the three apps."""

    name = "federation"

    def ready(self) -> None:
        """Tell `identity` where our public keys are, whether a token's session goes on, and what connections need.

        Likewise what a tenant's first page says of single sign-on.
        """
        from federation.provider.standing import holder_of
        from federation.services.signing_keys import public_keys  # models are loaded only now
        from federation.sync.certificates import reconcile_certificates
        from federation.sync.connection_test import reconcile_test
        from federation.sync.identity_provider import retired
        from federation.sync.profiles import profiles_of
        from federation.sync.wishes import names_of, wishes_of
        from federation.web.next_steps import sso_tasks
        from identity.sync import arrivals, profiles, registry
        from identity.tokens import use_own_keys, use_own_standing
        from identity.web import next_steps
        from tenants.models import SyncKind

        use_own_keys(public_keys)
        use_own_standing(holder_of)
        arrivals.use(wishes_of, retired, names_of)
        profiles.use(profiles_of)
        next_steps.use(sso_tasks)
        registry.register(SyncKind.CONNECTION_TEST, reconcile_test)
        registry.register(SyncKind.CERTIFICATES, reconcile_certificates)
