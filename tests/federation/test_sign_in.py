"""The main path: from the application through the branded page to verified tokens."""

import jwt
import pytest

from federation.models import BrowserSession
from identity.models import DirectoryUser
from identity.tokens import verify_access_token, verify_id_token
from tenants.models import Application, AuditEvent, Tenant
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, issuer

pytestmark = pytest.mark.urls("config.urls.signin")


def test_password_code_tokens(browser: Browser, acme: Tenant, ann: DirectoryUser, assigned: Application) -> None:
    page = browser.authorize(organization="acme")
    assert page.status_code == 200
    assert "Sample" in browser.text
    browser.submit(email="Ann@acme.example", password=PASSWORD)
    answer = browser.answer()
    assert answer["state"] == browser.state
    assert answer["iss"] == issuer()
    response = browser.exchange(answer["code"])
    assert response["Cache-Control"] == "no-store"
    tokens = response.json()  # type: ignore[attr-defined]
    assert tokens["token_type"] == "Bearer"
    access = verify_access_token(tokens["access_token"], audience=assigned.audience, tenant=acme)
    assert (access.subject, access.tenant_id, access.client_id) == (ann.pk, acme.pk, assigned.client_id)
    identity = verify_id_token(tokens["id_token"], client_id=assigned.client_id)
    assert (identity.subject, identity.nonce) == (ann.pk, browser.nonce)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["email"] == "ann@acme.example"
    assert claims["email_verified"] is True
    assert claims["org_id"] == str(acme.pk)
    assert claims["amr"] == ["pwd"]
    session = BrowserSession.objects.get()
    assert claims["sid"] == str(session.pk)
    assert session.user_id == ann.pk
    ann.refresh_from_db()
    assert ann.last_sign_in_at is not None
    event = AuditEvent.objects.get(action="session.signed_in")
    assert (event.tenant_id, event.actor_id, event.after["application"]) == (acme.pk, str(ann.pk), "Sample")
