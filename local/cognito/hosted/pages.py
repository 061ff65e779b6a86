"""The pages that a person may see: which provider to use, and what a telephone would have received."""

import datetime
import html
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from local.cognito.hosted.answers import page
from local.cognito.hosted.requests import LOCAL, Addressee
from local.cognito.model import Doc


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


def texts_page(texts: list[Doc]) -> Response:
    """Text messages, the newest first."""
    rows = [
        f"<tr><td>{html.escape(_moment(text))}</td><td>{html.escape(str(text['to']))}</td>"
        f"<td>{html.escape(str(text['body']))}</td></tr>"
        for text in reversed(texts)
    ]
    head = "<thead><tr><th scope=col>When (UTC)<th scope=col>To<th scope=col>Message</thead>"
    table = f"<table>{head}<tbody>{''.join(rows)}</tbody></table>" if rows else "<p>There are none.</p>"
    return page("Text messages", table)


def _moment(text: Doc) -> str:
    return datetime.datetime.fromtimestamp(text["sent"], datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
