"""Sign-out that an application begins."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from federation.models import BrowserSession, TokenFamily
from identity.models import DirectoryUser
from tenants.models import Application, AuditEvent, Tenant
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def logout(browser: Browser, **parameters: str) -> Any:
    return browser.get(f"/oauth2/logout?{urlencode(parameters)}")


def live_sessions() -> int:
    return BrowserSession.objects.filter(ended_at__isnull=True).count()


def test_with_a_hint_the_browser_goes_back_at_once(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    tokens = browser.tokens_from_session()
    response = logout(
        browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri="https://app.example/", state="s&1"
    )
    assert (response.status_code, response["Location"]) == (303, "https://app.example/?state=s%261")
    assert live_sessions() == 0
    assert response.cookies[f"lifeguard_sso_{acme.key}"]["max-age"] == 0
    assert TokenFamily.objects.get().revoked_at is not None
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    event = AuditEvent.objects.get(action="session.signed_out")
    assert (event.tenant_id, event.actor_id) == (acme.pk, str(ann.pk))
    # Single sign-on is over too.
    browser.authorize(organization="acme", nonce="second")
    assert 'name="password"' in browser.text


def test_post_works_like_get(browser: Browser) -> None:
    hint = browser.tokens_from_session()["id_token"]
    response: Any = browser.client.post("/oauth2/logout", {"id_token_hint": hint})
    assert response.status_code == 303
    browser.get(response["Location"])
    assert "signed out" in browser.text
    assert live_sessions() == 0


def test_without_a_hint_the_person_is_asked(browser: Browser, assigned: Application) -> None:
    logout(browser, client_id=assigned.client_id, post_logout_redirect_uri="https://app.example/", state="s")
    assert live_sessions() == 1
    assert "Sign out?" in browser.text
    assert "ann@acme.example" in browser.text
    response = browser.submit()
    assert response["Location"] == "https://app.example/?state=s"
    assert live_sessions() == 0


def test_the_confirmation_cannot_be_forged(browser: Browser) -> None:
    assert browser.client.post("/oauth2/logout/confirm").status_code == 403
    assert browser.client.get("/oauth2/logout/confirm").status_code == 405
    assert live_sessions() == 1


@pytest.mark.parametrize(
    "address",
    ["https://attacker.example/", "https://app.example", "https://app.example/?x", "https://app.example/callback"],
)
def test_only_a_registered_address_is_gone_back_to(browser: Browser, address: str) -> None:
    hint = browser.tokens_from_session()["id_token"]
    response = logout(browser, id_token_hint=hint, post_logout_redirect_uri=address)
    assert response.status_code == 200
    assert "Location" not in response
    assert "attacker" not in browser.text
    assert live_sessions() == 0


def test_a_hint_for_another_client_counts_as_none(browser: Browser) -> None:
    other = ApplicationFactory.create(post_logout_redirect_uris=["https://other.example/"])
    hint = browser.tokens_from_session()["id_token"]
    logout(browser, id_token_hint=hint, client_id=other.client_id, post_logout_redirect_uri="https://other.example/")
    assert "Sign out?" in browser.text
    assert live_sessions() == 1


@pytest.mark.parametrize("kind", ["tampered", "access_token", "nonsense"])
def test_a_hint_that_is_not_ours_counts_as_none(browser: Browser, kind: str) -> None:
    tokens = browser.tokens_from_session()
    hint = {"tampered": f"{tokens['id_token'][:-43]}{'A' * 43}", "nonsense": "x"}.get(kind, tokens["access_token"])
    logout(browser, id_token_hint=hint)
    assert "Sign out?" in browser.text
    assert live_sessions() == 1


def test_a_hint_of_somebody_else_asks_first(browser: Browser, assigned: Application, ann: DirectoryUser) -> None:
    stranger = Browser(assigned)
    stranger.hold_session(ann)
    hint = stranger.tokens_from_session()["id_token"]
    logout(browser, id_token_hint=hint)
    assert "Sign out?" in browser.text
    assert live_sessions() == 2


def test_without_any_session_nothing_is_asked(browser: Browser, assigned: Application) -> None:
    hint = browser.tokens_from_session()["id_token"]
    BrowserSession.objects.update(ended_at=timezone.now())
    response = logout(browser, id_token_hint=hint, post_logout_redirect_uri="https://app.example/")
    assert response["Location"] == "https://app.example/"


def test_signing_out_ends_the_session_that_was_replaced(browser: Browser, ann: DirectoryUser) -> None:
    first = BrowserSession.objects.get()
    tokens = browser.tokens_from_session()
    second = browser.hold_session(ann)
    BrowserSession.objects.filter(pk=second.pk).update(previous=first)
    logout(browser, id_token_hint=tokens["id_token"])
    assert live_sessions() == 0


def test_no_session_and_no_hint(assigned: Application) -> None:
    assert Client().get("/oauth2/logout").status_code == 200


def test_signing_out_with_an_older_hint_however_often_somebody_signed_in_again(
    browser: Browser, ann: DirectoryUser
) -> None:
    previous = BrowserSession.objects.get()
    hint = browser.tokens_from_session()["id_token"]
    for _again in range(3):
        newer = browser.hold_session(ann)
        BrowserSession.objects.filter(pk=newer.pk).update(previous=previous)
        previous = newer
    response = logout(browser, id_token_hint=hint, post_logout_redirect_uri="https://app.example/")
    assert response["Location"] == "https://app.example/"
    assert live_sessions() == 0
