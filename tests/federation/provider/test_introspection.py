"""Introspection and revocation (RFC 7662, RFC 7009): what a token is worth now, told to its own client alone."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from federation.models import BrowserSession
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, Tenant, TenantApplication, TenantStatus
from tests.factories import ApplicationFactory
from tests.federation.browser import SECRET, Browser, json_of
from tests.federation.conftest import issuer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def ask(application: Application, token: str, *, path: str = "introspect", secret: str = SECRET, **more: str) -> Any:
    body = {"token": token, "client_id": application.client_id, "client_secret": secret, **more}
    return Client().post(f"/oauth2/{path}", body)


def answer(application: Application, token: str, **more: str) -> dict[str, Any]:
    response = ask(application, token, **more)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    found: dict[str, Any] = response.json()
    return found


def test_an_access_token_is_told_as_it_was_issued(browser: Browser, assigned: Application) -> None:
    token = browser.tokens_from_session()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert answer(assigned, token) == {"active": True, "token_type": "Bearer", **claims}
    assert {"iss", "sub", "aud", "client_id", "exp", "iat", "jti", "scope", "org_id"} <= set(claims)


def test_a_refresh_token_is_told_until_it_is_used(browser: Browser, assigned: Application, ann: DirectoryUser) -> None:
    token = browser.tokens_from_session()["refresh_token"]
    found = answer(assigned, token, token_type_hint="refresh_token")
    assert found.pop("iat") <= timezone.now().timestamp()
    assert found == {
        "active": True,
        "client_id": assigned.client_id,
        "iss": issuer(),
        "sub": str(ann.pk),
        "scope": "openid profile email",
        "org_id": str(ann.tenant_id),
    }
    successor = browser.refresh(token)
    assert answer(assigned, token) == {"active": False}
    # Asking about a used one is no reuse: its successor stays good.
    assert answer(assigned, json_of(successor)["refresh_token"])["active"]


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "something-else"])
def test_a_hint_is_only_a_hint(browser: Browser, assigned: Application, hint: str) -> None:
    tokens = browser.tokens_from_session()
    assert answer(assigned, tokens["access_token"], token_type_hint=hint)["active"]
    assert answer(assigned, tokens["refresh_token"], token_type_hint=hint)["active"]


def test_what_is_no_token_of_the_clients_is_inactive_and_nothing_else(browser: Browser, assigned: Application) -> None:
    """Also an ID token, which nobody may take for a key, and a token of another application's."""
    tokens = browser.tokens_from_session()
    for wrong in ("never-issued", tokens["id_token"], tokens["access_token"] + "x", "a.b.c", "ü"):
        assert answer(assigned, wrong) == {"active": False}
    other = ApplicationFactory.create()
    for kind in ("access_token", "refresh_token"):
        assert answer(other, tokens[kind]) == {"active": False}


def test_an_api_is_told_of_access_tokens_that_others_bring_to_it(browser: Browser, assigned: Application) -> None:
    """It is the application with the audience; what its callers hold besides is not its business."""
    tokens = browser.tokens_from_session()
    api = ApplicationFactory.create(audience=assigned.audience)
    assert answer(api, tokens["access_token"]) == answer(assigned, tokens["access_token"])
    assert answer(api, tokens["access_token"])["client_id"] == assigned.client_id
    assert answer(api, tokens["refresh_token"]) == {"active": False}
    assert ask(api, tokens["access_token"], path="revoke").status_code == 200
    assert answer(assigned, tokens["access_token"])["active"]
    ask(assigned, tokens["refresh_token"], path="revoke")
    assert answer(api, tokens["access_token"]) == {"active": False}


def test_nobody_is_told_of_tokens_for_the_dashboard(browser: Browser, assigned: Application) -> None:
    token = browser.tokens_from_session()["access_token"]
    api = ApplicationFactory.create(audience=assigned.audience)
    Application.objects.filter(pk=assigned.pk).update(is_builtin=True)
    assert answer(api, token) == {"active": False}


@pytest.mark.parametrize("what", ["revoked", "disabled", "suspended", "unassigned", "ended"])
def test_what_ended_is_inactive_at_once(
    browser: Browser, assigned: Application, acme: Tenant, ann: DirectoryUser, what: str
) -> None:
    tokens = browser.tokens_from_session()
    happens: dict[str, Callable[[], object]] = {
        "revoked": lambda: ask(assigned, tokens["refresh_token"], path="revoke"),
        "disabled": lambda: DirectoryUser.objects.filter(pk=ann.pk).update(status=UserStatus.DISABLED),
        "suspended": lambda: Tenant.objects.filter(pk=acme.pk).update(status=TenantStatus.SUSPENDED),
        "unassigned": lambda: TenantApplication.objects.filter(tenant=acme).delete(),
        "ended": lambda: BrowserSession.objects.update(ended_at=timezone.now()),
    }
    assert answer(assigned, tokens["access_token"])["active"]
    happens[what]()
    for kind in ("access_token", "refresh_token"):
        assert answer(assigned, tokens[kind]) == {"active": False}


def test_asking_is_no_activity(browser: Browser, assigned: Application) -> None:
    tokens = browser.tokens_from_session()
    before = timezone.now() - timedelta(minutes=3)
    BrowserSession.objects.update(last_seen_at=before)
    for kind in ("access_token", "refresh_token"):
        assert answer(assigned, tokens[kind])["active"]
    assert BrowserSession.objects.get().last_seen_at == before


@pytest.mark.parametrize("path", ["introspect", "revoke"])
def test_nobody_is_told_without_a_secret(browser: Browser, assigned: Application, path: str) -> None:
    token = browser.tokens_from_session()["refresh_token"]
    assert ask(assigned, token, path=path, secret="wrong").status_code == 401
    assert Client().post(f"/oauth2/{path}", {"token": token}).status_code == 401
    assert Client().post(f"/oauth2/{path}", {"token": token, "client_id": assigned.client_id}).status_code == 401
    assert Client().post(f"/oauth2/{path}?client_secret={SECRET}", {"token": token}).status_code == 401
    assert Client().get(f"/oauth2/{path}").status_code == 405
    assert answer(assigned, token)["active"]


@pytest.mark.parametrize("path", ["introspect", "revoke"])
def test_malformed_requests_are_refused(browser: Browser, assigned: Application, path: str) -> None:
    token = browser.tokens_from_session()["refresh_token"]
    key = base64.b64encode(f"{assigned.client_id}:{SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {key}"}
    for body in ({}, {"token": ""}, {"token": [token, token]}, {"token": "a\0b"}):
        response = Client().post(f"/oauth2/{path}", body, headers=headers)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert Client().post(f"/oauth2/{path}", {"token": token}, headers=headers).status_code == 200
