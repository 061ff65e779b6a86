"""The ways to tokens, as the matrix tries them: what each needs beforehand, and what it brings.

A new way is a function here and a line in `FLOWS`. It is a generator of two steps. Up to its first `yield` the person's
account is in order, and they are at their own organization; what is after it happens once the account has come into the
state that is tried, and at the organization of `Visit.at`. The second `yield` brings what the application was given.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from identity.models import DirectoryUser
from tests.federation.browser import Browser, json_of
from tests.federation.device import Device
from tests.federation.signin.ways import EMAIL
from tests.support.mail import Mailbox, body_text

Tokens = dict[str, Any] | None


@dataclass
class Visit:
    """Somebody who tries to get in.

    Args:
        browser: theirs, sent by an application.
        person: of their home.
        password: theirs.
        secret: the application's.
        at: the slug of the organization that they try to enter.
        mailbox: theirs, and everybody's.
    """

    browser: Browser
    person: DirectoryUser
    password: str
    secret: str
    at: str
    mailbox: Mailbox

    def asked(self, **more: str) -> dict[str, str]:
        """What an authorization request has of its own each time."""
        return {"nonce": uuid.uuid4().hex, **more}

    def tokens(self, **changed: str) -> Tokens:
        """Exchange the code that the browser brought back, if it did."""
        if not self.browser.page.get("Location", "").startswith(self.browser.application.redirect_uris[0]):
            return None
        code = self.browser.answer().get("code")
        return _given(self.browser.exchange(code, client_secret=self.secret, **changed)) if code else None

    def at_home(self) -> Tokens:
        """Have a session at home, and the tokens that an application gets by it, where home has the application."""
        self.browser.hold_session(self.person)
        self.browser.authorize(**self.asked(organization=self.person.tenant.slug))
        return self.tokens()


def _given(response: Any) -> Tokens:
    return json_of(response) if response.status_code == 200 else None


def _type_password(visit: Visit) -> Tokens:
    if 'name="password"' not in visit.browser.text:
        return None
    visit.browser.submit(email=visit.person.email, password=visit.password)
    return visit.tokens()


def by_password(visit: Visit) -> Iterator[Tokens]:
    """The sign-in page."""
    yield None
    visit.browser.authorize(**visit.asked(organization=visit.at))
    yield _type_password(visit)


def by_mailed_code(visit: Visit) -> Iterator[Tokens]:
    """A code that Cognito mails in place of the password; one that is made up where none is mailed."""
    yield None
    visit.browser.authorize(**visit.asked(organization=visit.at))
    if f'value="{EMAIL}"' not in visit.browser.text:
        yield None
        return
    visit.browser.submit(email=visit.person.email, password="", way=EMAIL)
    # Cognito's answer comes once the mail is out.
    mails = visit.mailbox.messages_to(visit.person.email)
    found = re.search(r"\b\d{6,8}\b", body_text(mails[-1])) if mails else None
    visit.browser.submit(code=found[0] if found else "12345678")
    yield visit.tokens()


def by_pushed_request(visit: Visit) -> Iterator[Tokens]:
    """The same by a pushed request; what the browser says beside it does not count."""
    yield None
    parameters = visit.browser.parameters(**visit.asked(organization=visit.at))
    answer: Any = Client().post("/oauth2/par", {**parameters, "client_secret": visit.secret})
    named = {"client_id": visit.browser.application.client_id, "request_uri": answer.json()["request_uri"]}
    visit.browser.get(f"/oauth2/authorize?{'&'.join(f'{name}={value}' for name, value in named.items())}")
    yield _type_password(visit)


def by_session(visit: Visit) -> Iterator[Tokens]:
    """Single sign-on."""
    visit.at_home()
    yield None
    visit.browser.authorize(**visit.asked(organization=visit.at, prompt="none"))
    yield visit.tokens()


def by_session_under_another_name(visit: Visit) -> Iterator[Tokens]:
    """The cookie of the session at home, under the name of one of each other organization."""
    visit.at_home()
    yield None
    cookies = visit.browser.client.cookies
    own = cookies[f"lifeguard_sso_{visit.person.tenant.key}"].value
    for tenant in type(visit.person.tenant).objects.all():
        cookies[f"lifeguard_sso_{tenant.key}"] = own
    visit.browser.authorize(**visit.asked(organization=visit.at, prompt="none"))
    yield visit.tokens()


def by_hint(visit: Visit) -> Iterator[Tokens]:
    """An ID token of home's as the hint, by which an application says whom it means."""
    tokens = visit.at_home()
    yield None
    if tokens is not None:
        hint = tokens["id_token"]
        visit.browser.authorize(**visit.asked(organization=visit.at, prompt="none", id_token_hint=hint))
    yield visit.tokens() if tokens is not None else None


def by_code(visit: Visit) -> Iterator[Tokens]:
    """A code that home gave, exchanged with another organization's name beside it."""
    visit.browser.hold_session(visit.person)
    visit.browser.authorize(**visit.asked(organization=visit.person.tenant.slug))
    yield None
    yield visit.tokens(organization=visit.at, org_id=visit.at)


def by_refresh_token(visit: Visit) -> Iterator[Tokens]:
    """A refresh token that home gave, likewise."""
    tokens = visit.at_home()
    yield None
    if tokens is None:
        yield None
        return
    more = {"client_secret": visit.secret, "organization": visit.at, "org_id": visit.at}
    yield _given(visit.browser.refresh(tokens["refresh_token"], **more))


def by_device(visit: Visit) -> Iterator[Tokens]:
    """A device that asks for an organization, granted in a browser that has a session at home."""
    application = visit.browser.application
    type(application).objects.filter(pk=application.pk).update(device_flow=True)
    device = Device(application, secret=visit.secret)
    device.begin(organization=visit.at)
    visit.browser.hold_session(visit.person)
    yield None
    visit.browser.get("/device")
    visit.browser.submit(user_code=device.codes["user_code"])
    if 'name="grant"' in visit.browser.text:
        visit.browser.submit(grant="1")
    yield _given(device.poll())


@dataclass(frozen=True)
class Flow:
    """A way, and what the matrix has to know of it.

    Args:
        steps: the way.
        asks_cognito: whether it proves somebody to Cognito, so that what was done to their account there alone counts
            at once. Otherwise that counts once a sweep, or an event, has brought it here.
        names_organization: whether it is the person's choice where it leads; otherwise it leads home.
        in_each_state: whether it is tried with the account in each state; not where another one leads to that page.
    """

    steps: Callable[[Visit], Iterator[Tokens]]
    asks_cognito: bool = False
    names_organization: bool = True
    in_each_state: bool = True


FLOWS = {
    "password": Flow(by_password, asks_cognito=True),
    "mailed code": Flow(by_mailed_code, asks_cognito=True),
    "pushed request": Flow(by_pushed_request, asks_cognito=True, in_each_state=False),
    "session": Flow(by_session),
    "session under another name": Flow(by_session_under_another_name),
    "hint": Flow(by_hint),
    "code": Flow(by_code, names_organization=False),
    "device": Flow(by_device),
    "refresh token": Flow(by_refresh_token, names_organization=False),
}
