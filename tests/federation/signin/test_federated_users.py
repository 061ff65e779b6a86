"""What becomes of people who came by a connection: disabled, gone from Cognito, in groups, and owners."""

from dataclasses import replace

import pytest

from federation.connections.mapping import GroupRule
from federation.models import (
    Connection,
    SignInOutcome,
)
from federation.services.connections import save_mapping
from identity.cells import pool_ref
from identity.cognito import users
from identity.models import DirectoryUser, GroupMember, UnclaimedUser, UserConflict, UserStatus
from identity.services.groups import create_group
from identity.services.users import delete_user, disable_user, enable_user
from identity.sync import engine
from tenants.models import (
    SyncKind,
    Tenant,
)
from tenants.permissions import TenantRole
from tests.factories import DirectoryUserFactory
from tests.federation.arrivals import Traveller, apply, last, other_claims, user_of
from tests.federation.signin.conftest import MAPPING
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp
from tests.support.pull import sweep_twice
from tests.support.sync import PRIORITY

pytestmark = pytest.mark.urls("config.urls.signin")


def test_a_disabled_user_stays_out_and_comes_back(
    tenant: Tenant, connection: Connection, cognito: LocalCognito, ada: Traveller
) -> None:
    """At once here, and at Cognito once it has followed; a deleted one is gone from both."""
    ada.come_by(tenant, connection)
    user = user_of(tenant)
    disable_user(tenant, user.pk, actor=ACTOR)
    ada = Traveller(ada.application)
    ada.come_by(tenant, connection)
    assert ada.page.status_code == 403
    assert "not active" in ada.text
    assert last(connection).outcome == SignInOutcome.REFUSED
    engine.run(SyncKind.USER, user.pk)
    assert not users.get_user(pool_ref(tenant.pool), user.username, priority=PRIORITY).enabled
    ada = Traveller(ada.application)
    ada.come_by(tenant, connection)
    assert "not active" in ada.text
    assert (last(connection).outcome, last(connection).code) == (SignInOutcome.FAILED, "disabled")
    enable_user(tenant, user.pk, actor=ACTOR)
    engine.run(SyncKind.USER, user.pk)
    ada = Traveller(ada.application)
    ada.come_by(tenant, connection)
    ada.answer()
    delete_user(tenant, user.pk, confirm_email=user.email, actor=ACTOR)
    engine.run(SyncKind.USER, user.pk)
    assert users.find_user(pool_ref(tenant.pool), user.username, priority=PRIORITY) is None
    assert not DirectoryUser.objects.filter(pk=user.pk).exists()
    assert "AdminCreateUser" not in cognito.operations()


def test_a_sweep_finds_nothing_to_say(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """Who came by a connection is no stranger, and what the provider says is no conflict."""
    ada.come_by(tenant, connection)
    before = user_of(tenant)
    sweep_twice(tenant.pool)
    user = user_of(tenant)
    assert (user.pk, user.name, user.role, user.status) == (before.pk, before.name, before.role, before.status)
    assert not UnclaimedUser.objects.filter(pool=tenant.pool).exclude(username="").exists()
    assert not UserConflict.objects.exists()


def test_who_is_gone_from_cognito_comes_back_by_signing_in(
    tenant: Tenant, connection: Connection, ada: Traveller
) -> None:
    """Nothing blocks meanwhile: there is no password that would be lost."""
    ada.come_by(tenant, connection)
    user = user_of(tenant)
    users.delete_user(pool_ref(tenant.pool), user.username, priority=PRIORITY)
    sweep_twice(tenant.pool)
    user.refresh_from_db()
    assert user.missing_since is not None
    Traveller(ada.application).come_by(tenant, connection)
    assert not DirectoryUser.objects.filter(pk=user.pk, missing_since__isnull=False).exists()
    assert users.find_user(pool_ref(tenant.pool), user.username, priority=PRIORITY) is not None


def test_groups_give_groups_and_roles_at_each_sign_in(
    tenant: Tenant, connection: Connection, idp: OidcIdp, ada: Traveller
) -> None:
    """Several come as one text; who leaves the last one there, of whom no claim comes any more, has none here."""
    create_group(tenant, name="staff", description="", actor=ACTOR)
    create_group(tenant, name="by-hand", description="", actor=ACTOR)
    rules = (GroupRule("All, of us", group="staff"), GroupRule("IT", role="admin"), GroupRule("Audit", role="auditor"))
    save_mapping(tenant, connection.pk, replace(MAPPING, rules=rules), change="Rules", actor=ACTOR)
    apply(tenant)
    other_claims(idp, groups=["All, of us", "Audit", "IT", "Other"])
    ada.come_by(tenant, connection)
    user = user_of(tenant)
    assert user.role == TenantRole.ADMIN
    assert list(GroupMember.objects.filter(user=user).values_list("group__name", flat=True)) == ["staff"]
    other_claims(idp, groups="Audit")
    Traveller(ada.application).come_by(tenant, connection)
    user.refresh_from_db()
    assert user.role == TenantRole.AUDITOR
    assert not GroupMember.objects.filter(user=user).exists()
    idp.does = replace(idp.does, claims={name: said for name, said in idp.does.claims.items() if name != "groups"})
    Traveller(ada.application).come_by(tenant, connection)
    user.refresh_from_db()
    assert user.role == ""


def test_the_last_owner_stays_one(tenant: Tenant, connection: Connection, idp: OidcIdp, ada: Traveller) -> None:
    """Whatever groups say: nobody could set the connection right again."""
    rules = (GroupRule("IT", role="owner"),)
    save_mapping(tenant, connection.pk, replace(MAPPING, rules=rules), change="Rules", actor=ACTOR)
    apply(tenant)
    other_claims(idp, groups=["IT"])
    ada.come_by(tenant, connection)
    other_claims(idp, groups=["Other"])
    Traveller(ada.application).come_by(tenant, connection)
    assert user_of(tenant).role == TenantRole.OWNER
    DirectoryUserFactory.create(tenant=tenant, role=TenantRole.OWNER, status=UserStatus.ACTIVE)
    Traveller(ada.application).come_by(tenant, connection)
    assert user_of(tenant).role == ""
