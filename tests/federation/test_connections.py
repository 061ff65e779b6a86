"""Setting connections up: versions, secrets, names, who may do what, and nobody else's."""

from dataclasses import replace

import pytest

from federation.connections.mapping import GroupRule, Mapping
from federation.connections.settings import SamlSettings, empty_settings, settings_from_json
from federation.models import Connection, ConnectionKind, ConnectionStatus, ConnectionVersion, FederatedIdentity
from federation.selectors.connections import active_connections, get_connection, versions_of
from federation.services import connection_states as states
from federation.services import connections as services
from federation.services.connection_mapping import Arrivals, set_arrivals
from federation.services.connections import NewConnection
from identity.services.groups import create_group
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from tenants.models import AuditEvent, OutboxEntry, PoolKind, SyncKind, Tenant, UserPool
from tenants.permissions import TenantRole
from tests.factories import Cast, TenantCast, TenantFactory, UserPoolFactory
from tests.support.connections import (
    ACTOR,
    MAPPING,
    OIDC,
    SECRET,
    activated,
    oidc_connection,
    saml_connection,
    saml_settings,
    with_rules,
)


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, of which Cognito knows nothing."""
    return cast.acme


def last_action(tenant: Tenant) -> str:
    """What the newest event of the log is."""
    return AuditEvent.objects.filter(tenant=tenant).values_list("action", flat=True)[0]


def owed(tenant: Tenant) -> int:
    """How often a sync of the tenant was asked for."""
    entry = OutboxEntry.objects.filter(kind=SyncKind.TENANT, key=tenant.pk).first()
    return entry.wanted_gen if entry is not None else 0


@pytest.mark.parametrize("kind", ConnectionKind.values)
def test_settings_come_back_as_they_were_kept(kind: str) -> None:
    """Through JSON, also with what an older version lacks."""
    settings = empty_settings(kind)
    assert settings_from_json(kind, settings.to_json()) == settings
    assert settings_from_json(kind, {"unknown": 1}) == settings


def test_a_new_connection_is_a_draft_of_which_cognito_learns_nothing(acme: TenantCast, owner: Actor) -> None:
    """Its name there has the tenant's key, and its first version says who began."""
    new = NewConnection(name=" Okta  West ", kind="saml", guide="okta-saml", word="okta", mapping=MAPPING)
    made = services.create_connection(acme.tenant, new, actor=owner)
    assert (made.name, made.status) == ("Okta West", ConnectionStatus.DRAFT)
    assert made.provider_name == f"{acme.tenant.key}-okta"
    assert (made.current.number, made.current.made_by) == (1, owner.label)
    assert made.mapping == MAPPING
    assert last_action(acme.tenant) == Action.CONNECTION_CREATED
    assert owed(acme.tenant) == 0


def test_a_name_in_cognito_is_never_given_again(acme: TenantCast) -> None:
    """Whoever an earlier provider vouched for must not be taken for a later one's."""
    first = saml_connection(acme.tenant)
    states.delete_connection(acme.tenant, first.pk, confirm_name="Okta", actor=ACTOR)
    assert saml_connection(acme.tenant).provider_name == f"{acme.tenant.key}-okta2"


def test_names_are_once_in_a_tenant_and_no_neighbours_business(acme: TenantCast, globex: TenantCast) -> None:
    """Also after renaming."""
    saml_connection(acme.tenant)
    with pytest.raises(ValidationFailed) as refused:
        oidc_connection(acme.tenant, name="Okta")
    assert list(refused.value.fields) == ["name"]
    saml_connection(globex.tenant)
    other = oidc_connection(acme.tenant)
    with pytest.raises(ValidationFailed):
        services.rename_connection(acme.tenant, other.pk, name="Okta", actor=ACTOR)


def test_each_change_is_a_version_and_none_makes_none(acme: TenantCast) -> None:
    """With who, when and what."""
    made = saml_connection(acme.tenant)
    services.save_settings(acme.tenant, made.pk, saml_settings(), change="Again", actor=ACTOR)
    assert [(row.number, row.change) for row in versions_of(made)] == [(2, "Metadata"), (1, "Began")]
    services.save_mapping(acme.tenant, made.pk, replace(MAPPING, name=""), change="No name", actor=ACTOR)
    services.save_mapping(acme.tenant, made.pk, replace(MAPPING, name=""), change="Again", actor=ACTOR)
    fresh = get_connection(acme.tenant, made.pk)
    assert (fresh.current.number, fresh.mapping.name) == (3, "")
    assert isinstance(fresh.settings, SamlSettings)
    assert fresh.settings.entity_id == saml_settings().entity_id


def test_a_secret_is_sealed_and_in_no_log(acme: TenantCast) -> None:
    """Only that there is one."""
    made = oidc_connection(acme.tenant)
    assert made.current.secret == SECRET
    assert SECRET.encode() not in bytes(made.current.secret_encrypted)
    told = [(event.before, event.after) for event in AuditEvent.objects.filter(tenant=acme.tenant)]
    assert SECRET not in str(told)
    assert told[0][1]["has_secret"] is True


@pytest.mark.parametrize("field", ["issuer", "token_url", "userinfo_url", "jwks_url", "authorize_url"])
def test_a_secret_does_not_follow_to_another_address(acme: TenantCast, field: str) -> None:
    """It must be entered again; other settings keep it."""
    made = oidc_connection(acme.tenant)
    elsewhere = replace(OIDC, **{field: "https://evil.example/x"})
    with pytest.raises(ValidationFailed) as refused:
        services.save_settings(acme.tenant, made.pk, elsewhere, change="Moved", actor=ACTOR)
    assert list(refused.value.fields) == ["client_secret"]
    kept = services.save_settings(
        acme.tenant, made.pk, replace(OIDC, scopes="openid email"), change="Scopes", actor=ACTOR
    )
    assert kept.current.secret == SECRET
    moved = services.save_settings(acme.tenant, made.pk, elsewhere, secret="another", change="Moved", actor=ACTOR)
    assert moved.current.secret == "another"


def test_a_connection_is_activated_after_a_test_or_for_a_reason(acme: TenantCast) -> None:
    """The reason is in the log; a change after the test asks for another test."""
    made = saml_connection(acme.tenant)
    with pytest.raises(ValidationFailed) as refused:
        states.activate(acme.tenant, made.pk, actor=ACTOR)
    assert list(refused.value.fields) == ["reason"]
    states.mark_tested(acme.tenant, made.pk, version=1, actor=ACTOR)
    assert get_connection(acme.tenant, made.pk).status == ConnectionStatus.DRAFT
    assert states.mark_tested(acme.tenant, made.pk, version=2, actor=ACTOR).status == ConnectionStatus.TESTED
    services.save_mapping(acme.tenant, made.pk, replace(MAPPING, name=""), change="No name", actor=ACTOR)
    assert get_connection(acme.tenant, made.pk).status == ConnectionStatus.DRAFT
    states.activate(acme.tenant, made.pk, reason="The directory is down today", actor=ACTOR)
    event = AuditEvent.objects.filter(tenant=acme.tenant)[0]
    assert event.action == Action.CONNECTION_ACTIVATED_UNTESTED
    assert event.after["reason"] == "The directory is down today"
    assert owed(acme.tenant) == 1
    assert [row.pk for row in active_connections(acme.tenant)] == [made.pk]


def test_a_tested_connection_needs_no_reason(acme: TenantCast) -> None:
    """And the log says that it was tested."""
    made = oidc_connection(acme.tenant)
    states.mark_tested(acme.tenant, made.pk, version=2, actor=ACTOR)
    assert states.activate(acme.tenant, made.pk, actor=ACTOR).is_active
    assert last_action(acme.tenant) == Action.CONNECTION_ACTIVATED


def test_what_is_incomplete_is_not_activated(acme: TenantCast) -> None:
    """And what is active is not made incomplete."""
    new = NewConnection(name="Entra", kind="oidc", guide="entra-oidc", word="entra", mapping=MAPPING)
    made = services.create_connection(acme.tenant, new, actor=ACTOR)
    with pytest.raises(ValidationFailed) as refused:
        states.activate(acme.tenant, made.pk, reason="why not", actor=ACTOR)
    assert {"issuer", "client_id", "client_secret"} <= set(refused.value.fields)
    used = activated(oidc_connection(acme.tenant, name="Other"))
    with pytest.raises(ValidationFailed):
        services.save_settings(acme.tenant, used.pk, OIDC, secret="", change="No secret", actor=ACTOR)


def test_disabled_enabled_deleted(acme: TenantCast) -> None:
    """Each asks for a sync, and a deleted one has no secret left."""
    made = activated(oidc_connection(acme.tenant))
    assert not states.disable(acme.tenant, made.pk, actor=ACTOR).is_active
    with pytest.raises(Conflict):
        states.disable(acme.tenant, made.pk, actor=ACTOR)
    assert states.enable(acme.tenant, made.pk, actor=ACTOR).is_active
    with pytest.raises(ValidationFailed):
        states.delete_connection(acme.tenant, made.pk, confirm_name="Okta", actor=ACTOR)
    states.delete_connection(acme.tenant, made.pk, confirm_name="Entra", actor=ACTOR)
    assert owed(acme.tenant) == 4
    with pytest.raises(NotFound):
        get_connection(acme.tenant, made.pk)
    versions = ConnectionVersion.objects.filter(connection=made.pk)
    assert len(versions) == 2
    assert not any(version.has_secret for version in versions)


def test_social_providers_need_a_pool_of_ones_own(acme: TenantCast, globex: TenantCast) -> None:
    """With the reason; and one of a kind."""
    new = NewConnection(name="Google", kind="google", guide="google", word="google", mapping=MAPPING)
    made = services.create_connection(acme.tenant, new, actor=ACTOR)
    assert made.provider_name == "Google"
    with pytest.raises(Conflict, match="one in a pool"):
        services.create_connection(acme.tenant, replace(new, name="Google 2"), actor=ACTOR)
    with pytest.raises(Conflict, match="user pool of your own"):
        services.create_connection(globex.tenant, new, actor=ACTOR)
    states.delete_connection(acme.tenant, made.pk, confirm_name="Google", actor=ACTOR)
    services.create_connection(acme.tenant, new, actor=ACTOR)


def test_one_directory_is_connected_over_saml_once(acme: TenantCast) -> None:
    """The pool has one entity id; the answer says what else there is."""
    saml_connection(acme.tenant)
    with pytest.raises(Conflict, match="OpenID Connect"):
        saml_connection(acme.tenant, name="Okta again")
    assert not versions_of(Connection.objects.get(name="Okta again")).filter(number=2).exists()
    saml_connection(acme.tenant, name="Another", entity_id="https://other.example")


def test_a_neighbours_directory_is_not_told(globex: TenantCast) -> None:
    """Whatever a neighbour in the pool has, the answers are the same, and so is the way that they come about."""
    neighbour = TenantFactory.create(slug="initech", pool=UserPool.objects.get(pk=globex.tenant.pool_id))
    activated(saml_connection(neighbour))
    assert activated(saml_connection(globex.tenant)).is_active


def test_a_shared_pool_has_room_for_what_was_reserved(globex: TenantCast) -> None:
    """Two at a time; a draft takes none."""
    activated(saml_connection(globex.tenant))
    activated(oidc_connection(globex.tenant))
    third = oidc_connection(globex.tenant, name="Third")
    with pytest.raises(Conflict, match="2 connections"):
        activated(third)
    dedicated = TenantFactory.create(pool=UserPoolFactory.create(kind=PoolKind.DEDICATED))
    for number in range(3):
        activated(oidc_connection(dedicated, name=f"Number {number}"))


def test_nobody_elses_connection_is_found(acme: TenantCast, globex: TenantCast) -> None:
    """By no service, with its id."""
    theirs = activated(oidc_connection(globex.tenant))
    mine = acme.tenant
    calls = [
        lambda: get_connection(mine, theirs.pk),
        lambda: services.save_settings(mine, theirs.pk, OIDC, change="x", actor=ACTOR),
        lambda: services.save_mapping(mine, theirs.pk, Mapping(), change="x", actor=ACTOR),
        lambda: services.rename_connection(mine, theirs.pk, name="Mine", actor=ACTOR),
        lambda: set_arrivals(mine, theirs.pk, Arrivals(jit="off"), actor=ACTOR),
        lambda: states.activate(mine, theirs.pk, actor=ACTOR),
        lambda: states.mark_tested(mine, theirs.pk, version=2, actor=ACTOR),
        lambda: states.disable(mine, theirs.pk, actor=ACTOR),
        lambda: states.enable(mine, theirs.pk, actor=ACTOR),
        lambda: states.delete_connection(mine, theirs.pk, confirm_name="Entra", actor=ACTOR),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    services.set_step(mine, theirs.pk, "review")
    theirs.refresh_from_db()
    assert (theirs.step, theirs.name, theirs.is_active) == ("", "Entra", True)


BAD_MAPPINGS = [
    ("email", replace(MAPPING, email="")),
    ("name", replace(MAPPING, name="x" * 257)),
    ("custom", replace(MAPPING, custom={"badge": "badge"})),
    ("rules", replace(MAPPING, groups="", rules=(GroupRule("a", role="auditor"),))),
    ("rules", replace(MAPPING, rules=(GroupRule("a"),))),
    ("rules", replace(MAPPING, rules=(GroupRule("a", group="nobody"),))),
    ("rules", replace(MAPPING, rules=(GroupRule("a", role="king"),))),
    ("rules", replace(MAPPING, rules=(GroupRule("a", role="admin"), GroupRule("a", role="auditor")))),
]


@pytest.mark.parametrize(("field", "mapping"), BAD_MAPPINGS)
def test_a_mapping_that_would_fail_later_is_refused(acme: TenantCast, field: str, mapping: Mapping) -> None:
    """By field."""
    made = saml_connection(acme.tenant)
    with pytest.raises(ValidationFailed) as refused:
        services.save_mapping(acme.tenant, made.pk, mapping, change="Rules", actor=ACTOR)
    assert list(refused.value.fields) == [field]


def test_who_gives_roles_may_give_roles(acme: TenantCast, owner: Actor, admin: Actor) -> None:
    """Otherwise an admin could make an identity provider say that they are an owner."""
    create_group(acme.tenant, name="staff", description="", actor=owner)
    made = saml_connection(acme.tenant)
    with_rules(made, GroupRule("staff", group="staff"), actor=admin)
    made = get_connection(acme.tenant, made.pk)
    with pytest.raises(PermissionDenied):
        with_rules(made, GroupRule("bosses", role=TenantRole.OWNER), actor=admin)
    with pytest.raises(PermissionDenied):
        set_arrivals(acme.tenant, made.pk, Arrivals(jit="on", default_role=TenantRole.AUDITOR), actor=admin)
    with_rules(made, GroupRule("bosses", role=TenantRole.OWNER), actor=owner)
    with pytest.raises(PermissionDenied):
        services.save_settings(acme.tenant, made.pk, saml_settings("https://evil.example"), change="x", actor=admin)


def test_who_lets_an_owner_in_is_changed_by_an_owner(acme: TenantCast, owner: Actor, admin: Actor) -> None:
    """Another identity provider could say that somebody else is that owner."""
    made = saml_connection(acme.tenant)
    FederatedIdentity.objects.create(tenant=acme.tenant, connection=made, subject="o", user=acme.owner)
    elsewhere = saml_settings("https://other.example")
    with pytest.raises(PermissionDenied):
        services.save_settings(acme.tenant, made.pk, elsewhere, change="x", actor=admin)
    services.save_settings(acme.tenant, made.pk, elsewhere, change="x", actor=owner)
