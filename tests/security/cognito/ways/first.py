"""Beginning by a password, a code or a passkey, all of it asked of Cognito."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.test import Client

from identity.auth import passkeys
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from tenants.models import SignInPolicy
from tests.federation.conftest import issuer
from tests.federation.signin.ways import EMAIL, PASSKEY, TEXT
from tests.security.cognito.visit import Tokens, Visit
from tests.support.authenticator import Passkey
from tests.support.codes import code_in


def by_password(visit: Visit) -> Iterator[Tokens]:
    """The sign-in page."""
    yield None
    visit.authorize()
    yield visit.type_password()


def by_pushed_request(visit: Visit) -> Iterator[Tokens]:
    """The same by a pushed request; what the browser says beside it does not count."""
    yield None
    parameters = visit.browser.parameters(**visit.asked(organization=visit.at))
    proof = {name: value for name, value in visit.proved().items() if value is not None}
    answer: Any = Client().post("/oauth2/par", {**parameters, **proof})
    named = {"client_id": visit.browser.application.client_id, "request_uri": answer.json()["request_uri"]}
    visit.browser.get(f"/oauth2/authorize?{'&'.join(f'{name}={value}' for name, value in named.items())}")
    yield visit.type_password()


def by_mailed_code(visit: Visit) -> Iterator[Tokens]:
    """A code that Cognito mails in place of the password; one that is made up where none is mailed."""
    yield None
    if visit.begin(EMAIL):
        visit.browser.submit(code=visit.digits_mailed())
        yield visit.tokens()


def by_code_alone(visit: Visit) -> Iterator[Tokens]:
    """The mailed code where nobody uses passwords."""
    yield None
    policies = SignInPolicy.objects.filter(tenant__slug__in=(visit.home.slug, visit.at))
    policies.update(password_allowed=False)
    begun, tokens = visit.begin(EMAIL), None
    assert 'name="password"' not in visit.browser.text
    if begun:
        visit.browser.submit(code=visit.digits_mailed())
        tokens = visit.tokens()
    policies.update(password_allowed=True)
    yield tokens


def by_texted_code(visit: Visit) -> Iterator[Tokens]:
    """Likewise by a text message; their account changes once it was sent at home."""
    number = f"+4477{visit.person.pk.int % 10**8:08d}"
    known = {"phone_number": number, "phone_number_verified": "true"}
    users.update_attributes(pool_ref(visit.home.pool), visit.person.username, known, priority=Priority.SIGN_IN)
    at, visit.at = visit.at, visit.home.slug
    begun = visit.begin(TEXT)
    visit.at = at
    yield None
    if begun:
        visit.submit(code=code_in(visit.around.cognito.texts_to(number)[-1]))
        yield visit.tokens()


def by_passkey(visit: Visit) -> Iterator[Tokens]:
    """One that they have at home."""
    client, token = visit.credential()
    passkey = Passkey(issuer())
    made = passkey.made_for(passkeys.begin_passkey_registration(client, token))
    passkeys.finish_passkey_registration(client, token, made, counts_as_two=False)
    yield None
    if visit.begin(PASSKEY):
        found = re.search(r'data-options="([^"]*)"', visit.browser.text)
        assert found is not None
        visit.browser.submit(credential=passkey.signed(json.loads(unescape(found[1]))))
        yield visit.tokens()
