"""What ends a token that verifies: each of these at the very next call, with the same token."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation.dashboard_login.application import ensure_dashboard_application
from federation.models import BrowserSession, Connection, ConnectionStatus, TokenFamily
from federation.services.entitlement import entitlement, in_use
from federation.services.signing_keys import ensure_signing_keys
from federation.services.token_families import still_entitled
from identity.models import DirectoryUser, UserStatus
from tenants.models import SignInPolicy, Tenant, TenantApplication, TenantStatus
from tests.factories import ApplicationFactory, TenantCast
from tests.factories.federation import make_family
from tests.identity.api.tokens import token_of
from tests.support.connections import saml_connection


@dataclass(frozen=True)
class Member:
    """A member who came by a connection, and calls the API with one token."""

    cast: TenantCast
    client: Client
    token: str

    @property
    def family(self) -> TokenFamily:
        return TokenFamily.objects.get(user=self.cast.owner)

    def call(self) -> int:
        return self.client.get(reverse("api:policy"), headers={"Authorization": f"Bearer {self.token}"}).status_code

    def user(self, **values: object) -> None:
        DirectoryUser.objects.filter(pk=self.cast.owner.pk).update(**values)

    def session(self, **values: object) -> None:
        BrowserSession.objects.filter(user=self.cast.owner).update(**values)

    def connection(self, **values: object) -> None:
        Connection.everything.filter(tenant=self.cast.tenant).update(**values)


@pytest.fixture
def member(acme: TenantCast, client: Client) -> Member:
    ensure_signing_keys()
    token = token_of(acme.owner)
    connection = saml_connection(acme.tenant)
    Connection.objects.filter(pk=connection.pk).update(status=ConnectionStatus.ACTIVE)
    # Long enough ago for a policy to become too short for it, and within the policy of before.
    BrowserSession.objects.filter(user=acme.owner).update(connection=connection, auth_time=_ago(minutes=6))
    return Member(acme, client, token)


def _ago(**length: int) -> datetime:
    return timezone.now() - timedelta(**length)


ENDS: dict[str, Callable[[Member], object]] = {
    "family revoked": lambda m: TokenFamily.objects.filter(pk=m.family.pk).update(revoked_at=timezone.now()),
    "tenant suspended": lambda m: Tenant.objects.filter(pk=m.cast.tenant.pk).update(status=TenantStatus.SUSPENDED),
    "tenant deleted": lambda m: Tenant.objects.filter(pk=m.cast.tenant.pk).update(status=TenantStatus.DELETED),
    "user disabled": lambda m: m.user(status=UserStatus.DISABLED),
    "user being deleted": lambda m: m.user(status=UserStatus.DELETING),
    "signed out everywhere": lambda m: m.user(signed_out_at=timezone.now()),
    "role removed": lambda m: m.user(role=""),
    "session ended": lambda m: m.session(ended_at=timezone.now()),
    "idle too long": lambda m: m.session(last_seen_at=_ago(minutes=8 * 60 + 1)),
    "too old": lambda m: m.session(auth_time=_ago(minutes=24 * 60 + 1)),
    "policy became shorter": lambda m: SignInPolicy.objects.filter(pk=m.cast.tenant.pk).update(
        session_absolute_minutes=5
    ),
    "connection disabled": lambda m: m.connection(status=ConnectionStatus.DISABLED),
    "connection deleted": lambda m: m.connection(deleted_at=timezone.now()),
    "connection disabled meanwhile": lambda m: m.connection(signed_out_at=timezone.now()),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_token_seen_before_is_refused_at_the_next_call(member: Member, end: Callable[[Member], object]) -> None:
    assert (member.call(), member.call()) == (200, 200)
    end(member)
    assert member.call() == 401


def test_a_family_of_somebody_else_makes_no_token_good(member: Member, globex: TenantCast) -> None:
    """The `jti` leads to a family; the claims have to be of that family's user and tenant."""
    assert member.call() == 200
    TokenFamily.objects.filter(pk=member.family.pk).update(user=globex.owner, tenant=globex.tenant)
    assert member.call() == 401


def test_an_application_that_its_tenant_gave_up_has_no_tokens(acme: TenantCast) -> None:
    application = ApplicationFactory.create()
    place = TenantApplication.objects.create(tenant=acme.tenant, application=application)
    family = make_family(acme.owner, application)
    assert still_entitled(family)
    place.delete()
    assert not still_entitled(family)
    assert entitlement(uuid.uuid4()) is None


def test_the_dashboard_is_every_tenants_and_use_is_noted_once_a_minute(acme: TenantCast) -> None:
    family = make_family(acme.owner, ensure_dashboard_application())
    seen = _ago(minutes=2)
    BrowserSession.objects.filter(pk=family.session_id).update(last_seen_at=seen)
    assert in_use(family.pk) is not None
    noted = BrowserSession.objects.get(pk=family.session_id).last_seen_at
    assert noted > seen
    assert in_use(family.pk) is not None
    assert BrowserSession.objects.get(pk=family.session_id).last_seen_at == noted
