"""How allauth behaves here: operators have local accounts, and nobody signs up."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from federation.dashboard_login.logout import end_session_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closes sign-up: an operator is added by another one, or by `manage.py create_operator`."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never; see the class."""
        return False

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Return where signing out goes on: for a tenant's user to the sign-in host, where their session ends too."""
        return end_session_address(request) or super().get_logout_redirect_url(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link that is mailed: at our own origin, and not at the port that a Host header names.

        Django allows any port with an allowed host (`ALLOWED_HOSTS`), and somebody else may listen there.
        """
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.DASHBOARD_URL}{path}"
