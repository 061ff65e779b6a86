"""The operator's pages, without JavaScript, from the form to the tenant's page."""

import json
import re
from html import unescape

import pytest
from django.test import Client

from tenants.models import Application, AuditEvent, OutboxEntry, SyncKind, Tenant, TenantApplication
from tests.factories import ApplicationFactory, Cast, TenantFactory, UserPoolFactory
from tests.support.certificates import rsa_key
from tests.tenants.test_client_keys import jwk


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def filled(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "name": "Initech",
        "slug": "",
        "cell": str(cast.cell.pk),
        "isolation": "shared",
        "admin_email": "bill@initech.example",
        **changes,
    }


def test_describe_review_create(client: Client, cast: Cast) -> None:
    application = ApplicationFactory.create(name="Harbor")
    described = client.post("/fleet/tenants/new/", filled(cast, applications=[str(application.pk)]))
    assert not Tenant.objects.filter(name="Initech").exists()
    review = client.get(described.headers["Location"])
    for promised in ("initech", "bill@initech.example", "Harbor", cast.globex.tenant.pool.name, "-signin"):
        assert promised in review.content.decode()
    created = client.post(described.headers["Location"])
    tenant = Tenant.objects.get(slug="initech")
    assert created.headers["Location"] == f"/fleet/tenants/{tenant.pk}/"
    assert tenant.pool == cast.globex.tenant.pool
    assert TenantApplication.objects.get(tenant=tenant).application == application
    page = client.get(created.headers["Location"]).content.decode()
    assert "Pending" in page
    assert "bill@initech.example" in page
    assert "Refresh" in page


def test_a_second_click_leads_to_the_same_tenant(client: Client, cast: Cast) -> None:
    review = client.post("/fleet/tenants/new/", filled(cast)).headers["Location"]
    first, second = client.post(review), client.post(review)
    assert first.headers["Location"] == second.headers["Location"]
    assert Tenant.objects.filter(name="Initech").count() == 1


def test_the_review_takes_nothing_from_the_browser(client: Client, cast: Cast) -> None:
    review = client.post("/fleet/tenants/new/", filled(cast)).headers["Location"]
    client.post(review, filled(cast, name="Evil", slug="evil", isolation="dedicated"))
    tenant = Tenant.objects.get(slug="initech")
    assert (tenant.name, tenant.pool.kind) == ("Initech", "shared")


def test_a_draft_is_its_own_session_s(client: Client, cast: Cast) -> None:
    review = client.post("/fleet/tenants/new/", filled(cast)).headers["Location"]
    another = Client()
    another.force_login(cast.operator)
    assert another.post(review).headers["Location"] == "/fleet/tenants/new/"
    assert not Tenant.objects.filter(name="Initech").exists()


def test_a_slug_taken_meanwhile_is_told_at_the_end(client: Client, cast: Cast) -> None:
    review = client.post("/fleet/tenants/new/", filled(cast)).headers["Location"]
    TenantFactory.create(slug="initech")
    refused = client.post(review)
    assert refused.status_code == 422
    assert "“initech” belongs to another tenant" in refused.content.decode()
    assert Tenant.objects.filter(slug="initech").count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slug": "globex"}, "belongs to another tenant"),
        ({"slug": "healthz"}, "is reserved"),
        ({"cell": "00000000-0000-0000-0000-000000000000"}, "is not one of the available choices"),
        ({"isolation": "none"}, "is not one of the available choices"),
        ({"admin_email": "bill"}, "valid email address"),
        ({"name": "株式会社"}, "3 to 40 lower-case letters"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(client: Client, cast: Cast, change: dict[str, str], words: str) -> None:
    refused = client.post("/fleet/tenants/new/", filled(cast, **change))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert words in unescape(page)
    assert "data-error-summary" in page
    assert re.search(r'aria-invalid="true"', page)


def test_the_slug_is_suggested_and_checked_while_typing(client: Client) -> None:
    suggested = client.get("/fleet/tenants/new/slug/", {"name": "Initech Ltd.", "slug": ""}).content.decode()
    assert "/initech-ltd/sign-in<" in suggested
    assert "field__error" not in suggested
    assert "belongs to another" in client.get("/fleet/tenants/new/slug/", {"slug": "acme"}).content.decode()


def test_the_list_is_searched_filtered_and_sorted(client: Client) -> None:
    def names(query: str) -> list[str]:
        page = client.get(f"/fleet/tenants/{query}").content.decode()
        return re.findall(r'<th scope="row">\s*<a href="/fleet/tenants/[0-9a-f-]{36}/">(\w+)</a>', page)

    assert names("") == ["Acme", "Globex"]
    assert names("?sort=-name") == ["Globex", "Acme"]
    assert names("?q=GLOB") == ["Globex"]
    assert names("?isolation=dedicated") == ["Acme"]
    assert names("?status=suspended") == []
    assert names("?cell=main&isolation=nonsense") == ["Acme", "Globex"]
    assert names("?sort=password") == ["Acme", "Globex"]


def test_pages_follow_each_other(client: Client, cast: Cast) -> None:
    pool = UserPoolFactory.create(cell=cast.cell, kind="shared")
    for number in range(60):
        TenantFactory.create(slug=f"tenant-x{number:02}", name=f"Tenant {number:02}", pool=pool)
    first = client.get("/fleet/tenants/").content.decode()
    assert "62 tenants" in first
    following = re.search(r'href="(\?[^"]+)" rel="next"', re.sub(r"\s+", " ", first))
    assert following is not None
    second = client.get("/fleet/tenants/" + unescape(following[1])).content.decode()
    assert "Tenant 59" in second
    assert "Tenant 10" not in second


def test_the_export_is_safe_to_open(client: Client, cast: Cast) -> None:
    TenantFactory.create(slug="evil", name="=HYPERLINK(1)", pool=cast.globex.tenant.pool)
    lines = client.get("/fleet/tenants/export.csv").getvalue().decode()
    assert "'=HYPERLINK(1)" in lines
    assert "acme" in lines


def test_a_secret_is_shown_once_and_by_no_cache_kept(client: Client) -> None:
    answer = client.post(
        "/fleet/applications/new/",
        {
            "name": "Harbor",
            "redirect_uris": "https://harbor.example/cb\n",
            "access_token_minutes": "10",
            "require_nonce": "on",
        },
    )
    application = Application.objects.get(name="Harbor")
    secret = re.search(r"OIDC_CLIENT_SECRET=([\w-]{43})", answer.content.decode())
    assert secret is not None
    assert application.check_secret(secret[1])
    assert "no-store" in answer.headers["Cache-Control"]
    assert secret[1] not in client.get(f"/fleet/applications/{application.pk}/").content.decode()


def test_a_secret_is_changed_without_an_interruption(client: Client) -> None:
    application = ApplicationFactory.create(name="Harbor")
    own = f"/fleet/applications/{application.pk}/"
    assert "Two secrets are taken" not in client.get(own).content.decode()
    form = {"in_place_of": application.secret_mark}
    answer = client.post(f"{own}rotate/", form)
    # A page that shows a secret is loaded again by sending its form again.
    assert client.post(f"{own}rotate/", form).status_code == 409
    secret = re.search(r"OIDC_CLIENT_SECRET=([\w-]{43})", answer.content.decode())
    assert secret is not None
    assert "no-store" in answer.headers["Cache-Control"]
    page = client.get(own).content.decode()
    assert "Two secrets are taken" in page
    assert "Not since the new one was made" in page
    assert "ends at once" in client.get(f"{own}rotate/").content.decode()
    wrong = client.post(f"{own}rotate/end/", {"confirm_name": "harbor"})
    assert (wrong.status_code, "This is not the application" in wrong.content.decode()) == (422, True)
    assert client.post(f"{own}rotate/end/", {"confirm_name": "Harbor"}).headers["Location"] == own
    assert "Two secrets are taken" not in client.get(own).content.decode()
    application.refresh_from_db()
    assert application.check_secret(secret[1])
    assert client.post(f"{own}rotate/end/", {"confirm_name": "Harbor"}).status_code == 409


def test_an_application_with_keys_has_no_secret_to_configure(client: Client) -> None:
    application = ApplicationFactory.create(name="Harbor")
    own = f"/fleet/applications/{application.pk}/"
    values = {
        "name": "Harbor",
        "redirect_uris": "https://harbor.example/cb",
        "access_token_minutes": "10",
        "require_nonce": "on",
    }
    keys = json.dumps({"keys": [jwk(rsa_key().public_key(), kid="1")]})
    assert client.post(f"{own}edit/", {**values, "public_keys": keys}).status_code == 302
    page = client.get(own).content.decode()
    assert "private_key_jwt" in page
    assert "OIDC_CLIENT_SECRET" not in page
    assert "New secret" not in page
    assert "&quot;kid&quot;: &quot;1&quot;" in client.get(f"{own}edit/").content.decode()
    second = client.post("/fleet/applications/new/", {**values, "name": "Haven", "public_keys": keys}, follow=True)
    assert "private_key_jwt" in second.content.decode()
    private = jwk(rsa_key())
    for given in (json.dumps(private), "-----BEGIN PRIVATE KEY-----\nMIIEvQ"):
        refused = client.post(f"{own}edit/", {**values, "public_keys": given})
        shown = refused.content.decode()
        assert (refused.status_code, "This is a private key" in shown) == (422, True)
        assert (private["d"] in shown, "MIIEvQ" in shown, 'value="Harbor"' in shown) == (False, False, True)
    assert client.post(f"{own}edit/", {**values, "public_keys": ""}).status_code == 302
    assert "client_secret_basic" in client.get(own).content.decode()
    events = AuditEvent.objects.filter(action="application.updated").order_by("sequence")
    assert [len(event.after["public_keys"]) for event in events] == [1, 0]


def test_applications_of_a_tenant_are_edited(client: Client, cast: Cast) -> None:
    application = ApplicationFactory.create()
    url = f"/fleet/tenants/{cast.acme.tenant.pk}/applications/"
    assert client.post(url, {"applications": [str(application.pk)]}).status_code == 302
    assert TenantApplication.objects.filter(tenant=cast.acme.tenant, application=application).exists()
    assert client.post(url, {}).status_code == 302
    assert not TenantApplication.objects.filter(tenant=cast.acme.tenant).exists()
    events = AuditEvent.objects.filter(action="tenant.applications_set", tenant=cast.acme.tenant)
    assert [event.after["applications"] for event in events] == [[], [application.name]]


def test_sync_now_owes_the_tenant_and_its_pool(client: Client, cast: Cast) -> None:
    tenant = cast.acme.tenant
    client.post(f"/fleet/tenants/{tenant.pk}/sync/")
    assert set(OutboxEntry.objects.values_list("kind", "key")) == {
        (SyncKind.POOL, tenant.pool_id),
        (SyncKind.TENANT, tenant.pk),
    }


def test_trouble_is_shown_with_its_remedy_and_can_be_retried(client: Client, cast: Cast) -> None:
    tenant = cast.acme.tenant
    client.post(f"/fleet/tenants/{tenant.pk}/sync/")
    row = OutboxEntry.objects.filter(kind=SyncKind.POOL)
    row.update(last_error="The role cannot be assumed.", last_error_code="AccessDenied", remedy="Fix the trust policy.")
    for page in ("/fleet/", "/fleet/sync/", "/fleet/sync/?state=blocked", f"/fleet/tenants/{tenant.pk}/"):
        assert "Fix the trust policy." in client.get(page).content.decode(), page
    assert "1 blocked" in client.get("/fleet/sync/pill/").content.decode()
    before = row.get().wanted_gen
    client.post(f"/fleet/sync/pool/{tenant.pool_id}/retry/")
    assert row.get().wanted_gen == before + 1


def test_the_badge_says_verified_only_after_verifying(client: Client, cast: Cast) -> None:
    client.post(f"/fleet/tenants/{cast.acme.tenant.pk}/applications/", {})
    assert "Chain verified" not in client.get("/fleet/audit/").content.decode()
    assert "Chain verified" in client.get("/fleet/audit/?verify=1").content.decode()


def test_home_leads_everybody_to_their_place(cast: Cast) -> None:
    places = [
        (None, "/accounts/login/"),
        (cast.operator, "/fleet/"),
        (cast.acme.account_of(cast.acme.admin), "/t/acme/"),
    ]
    for account, place in places:
        visitor = Client()
        if account is not None:
            visitor.force_login(account)
        assert visitor.get("/").headers["Location"] == place


def test_roles_do_not_see_what_they_cannot_do(cast: Cast) -> None:
    auditor = Client()
    auditor.force_login(cast.operator_auditor)
    assert "Onboard a tenant" not in auditor.get("/fleet/tenants/").content.decode()
    page = auditor.get(f"/fleet/tenants/{cast.acme.tenant.pk}/").content.decode()
    assert "Enter tenant" not in page
    assert "Sync now" not in page


def test_every_form_leads_back(client: Client, cast: Cast) -> None:
    tenant, application = f"/fleet/tenants/{cast.acme.tenant.pk}/", ApplicationFactory.create()
    own = f"/fleet/applications/{application.pk}/"
    backs = {
        "/fleet/tenants/new/": "/fleet/tenants/",
        f"{tenant}applications/": tenant,
        f"{tenant}enter/": tenant,
        "/fleet/applications/new/": "/fleet/applications/",
        f"{own}edit/": own,
        f"{own}rotate/": own,
        f"{own}rotate/end/": own,
        "/fleet/cells/new/": "/fleet/cells/",
    }
    for page, back in backs.items():
        form = client.get(page).content.decode().partition('<div class="form__actions">')[2]
        cancel = re.search(r'<a class="btn btn--ghost"\s+href="([^"]+)"', form)
        assert cancel is not None, page
        assert cancel[1] == back
