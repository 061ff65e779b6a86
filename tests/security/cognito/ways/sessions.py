"""Ways that a session or a token of home opens, none of which asks Cognito."""

from collections.abc import Iterator
from typing import Any

from django.test import Client

from identity.models import DirectoryUser
from tenants.models import Tenant
from tests.federation.device import Device, enter
from tests.security.cognito.visit import Tokens, Visit, given


def by_session(visit: Visit) -> Iterator[Tokens]:
    """Single sign-on."""
    visit.at_home()
    yield None
    visit.authorize(prompt="none")
    yield visit.tokens()


def by_session_unnamed(visit: Visit) -> Iterator[Tokens]:
    """Single sign-on of an application that names no organization."""
    visit.at_home()
    yield None
    visit.browser.authorize(**visit.asked(prompt="none"))
    yield visit.tokens()


def by_session_under_another_name(visit: Visit) -> Iterator[Tokens]:
    """The cookie of the session at home, under the name of one of each other organization."""
    visit.at_home()
    yield None
    cookies = visit.browser.client.cookies
    own = cookies[f"lifeguard_sso_{visit.home.key}"].value
    for tenant in Tenant.objects.all():
        cookies[f"lifeguard_sso_{tenant.key}"] = own
    visit.authorize(prompt="none")
    yield visit.tokens()


def by_session_after_leaving_the_other(visit: Visit) -> Iterator[Tokens]:
    """Who was at both organizations in one browser, and was signed out at the other, whose servers hear of it."""
    application = visit.browser.application
    told = {"backchannel_logout_uri": "https://app.example/ended"}
    type(application).objects.filter(pk=application.pk).update(**told)
    visit.at_home()
    namesake = DirectoryUser.objects.exclude(tenant=visit.home).get(email=visit.email)
    visit.browser.hold_session(namesake)
    visit.authorize(organization=namesake.tenant.slug, prompt="none")
    left = visit.tokens()
    if left is not None:
        visit.browser.get(f"/oauth2/logout?id_token_hint={left['id_token']}")
    else:
        del visit.browser.client.cookies[f"lifeguard_sso_{namesake.tenant.key}"]
    yield None
    visit.authorize(prompt="none")
    yield visit.tokens()


def by_hint(visit: Visit) -> Iterator[Tokens]:
    """An ID token of home's as the hint, by which an application says whom it means."""
    tokens = visit.at_home()
    yield None
    if tokens is not None:
        visit.authorize(prompt="none", id_token_hint=tokens["id_token"])
        yield visit.tokens()


def by_code(visit: Visit) -> Iterator[Tokens]:
    """A code that home gave, exchanged with another organization's name beside it."""
    visit.browser.hold_session(visit.person)
    visit.authorize(organization=visit.home.slug)
    yield None
    yield visit.tokens(organization=visit.at, org_id=visit.at)


def by_refresh_token(visit: Visit) -> Iterator[Tokens]:
    """A refresh token that home gave, likewise; the one that it was exchanged for too."""
    tokens = visit.at_home()
    yield None
    for _ in range(2):
        if tokens is not None:
            more = {"organization": visit.at, "org_id": visit.at, **visit.proved()}
            tokens = given(visit.browser.refresh(tokens["refresh_token"], **more))
    yield tokens


def by_device(visit: Visit) -> Iterator[Tokens]:
    """A device that asks for an organization, granted in a browser that has a session at home."""
    application = visit.browser.application
    type(application).objects.filter(pk=application.pk).update(device_flow=True)
    device = Device(application)
    device.proof = _fields(visit)
    device.begin(organization=visit.at)
    visit.browser.hold_session(visit.person)
    yield None
    enter(visit.browser, device.codes["user_code"])
    if 'name="grant"' in visit.browser.text:
        visit.browser.submit(grant="1")
    device.proof = _fields(visit)
    yield given(device.poll())


def by_userinfo(visit: Visit) -> Iterator[Tokens]:
    """An access token at the userinfo endpoint: what it says, beside the tokens that it says it by."""
    tokens = visit.at_home()
    yield None
    if tokens is not None:
        bearer = f"Bearer {tokens['access_token']}"
        told = given(Client().get(f"/oauth2/userinfo?organization={visit.at}", HTTP_AUTHORIZATION=bearer))
        yield {**tokens, "told": told} if told is not None else None


def by_introspection(visit: Visit) -> Iterator[Tokens]:
    """An access token, asked about by its own application."""
    tokens = visit.at_home()
    yield None
    if tokens is not None:
        body = {**_fields(visit), "token": tokens["access_token"], "organization": visit.at}
        told: Any = given(Client().post("/oauth2/introspect", body))
        yield {**tokens, "told": told} if told is not None and told["active"] else None


def _fields(visit: Visit) -> dict[str, str]:
    proof = {"client_id": visit.browser.application.client_id, **visit.proved()}
    return {name: value for name, value in proof.items() if value is not None}
