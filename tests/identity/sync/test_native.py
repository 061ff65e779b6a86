"""Applications in native mode: their app clients, scopes and styles in the pools of their tenants."""

import pytest

from identity.cells import endpoint_of, pool_ref
from identity.cognito import app_clients, branding, groups, inventory, resource_servers
from identity.cognito.hooks import hooks
from identity.models import AppClient, DirectoryUser, Family, ResourceState, SyncedResource, SyncPlan
from identity.services.groups import add_members, create_group, delete_group, remove_members, update_group
from identity.sync import engine, selectors
from identity.sync.capabilities import CellCapabilities
from identity.sync.schedule import schedule_comparisons
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import Application, AuditEvent, Branding, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services.native import set_native_mode
from tenants.services.tenants import set_tenant_applications
from tests.factories import ApplicationFactory
from tests.identity.sync.group_members import in_cognito, members
from tests.support.cognito import LocalCognito
from tests.support.native import native_options
from tests.support.sync import PRIORITY, Onboard, let_grace_pass, make_due, resync, run_tenant

ACTOR = system("test")


@pytest.fixture
def tenant(native_tenant: Tenant) -> Tenant:
    """A tenant with a pool of its own, that has the application, in sync."""
    return native_tenant


def client_of(tenant: Tenant) -> app_clients.DescribedAppClient:
    """The native client in Cognito."""
    row = AppClient.objects.get(tenant=tenant, purpose__startswith="native-")
    return app_clients.describe_client(pool_ref(tenant.pool), row.client_id, priority=PRIORITY)


def style_of(tenant: Tenant) -> branding.Style | None:
    """Its style."""
    return branding.describe_style(pool_ref(tenant.pool), client_of(tenant).client_id, priority=PRIORITY)


def apply(tenant: Tenant) -> None:
    """Do what is owed for the tenant."""
    engine.run(SyncKind.TENANT, tenant.pk)


def test_the_client_is_as_it_was_asked_for(tenant: Tenant, application: Application) -> None:
    """With its lifetimes, scopes, addresses, attributes and rotation."""
    document = client_of(tenant).document
    assert document["CallbackURLs"] == application.redirect_uris
    assert sorted(document["AllowedOAuthScopes"]) == sorted(["openid", "email", f"{application.audience}/orders.read"])
    assert document["AllowedOAuthFlows"] == ["code"]
    assert (document["AccessTokenValidity"], document["IdTokenValidity"]) == (15, 20)
    assert document["RefreshTokenValidity"] == 7 * 24 * 60
    assert document["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 5}
    assert document["ExplicitAuthFlows"] == ["ALLOW_USER_SRP_AUTH"]
    assert document["PreventUserExistenceErrors"] == "ENABLED"
    assert selectors.tenant_sync_summary(tenant).state == ResourceState.IN_SYNC


def test_the_secret_is_kept(tenant: Tenant) -> None:
    """For the operator to hand on; a public client has none."""
    row = AppClient.objects.get(tenant=tenant, purpose__startswith="native-")
    secret = client_of(tenant).secret
    assert secret is not None
    assert row.secret == secret.get_secret_value()


def test_a_public_client_has_no_secret(onboard: Onboard) -> None:
    """A browser could not keep it."""
    application = ApplicationFactory.create()
    set_native_mode(application.pk, native_options(public_client=True), actor=ACTOR)
    tenant = onboard(PoolKind.DEDICATED)
    set_tenant_applications(tenant.pk, [application.pk], actor=ACTOR)
    run_tenant(tenant)
    tenant = Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)
    assert client_of(tenant).secret is None
    assert selectors.tenant_sync_summary(tenant).state == ResourceState.IN_SYNC


def test_the_style_wears_the_brand_and_follows_it(cognito: LocalCognito, tenant: Tenant) -> None:
    """Also the logo."""
    style = style_of(tenant)
    assert style is not None
    brand = Branding.objects.get(tenant=tenant)
    button = style.settings["components"]["primaryButton"]["lightMode"]["defaults"]["backgroundColor"]
    assert button == brand.accent.removeprefix("#") + "ff"
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    Branding.objects.filter(tenant=tenant).update(accent="#123456", logo=logo, logo_type="image/svg+xml")
    resync(tenant)
    style = style_of(tenant)
    assert style is not None
    assert style.settings["components"]["primaryButton"]["lightMode"]["defaults"]["backgroundColor"] == "123456ff"
    assert [(asset.category, bytes(asset.content)) for asset in style.assets] == [("FORM_LOGO", logo)]
    cognito.forget_calls()
    resync(tenant)
    assert cognito.writes() == []


def test_scopes_come_and_go(tenant: Tenant, application: Application) -> None:
    """A client may name a scope only while it is defined."""
    scopes = [("orders.read", "Read"), ("orders.write", "Write")]
    set_native_mode(application.pk, native_options(api_scopes=scopes), actor=ACTOR)
    apply(tenant)
    server = resource_servers.describe(pool_ref(tenant.pool), application.audience, priority=PRIORITY)
    assert server is not None
    assert server.scopes == dict(scopes)
    set_native_mode(application.pk, native_options(api_scopes=[]), actor=ACTOR)
    apply(tenant)
    assert resource_servers.describe(pool_ref(tenant.pool), application.audience, priority=PRIORITY) is None
    assert sorted(client_of(tenant).document["AllowedOAuthScopes"]) == ["email", "openid"]
    assert not SyncedResource.objects.filter(family=Family.RESOURCE_SERVER).exists()


def test_applications_of_one_api_share_its_scopes(
    cognito: LocalCognito, tenant: Tenant, application: Application
) -> None:
    """A web and a mobile application may have one audience; neither takes the other's scopes away."""
    mobile = ApplicationFactory.create(audience=application.audience)
    both = [("orders.read", "Read, as the mobile one says"), ("orders.write", "Write")]
    set_native_mode(mobile.pk, native_options(api_scopes=both), actor=ACTOR)
    set_tenant_applications(tenant.pk, [application.pk, mobile.pk], actor=ACTOR)
    apply(tenant)
    server = resource_servers.describe(pool_ref(tenant.pool), application.audience, priority=PRIORITY)
    assert server is not None
    assert set(server.scopes) == {"orders.read", "orders.write"}
    assert selectors.tenant_sync_summary(tenant).state == ResourceState.IN_SYNC
    cognito.forget_calls()
    resync(tenant)
    assert cognito.writes() == []
    set_tenant_applications(tenant.pk, [mobile.pk], actor=ACTOR)
    apply(tenant)
    server = resource_servers.describe(pool_ref(tenant.pool), application.audience, priority=PRIORITY)
    assert server is not None
    assert set(server.scopes) == {"orders.read", "orders.write"}


def test_what_is_taken_away_is_deleted(tenant: Tenant) -> None:
    """Style, client and scopes go; the sign-in client stays. The plan says so."""
    set_tenant_applications(tenant.pk, [], actor=ACTOR)
    apply(tenant)
    ref = pool_ref(tenant.pool)
    names = [client.name for client in inventory.clients(ref, priority=PRIORITY)]
    assert names == [tenant.client_name(AppClient.SIGN_IN)]
    assert list(inventory.resource_servers(ref, priority=PRIORITY)) == []
    plan = SyncPlan.objects.filter(scope=SyncKind.TENANT, key=tenant.pk).latest("started_at")
    assert [(step.family, step.action) for step in plan.steps.all()] == [
        (Family.CLIENT, "nothing"),
        (Family.BRANDING, "delete"),
        (Family.CLIENT, "delete"),
        (Family.RESOURCE_SERVER, "delete"),
    ]


def test_a_client_whose_deletion_got_no_answer_leaves_no_secret(cognito: LocalCognito, tenant: Tenant) -> None:
    """Found gone at the next attempt, its row goes all the same."""
    set_tenant_applications(tenant.pk, [], actor=ACTOR)
    let_grace_pass()
    cognito.fault("DeleteUserPoolClient", "timeout_after")
    apply(tenant)
    make_due()
    apply(tenant)
    assert [row.purpose for row in AppClient.objects.filter(tenant=tenant)] == [AppClient.SIGN_IN]


def test_an_endpoint_without_managed_login_gets_a_style_sheet(
    monkeypatch: pytest.MonkeyPatch, onboard: Onboard, application: Application
) -> None:
    """The classic pages, as their template allows."""
    tenant = onboard(PoolKind.DEDICATED)
    monkeypatch.setattr(hooks, "capabilities", CellCapabilities())
    for operation in ("DescribeManagedLoginBrandingByClient", "CreateManagedLoginBranding"):
        hooks.capabilities.record_unsupported(endpoint_of(tenant.pool.cell), operation)
    set_tenant_applications(tenant.pk, [application.pk], actor=ACTOR)
    run_tenant(tenant)
    tenant = Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)
    style = branding.get_classic(pool_ref(tenant.pool), client_of(tenant).client_id, priority=PRIORITY)
    assert Branding.objects.get(tenant=tenant).accent in style.css


def test_a_suspended_tenant_has_no_way_in(tenant: Tenant) -> None:
    """Its native clients are closed too."""
    Tenant.objects.filter(pk=tenant.pk).update(status="suspended")
    resync(tenant)
    document = client_of(tenant).document
    assert document.get("AllowedOAuthFlows", []) == []
    assert not document["AllowedOAuthFlowsUserPoolClient"]


def test_native_mode_needs_a_pool_of_its_own(onboard: Onboard, application: Application) -> None:
    """A session of Cognito's own pages crosses the clients of a pool."""
    shared = onboard(PoolKind.SHARED)
    with pytest.raises(ValidationFailed, match="native mode"):
        set_tenant_applications(shared.pk, [application.pk], actor=ACTOR)
    plain = ApplicationFactory.create()
    set_tenant_applications(shared.pk, [plain.pk], actor=ACTOR)
    with pytest.raises(ValidationFailed, match="share a user pool"):
        set_native_mode(plain.pk, native_options(), actor=ACTOR)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("standard_scopes", {"standard_scopes": ["email"]}),
        ("standard_scopes", {"standard_scopes": ["openid", "aws.cognito.signin.user.admin"]}),
        ("readable", {"readable": ["custom:tenant"]}),
        ("writable", {"writable": ["email"]}),
        ("api_scopes", {"api_scopes": [("no spaces", "x")]}),
        ("api_scopes", {"api_scopes": [("a", "x"), ("a", "y")]}),
        ("api_scopes", {"api_scopes": [("a", "")]}),
        ("api_scopes", {"api_scopes": [(f"s{number}", "x") for number in range(47)]}),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    transactional_db: None, field: str, changes: dict[str, object]
) -> None:
    """Before anything is saved."""
    application = ApplicationFactory.create()
    with pytest.raises(ValidationFailed) as refused:
        set_native_mode(application.pk, native_options(**changes), actor=ACTOR)
    assert list(refused.value.fields) == [field]


def test_groups_and_their_members_follow(cognito: LocalCognito, tenant: Tenant) -> None:
    """Whom Cognito does not have yet comes to the group later."""
    ref = pool_ref(tenant.pool)
    ada, grace, later = (in_cognito(tenant) for _ in range(3))
    DirectoryUser.objects.filter(pk=later.pk).update(cognito_sub="")
    group = create_group(tenant, name="staff", description="Everybody", actor=ACTOR)
    add_members(tenant, group.pk, [ada.pk, grace.pk, later.pk], actor=ACTOR)
    apply(tenant)
    assert members(ref, "staff") == {ada.username, grace.username}
    DirectoryUser.objects.filter(pk=later.pk).update(cognito_sub="there now")
    remove_members(tenant, group.pk, [ada.pk], actor=ACTOR)
    update_group(tenant, group.pk, description="Most", actor=ACTOR)
    apply(tenant)
    assert members(ref, "staff") == {grace.username, later.username}
    described = groups.get_group(ref, "staff", priority=PRIORITY)
    assert described is not None
    assert described.description == "Most"
    cognito.forget_calls()
    resync(tenant)
    assert cognito.writes() == []
    assert "ListUsersInGroup" not in cognito.operations()
    delete_group(tenant, group.pk, confirm_name="staff", actor=ACTOR)
    apply(tenant)
    assert list(inventory.groups(ref, priority=PRIORITY)) == []
    assert not SyncedResource.objects.filter(family__in=[Family.GROUP, Family.GROUP_MEMBERS]).exists()


def test_a_member_put_in_by_hand_is_found_by_the_comparison(tenant: Tenant) -> None:
    """And taken out again, where drift is repaired."""
    ref, stranger = pool_ref(tenant.pool), in_cognito(tenant)
    create_group(tenant, name="staff", description="", actor=ACTOR)
    apply(tenant)
    groups.add_member(ref, "staff", stranger.username, priority=PRIORITY)
    OutboxEntry.objects.filter(kind=SyncKind.TENANT).update(settled_at="2020-01-01T00:00:00Z")
    while schedule_comparisons():
        pass
    make_due()
    apply(tenant)
    assert members(ref, "staff") == set()
    assert AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED, tenant=tenant).exists()
