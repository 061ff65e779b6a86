"""The applications that a tenant has, over the API."""

from typing import Any

from django.test import Client
from django.urls import reverse

from federation.services.signing_keys import ensure_signing_keys
from identity.models import Group
from tenants.models import ApplicationRole, TenantApplication
from tests.factories import ApplicationFactory, TenantCast
from tests.identity.api.tokens import token_of


def listed(cast: TenantCast) -> list[dict[str, Any]]:
    ensure_signing_keys()
    headers = {"Authorization": f"Bearer {token_of(cast.admin)}"}
    answer = Client().get(reverse("api:applications"), headers=headers)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["applications"]
    return found


def test_a_tenant_sees_what_it_has_and_nothing_of_its_neighbours(acme: TenantCast, globex: TenantCast) -> None:
    harbor = ApplicationFactory.create(
        name="Harbor",
        initiate_login_uri="https://harbor.example/login",
        redirect_uris=["https://acme.harbor.example/callback", "https://globex.harbor.example/callback"],
    )
    theirs = ApplicationFactory.create(name="Theirs")
    for tenant, application in ((acme.tenant, harbor), (globex.tenant, harbor), (globex.tenant, theirs)):
        TenantApplication.objects.create(tenant=tenant, application=application)
    for tenant, name in ((acme.tenant, "acme-editors"), (globex.tenant, "globex-merger")):
        Group.objects.create(tenant=tenant, name=name)
    ApplicationRole.objects.create(
        application=harbor,
        name="editor",
        description="Writes",
        tenant_roles=["admin"],
        group_names=["acme-editors", "globex-merger"],
    )
    [only] = listed(acme)
    assert only.pop("since")
    assert only == {
        "id": str(harbor.pk),
        "name": "Harbor",
        "client_id": harbor.client_id,
        "initiate_login_uri": "https://harbor.example/login",
        "roles": [
            {
                "name": "editor",
                "description": "Writes",
                "everybody": False,
                "tenant_roles": ["admin"],
                "groups": ["acme-editors"],
            }
        ],
    }
    assert [each["name"] for each in listed(globex)] == ["Harbor", "Theirs"]
    assert "acme" not in str(listed(globex))
