"""How allauth behaves here: operators have local accounts, and nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closes sign-up: an operator is added by another one, or by `manage.py create_operator`."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never; see the class."""
        return False
