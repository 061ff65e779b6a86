"""The account page as an application of Lifeguard: built in, for every tenant, so that one signs in to it like to any.

It never exchanges a code. It is served by the sign-in host itself, which has the session's cookie by then.
"""

from django.conf import settings

from federation.tokens import new_token
from tenants.models import Application
from tenants.models.application import hash_secret

CLIENT_ID = "lifeguard-account"
RETURN_PATH = "/account/return"


def return_address() -> str:
    """Return where a sign-in to the account page ends."""
    return f"{settings.SIGNIN_URL}{RETURN_PATH}"


def account_application() -> Application:
    """Return the application, which is made the first time, and again where the host has another name now."""
    found = Application.objects.filter(client_id=CLIENT_ID, redirect_uris=[return_address()]).first()
    return found or _made()


def _made() -> Application:
    application, _created = Application.objects.update_or_create(
        client_id=CLIENT_ID,
        defaults={
            "name": f"{settings.PRODUCT_NAME} account",
            # Nobody has the secret: tokens are no use to a page that has the session.
            "secret_hash": hash_secret(new_token()),
            "redirect_uris": [return_address()],
            "post_logout_redirect_uris": [],
            "audience": f"{settings.SIGNIN_URL}/account",
            "require_nonce": True,
            "is_builtin": True,
        },
    )
    return application
