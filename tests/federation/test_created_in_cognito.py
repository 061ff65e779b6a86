"""Signing in as somebody who was created in Cognito past us, once they have come into the directory."""

import pytest

from federation.provider.mint import person_claims, subject_of
from federation.signin.cognito import TenantMismatch, check_tenant, client_ref
from identity import auth
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import AppClient, DirectoryUser
from tenants.models import Tenant
from tests.factories import ApplicationFactory
from tests.factories.federation import make_family
from tests.support.cognito import LocalCognito
from tests.support.pull import PASSWORD, create_past_us, sweep_twice


def let_in(tenant: Tenant, username: str) -> auth.SignedIn:
    """What Cognito answers when the user signs in with their password."""
    users.set_password(pool_ref(tenant.pool), username, PASSWORD, permanent=True, priority=Priority.BULK)
    client = AppClient.objects.get(tenant=tenant, purpose=AppClient.SIGN_IN)
    answer = auth.sign_in_with_password(client_ref(client), username, PASSWORD)
    assert isinstance(answer, auth.SignedIn)
    return answer


def client_of(tenant: Tenant) -> AppClient:
    return AppClient.objects.select_related("pool__cell").get(tenant=tenant, purpose=AppClient.SIGN_IN)


def test_they_pass_the_tenant_check_under_the_name_that_they_have_there(acme: Tenant, cognito: LocalCognito) -> None:
    create_past_us(acme.pool, "bob", email="bob@acme.example")
    answer = let_in(acme, "bob")
    with pytest.raises(TenantMismatch):
        check_tenant(acme, client_of(acme), answer)
    sweep_twice(acme.pool)
    bob = DirectoryUser.objects.get(tenant=acme, cognito_username="bob")
    assert check_tenant(acme, client_of(acme), answer) == bob
    DirectoryUser.objects.filter(pk=bob.pk).update(cognito_username="rob")
    with pytest.raises(TenantMismatch):
        check_tenant(acme, client_of(acme), answer)


def test_an_address_that_nobody_verified_is_not_said_to_be(acme: Tenant) -> None:
    create_past_us(acme.pool, "bob", email="bob@acme.example")
    create_past_us(acme.pool, "eve", email="eve@acme.example", email_verified="true")
    create_past_us(acme.pool, "max")
    sweep_twice(acme.pool)
    application = ApplicationFactory.create()
    said = {}
    for user in DirectoryUser.objects.filter(tenant=acme).select_related("tenant"):
        claims = person_claims(subject_of(make_family(user, application), "openid email"))
        said[user.username] = claims.get("email"), claims.get("email_verified")
    assert said == {"bob": ("bob@acme.example", False), "eve": ("eve@acme.example", True), "max": (None, None)}
