"""The configuration of AWS's Amplify libraries for an application in native mode. Pure.

Its form is `amplify_outputs.json`, schema 1 (aws-amplify/amplify-backend, `client-config-schema/schema_v1.json`), which
the libraries for JavaScript, Swift, Android and Flutter read. Of the older `aws-exports.js` it is the successor.
"""

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from identity.cells import hosted_url
from identity.models import AppClient
from identity.sync.families.client_specs import native_scopes
from identity.sync.native import NativeApplication
from tenants.errors import Conflict

FILE_NAME = "amplify_outputs.json"


def amplify_outputs(client: AppClient, application: NativeApplication) -> dict[str, Any]:
    """Return what an application gives to `Amplify.configure`.

    Args:
        client: its app client in the tenant's pool; pool and cell are read with it.
        application: in native mode.

    Raises:
        Conflict: Amplify could not use it; the message says why.
    """
    if client.is_confidential:
        raise Conflict(_("Amplify runs in browsers and on phones, where no secret can be kept. Make a public client."))
    if not application.logout_uris:
        raise Conflict(_("Amplify needs an address to go to after a sign-out. Add one to the application."))
    return {
        "version": "1",
        "auth": {
            "aws_region": client.pool.cell.region,
            "user_pool_id": client.pool.cognito_id,
            "user_pool_client_id": client.client_id,
            # What people type: their user name is a key that they never see.
            "username_attributes": ["email"],
            "oauth": {
                "domain": urlsplit(hosted_url(client.pool)).netloc,
                # The pool's own users alone sign in by such a client.
                "identity_providers": [],
                "scopes": list(native_scopes(application)),
                "redirect_sign_in_uri": list(application.redirect_uris),
                "redirect_sign_out_uri": list(application.logout_uris),
                "response_type": "code",
            },
        },
    }
