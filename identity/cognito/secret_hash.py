"""The proof of an app client's secret that Cognito's authentication API asks for."""

import base64
import hashlib
import hmac


def secret_hash(username: str, client_id: str, client_secret: str) -> str:
    """SECRET_HASH: Base64(HMAC-SHA256(client secret, username + client id)).

    Source: Amazon Cognito developer guide, "Computing secret hash values". ``username`` is the one sent in the same
    request.
    """
    digest = hmac.digest(client_secret.encode(), (username + client_id).encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()
