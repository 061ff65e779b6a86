"""Ways by home's identity providers, which know its people alone."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from federation.totp import code_at
from federation.webauthn import origin_of
from identity.services.invitations import invite_user
from tenants.actor import system
from tests.federation.app_codes import app_on
from tests.federation.arrivals import HTTP, other_claims
from tests.federation.signin.test_own_keys import options_on
from tests.security.cognito.visit import Tokens, Visit
from tests.support.authenticator import Passkey

OIDC, SAML = "Entra", "Okta"
_MULTI_FACTOR = "urn:lifeguard:acr:multi-factor"


def _leave(visit: Visit, name: str, **asked: str) -> str:
    """Choose a connection of home's on the page of the organization that is tried; empty where there is none."""
    visit.authorize(**asked)
    query = dict(parse_qsl(urlsplit(visit.browser.address).query))
    if "request" not in query:
        return ""
    connection = visit.around.connections[name]
    visit.browser.get(f"/{visit.at}/sign-in/by/{connection.pk}?request={query['request']}")
    return visit.browser.page["Location"] if visit.browser.page.status_code == 302 else ""


def _come_by_oidc(visit: Visit, **asked: str) -> None:
    subject = visit.email.partition("@")[0]
    other_claims(visit.around.oidc, sub=subject, email=visit.email, name="Ada")
    if address := _leave(visit, OIDC, **asked):
        visit.browser.arrive(visit.browser.travel(address))


def _come_by_saml(visit: Visit) -> None:
    if not (address := _leave(visit, SAML)):
        return
    idp = visit.around.saml
    asked = idp.asked(HTTP.get(address).headers["location"])
    said: Any = {"name_id": visit.email, "attributes": {"email": [visit.email], "name": ["Ada"]}}
    form = idp.form(idp.signed(idp.answer(asked, **said)), asked.relay_state)
    visit.browser.arrive(HTTP.post(asked.acs, data=form).headers["location"])


def _invited(visit: Visit) -> None:
    """Nobody comes in unasked: otherwise whoever was deleted would come again as somebody new."""
    invite_user(visit.home, email=visit.email, name="", role="admin", actor=system("test"))


def _twice(visit: Visit, come: Callable[[Visit], None]) -> Iterator[Tokens]:
    """Come at home, where that accepts the invitation, and in a fresh browser where they try to enter."""
    _invited(visit)
    at, visit.at = visit.at, visit.home.slug
    come(visit)
    visit.at = at
    visit.browser.client.cookies.clear()
    yield None
    come(visit)
    yield visit.tokens()


def by_oidc(visit: Visit) -> Iterator[Tokens]:
    """An OpenID provider, by which they came before."""
    yield from _twice(visit, _come_by_oidc)


def by_saml(visit: Visit) -> Iterator[Tokens]:
    """A SAML provider, likewise."""
    yield from _twice(visit, _come_by_saml)


def by_own_factor(visit: Visit) -> Iterator[Tokens]:
    """A second factor of Lifeguard's own after the provider's word: they were asked for it, then answer."""
    _invited(visit)
    at, visit.at = visit.at, visit.home.slug
    _come_by_oidc(visit, acr_values=_MULTI_FACTOR)
    if visit.browser.address.endswith("/own-choice"):
        visit.browser.submit(factor="totp")
    visit.at = at
    yield None
    if 'name="code"' in visit.browser.text:
        secret = app_on(visit.browser).secret
        visit.submit(code=code_at(secret, int(time.time()) // 30))
        yield visit.tokens()


def by_own_key(visit: Visit) -> Iterator[Tokens]:
    """A security key that Lifeguard keeps, which they set up before: they were asked for it, then answer."""
    _invited(visit)
    at, visit.at = visit.at, visit.home.slug
    key = Passkey(origin_of(settings.SIGNIN_URL), verifies=False)
    _come_by_oidc(visit, acr_values=_MULTI_FACTOR)
    if visit.browser.address.endswith("/own-choice"):
        visit.browser.submit(factor="key")
        visit.browser.submit(credential=json.dumps(key.made_for(options_on(visit.browser))), name="")
        visit.browser.client.cookies.clear()
        _come_by_oidc(visit, acr_values=_MULTI_FACTOR)
    visit.at = at
    yield None
    if "Use your security key or passkey" in visit.browser.text:
        visit.submit(credential=key.signed(options_on(visit.browser)))
        yield visit.tokens()
