"""The dashboard as an application of Lifeguard: built in, allowed to every tenant, with nothing to configure."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from tenants.models import Application
from tenants.models.application import hash_secret

CLIENT_ID = "lifeguard-dashboard"
CALLBACK_PATH = "/accounts/lifeguard/login/callback/"


def client_secret() -> str:
    """Return the dashboard's client secret: derived from SECRET_KEY (HKDF, RFC 5869), which both sites have."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"lifeguard.dashboard-client-secret").derive(
        settings.SECRET_KEY.encode()
    )
    return base64.urlsafe_b64encode(derived).rstrip(b"=").decode()


def api_audience() -> str:
    """Return what Lifeguard's own API calls itself: the `aud` of the dashboard's access tokens."""
    return f"{settings.DASHBOARD_URL}/api"


@transaction.atomic
def ensure_dashboard_application() -> Application:
    """Make the dashboard an application, or bring the one there is to the present addresses and secret."""
    application, _created = Application.objects.update_or_create(
        client_id=CLIENT_ID,
        defaults={
            "name": f"{settings.PRODUCT_NAME} dashboard",
            "secret_hash": hash_secret(client_secret()),
            "redirect_uris": [f"{settings.DASHBOARD_URL}{CALLBACK_PATH}"],
            "post_logout_redirect_uris": [],
            "audience": api_audience(),
            "require_nonce": True,
            "is_builtin": True,
        },
    )
    return application
