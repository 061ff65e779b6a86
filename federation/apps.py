"""The app's registration with Django."""

from django.apps import AppConfig


class FederationConfig(AppConfig):
    """The highest of the three apps."""

    name = "federation"

    def ready(self) -> None:
        """Tell `identity` where our public keys are, and who knows whether a token's session goes on."""
        from federation.provider.standing import still_stands
        from federation.services.signing_keys import public_keys  # models are loaded only now
        from identity.tokens import use_own_keys, use_own_standing

        use_own_keys(public_keys)
        use_own_standing(still_stands)
