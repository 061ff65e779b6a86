"""How allauth behaves here: operators have local accounts, and nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
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
