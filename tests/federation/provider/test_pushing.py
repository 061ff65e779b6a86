"""Pushed authorization requests (RFC 9126): asked by the application, brought by name, once, by nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from federation.models import AuthorizationRequest, PushedRequest
from federation.services.housekeeping import purge_sign_in_state
from federation.services.pushed_requests import PREFIX, take_request
from identity.models import DirectoryUser
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory
from tests.federation.browser import SECRET, Browser, json_of
from tests.federation.provider.test_who_and_how import hint_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("config.urls.signin")]


def push(browser: Browser, *, secret: str | None = SECRET, **changed: str | None) -> Any:
    proof = {"client_secret": secret} if secret else {}
    return Client().post("/oauth2/par", {**browser.parameters(organization="acme", **changed), **proof})


def pushed(browser: Browser, **changed: str | None) -> str:
    response = push(browser, **changed)
    assert response.status_code == 201, response.content
    assert response["Cache-Control"] == "no-store"
    answer = response.json()
    assert set(answer) == {"request_uri", "expires_in"}
    assert 0 < answer["expires_in"] <= 600
    return str(answer["request_uri"])


def bring(browser: Browser, uri: str, **more: str) -> Any:
    return browser.get(
        "/oauth2/authorize?"
        + "&".join(
            f"{name}={value}"
            for name, value in {"client_id": browser.application.client_id, "request_uri": uri, **more}.items()
        )
    )


def test_what_was_pushed_is_answered_by_its_name(browser: Browser) -> None:
    uri = pushed(browser)
    assert uri.startswith(PREFIX)
    assert uri not in str(PushedRequest.objects.values_list())
    assert SECRET not in str(PushedRequest.objects.values_list())
    bring(browser, uri)
    answer = browser.answer()
    assert answer["state"] == browser.state
    assert browser.exchange(answer["code"]).status_code == 200


def test_nothing_that_the_browser_adds_counts(browser: Browser) -> None:
    bring(browser, pushed(browser), state="forged", redirect_uri="https://evil.example/", scope="openid+groups")
    answer = browser.answer()
    assert answer["state"] == browser.state
    assert "groups" not in json_of(browser.exchange(answer["code"]))["scope"]


def test_a_name_works_once(browser: Browser) -> None:
    uri = pushed(browser)
    bring(browser, uri)
    assert "code" in browser.answer()
    page = bring(browser, uri)
    assert (page.status_code, "invalid_request_uri" in browser.text) == (400, True)


def test_a_name_works_once_also_for_many_at_once(browser: Browser) -> None:
    uri, client_id = pushed(browser), browser.application.client_id

    def take(_: int) -> bool:
        try:
            return take_request(uri, client_id=client_id) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(take, range(5))) == 1


def test_a_name_is_its_own_clients(browser: Browser, acme: Tenant) -> None:
    other: Application = ApplicationFactory.create()
    TenantApplication.objects.create(tenant=acme, application=other)
    uri = pushed(browser)
    page = browser.get(f"/oauth2/authorize?client_id={other.client_id}&request_uri={uri}")
    assert page.status_code == 400
    assert browser.get(f"/oauth2/authorize?request_uri={uri}").status_code == 400
    assert (
        browser.get(f"/oauth2/authorize?client_id={other.client_id}&client_id=x&request_uri={uri}").status_code == 400
    )
    # Whoever tried did not use it up.
    bring(browser, uri)
    assert "code" in browser.answer()


@pytest.mark.parametrize("uri", [PREFIX, PREFIX + "unknown", PREFIX + "%00"])
def test_an_unknown_name_is_told_on_a_page(browser: Browser, uri: str) -> None:
    assert bring(browser, uri).status_code == 400
    assert "Location" not in browser.page


def test_a_name_lasts_for_a_minute(browser: Browser) -> None:
    uri = pushed(browser)
    kept = PushedRequest.objects.get()
    assert kept.expires_at <= timezone.now() + timedelta(seconds=60)
    PushedRequest.objects.update(expires_at=timezone.now())
    assert bring(browser, uri).status_code == 400
    purge_sign_in_state()
    assert not PushedRequest.objects.exists()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": '"'}, "unsupported_response_type"),
        ({"response_type": "é"}, "unsupported_response_type"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"id_token_hint": "nonsense"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": PREFIX + "another"}, "request_uri_not_supported"),
        ({"state": "a\0b"}, "invalid_request"),
    ],
)
def test_what_is_wrong_is_told_to_the_server(browser: Browser, changed: dict[str, str | None], error: str) -> None:
    response = push(browser, **changed)
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert "Location" not in response
    assert not PushedRequest.objects.exists()


def test_only_the_client_itself_pushes(browser: Browser) -> None:
    for secret in ("wrong", None):
        response = push(browser, secret=secret)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    other = ApplicationFactory.create()
    body = {**browser.parameters(), "client_id": other.client_id, "client_secret": SECRET}
    # Its own redirect URI is not the other's.
    assert Client().post("/oauth2/par", {**body, "redirect_uri": "https://evil.example/"}).status_code == 400
    assert Client().get("/oauth2/par").status_code == 405
    assert not PushedRequest.objects.exists()


def test_what_was_pushed_is_judged_again(browser: Browser, assigned: Application) -> None:
    uri = pushed(browser)
    assigned.redirect_uris = ["https://moved.example/callback"]
    assigned.save(update_fields=["redirect_uris"])
    assert bring(browser, uri).status_code == 400
    assert "Location" not in browser.page


def test_an_error_on_the_way_goes_where_the_request_says(browser: Browser) -> None:
    uri = pushed(browser, prompt="none", max_age="0", response_mode="form_post")
    bring(browser, uri)
    assert browser.hidden()["error"] == "login_required"
    assert browser.hidden()["state"] == browser.state


def test_the_sign_in_page_goes_on_with_it(assigned: Application, acme: Tenant, ann: DirectoryUser) -> None:
    browser = Browser(assigned)
    hint = hint_of(assigned, ann)
    bring(browser, pushed(browser, id_token_hint=hint, login_hint="ann@acme.example"))
    assert 'name="password"' in browser.text
    kept = AuthorizationRequest.objects.get().parameters
    assert (kept["hinted_user"], kept["login_hint"]) == (str(ann.pk), "ann@acme.example")
    assert not {"client_secret", "id_token_hint", "request_uri"} & set(kept)
