"""The pages that a person may see: which provider to use, and what went wrong."""

import html
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from local.cognito.hosted.answers import page
from local.cognito.hosted.requests import LOCAL, Addressee


def chooser(to: Addressee, params: Mapping[str, str]) -> Response:
    """Links to the providers that the client lists. Local users have no sign-in page in this service."""
    names = [str(name) for name in to.client.get("SupportedIdentityProviders", [])]
    kept = {name: value for name, value in params.items() if name not in ("identity_provider", "idp_identifier")}
    links = [
        f'<li><a href="/oauth2/authorize?{html.escape(urlencode({**kept, "identity_provider": name}))}">'
        f"{html.escape(name)}</a></li>"
        for name in names
        if name != LOCAL
    ]
    words = "" if links else "<p>Login pages unavailable. Please contact an administrator.</p>"
    return page("Sign in", f"<ul>{''.join(links)}</ul>{words}", 200 if links else 400)
