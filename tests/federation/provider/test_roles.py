"""Tokens say the roles of the application's catalogue, in each tenant by its own groups, as they are now."""

from typing import Any

import jwt
import pytest
from django.test import Client

from identity.models import DirectoryUser, Group, GroupMember
from tenants.models import Application, ApplicationRole
from tests.factories import TenantFactory
from tests.federation.browser import SECRET, Browser, json_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def roles_of(token: str) -> Any:
    return jwt.decode(token, options={"verify_signature": False})["roles"]


@pytest.fixture
def catalogue(assigned: Application) -> None:
    """Editors are whoever is in the group; every admin of a tenant manages."""
    ApplicationRole.objects.create(application=assigned, name="editor", group_names=["Editors"])
    ApplicationRole.objects.create(application=assigned, name="manager", tenant_roles=["admin", "owner"])


def test_without_a_catalogue_it_is_the_role_in_the_tenant(browser: Browser, ann: DirectoryUser) -> None:
    DirectoryUser.objects.update(role="admin")
    assert roles_of(browser.tokens_from_session()["access_token"]) == ["admin"]


def test_with_one_it_is_what_that_says(browser: Browser, ann: DirectoryUser, catalogue: None) -> None:
    tokens = browser.tokens_from_session()
    assert roles_of(tokens["access_token"]) == roles_of(tokens["id_token"]) == []
    DirectoryUser.objects.update(role="admin")
    # A group of that name elsewhere is another tenant's, and says nothing here.
    Group.objects.create(tenant=TenantFactory.create(), name="Editors")
    tokens = json_of(browser.refresh(tokens["refresh_token"]))
    assert roles_of(tokens["access_token"]) == ["manager"]
    group = Group.objects.create(tenant=ann.tenant, name="Editors")
    GroupMember.objects.create(tenant=ann.tenant, group=group, user=ann)
    tokens = json_of(browser.refresh(tokens["refresh_token"]))
    assert roles_of(tokens["access_token"]) == roles_of(tokens["id_token"]) == ["editor", "manager"]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert Client().get("/oauth2/userinfo", headers=bearer).json()["roles"] == ["editor", "manager"]
    sent = {"token": tokens["access_token"], "client_id": browser.application.client_id, "client_secret": SECRET}
    assert Client().post("/oauth2/introspect", sent).json()["roles"] == ["editor", "manager"]
    # The scope that hands out groups was not asked for.
    assert "groups" not in jwt.decode(tokens["id_token"], options={"verify_signature": False})
