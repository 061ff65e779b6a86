"""The download for AWS's Amplify libraries."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from identity.models import AppClient
from tenants.models import ApiScope, Application, NativeMode, PoolKind, Tenant
from tests.factories import ApplicationFactory, Cast, TenantFactory, UserPoolFactory
from tests.support.third_party import npm_installed

_AMPLIFY = Path(__file__).resolve().parents[1] / "third_party" / "amplify"


@pytest.fixture
def operator_client(cast: Cast) -> Client:
    """The browser of an operator who is signed in."""
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture
def tenant(cast: Cast) -> Tenant:
    """A tenant with a pool of its own."""
    pool = UserPoolFactory.create(kind=PoolKind.DEDICATED, cognito_id="us-east-1_abc")
    made: Tenant = TenantFactory.create(pool=pool)
    return made


@pytest.fixture
def application(tenant: Tenant) -> Application:
    """An application in native mode with a public client and a scope of its own API."""
    made: Application = ApplicationFactory.create(audience="https://api.example")
    NativeMode.objects.create(application=made, public_client=True)
    ApiScope.objects.create(application=made, name="orders.read", description="Read orders")
    _app_client(made, tenant, "")
    return made


def _app_client(application: Application, tenant: Tenant, secret: str) -> None:
    row = AppClient(tenant=tenant, pool=tenant.pool, purpose=f"native-{application.pk.hex[:12]}", client_id="client-1")
    row.seal_secret(secret)
    row.save()


def _download(client: Client, application: Application, tenant: Tenant) -> Any:
    return client.get(reverse("fleet:application-native-amplify", args=[application.pk, tenant.pk]))


def _page(client: Client, application: Application) -> str:
    return client.get(reverse("fleet:application-native", args=[application.pk])).content.decode()


def test_amplify_takes_the_download(operator_client: Client, application: Application, tenant: Tenant) -> None:
    assert "amplify_outputs.json" in _page(operator_client, application)
    answer = _download(operator_client, application, tenant)
    assert answer["Content-Disposition"] == 'attachment; filename="amplify_outputs.json"'
    parsed = _parsed_by_amplify(answer.content)
    assert parsed == {
        "Auth": {
            "Cognito": {
                "userPoolId": "us-east-1_abc",
                "userPoolClientId": "client-1",
                "loginWith": {
                    "email": True,
                    "phone": False,
                    "username": False,
                    "oauth": {
                        "domain": f"{tenant.pool.domain_prefix}.auth.{tenant.pool.cell.region}.amazoncognito.com",
                        "providers": [],
                        "redirectSignIn": application.redirect_uris,
                        "redirectSignOut": application.post_logout_redirect_uris,
                        "responseType": "code",
                        "scopes": ["openid", "email", "profile", "https://api.example/orders.read"],
                    },
                },
            }
        }
    }


def _parsed_by_amplify(outputs: bytes) -> Any:
    folder = npm_installed(_AMPLIFY)
    node = str(shutil.which("node"))
    told = subprocess.run([node, "parse.mjs"], cwd=folder, input=outputs, capture_output=True, check=True)
    return json.loads(told.stdout)


def test_a_client_with_a_secret_is_not_for_amplify(
    operator_client: Client, application: Application, tenant: Tenant
) -> None:
    AppClient.objects.filter(tenant=tenant).delete()
    _app_client(application, tenant, "secret")
    assert "amplify_outputs.json" not in _page(operator_client, application)
    answer = _download(operator_client, application, tenant)
    assert answer.status_code == 409
    assert "Make a public client" in answer.content.decode()


def test_what_amplify_cannot_do_without_is_said(
    operator_client: Client, application: Application, tenant: Tenant
) -> None:
    application.post_logout_redirect_uris = []
    application.save(update_fields=["post_logout_redirect_uris"])
    assert "amplify_outputs.json" not in _page(operator_client, application)
    assert "after a sign-out" in _download(operator_client, application, tenant).content.decode()
    NativeMode.objects.all().delete()
    assert _download(operator_client, application, tenant).status_code == 409
    AppClient.objects.filter(tenant=tenant).delete()
    assert _download(operator_client, application, tenant).status_code == 404
