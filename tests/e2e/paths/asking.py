"""What an application beside Orbit asks for, in its browser, and that it has its answer."""

import re
import secrets
from urllib.parse import urlencode

from playwright.sync_api import expect

from tests.e2e.paths.walk import Walk

# That of `tests.factories.ApplicationFactory`.
SECRET = "application-secret"


def atlas(walk: Walk, *houses: str) -> str:
    """Have the tenants of some houses use Atlas; return its client ID."""
    client_id: str = walk.office.ask("second_application", tenants=[walk.tenant(each) for each in houses])
    return client_id


def address(walk: Walk, house: str, *others: str, **parameters: str) -> str:
    """Return an authorization request of Atlas, which the tenant of the house may use.

    Args:
        walk: who walks.
        house: whose tenant is asked for; `organization` of the parameters says it otherwise.
        others: houses whose tenants may use it, too.
        parameters: of the request, besides those that every request has.
    """
    wanted = {
        "response_type": "code",
        "client_id": atlas(walk, house, *others),
        "redirect_uri": f"{walk.demo.sample}/callback",
        "scope": "openid email",
        "state": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        # Nobody redeems the code, so that nobody needs to know of what this is the hash.
        "code_challenge": secrets.token_urlsafe(32),
        "code_challenge_method": "S256",
        "organization": walk.tenant(house),
    }
    asked = {name: value for name, value in {**wanted, **parameters}.items() if value}
    return f"{walk.demo.signin}/oauth2/authorize?{urlencode(asked)}"


def is_answered(walk: Walk, at: str = "") -> None:
    """See that there is a code.

    Args:
        walk: who walks.
        at: the redirect URI; that of Atlas is Orbit's, which knows nothing of the request.
    """
    told = at or f"{walk.demo.sample}/callback"
    expect(walk.hands.page).to_have_url(re.compile(rf"^{re.escape(told)}\?(.*&)?code="))
