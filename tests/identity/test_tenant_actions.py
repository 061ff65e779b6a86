"""What a tenant's pages do when their forms are sent, without scripts."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from identity.models import BulkJob, BulkKind, DirectoryUser, UserStatus
from identity.services.users import disable_user
from tenants.actor import Actor
from tenants.models import AuditEvent, Branding, Invitation, SignInPolicy
from tenants.permissions import SUPPORT_PERMISSIONS, OperatorRole
from tests.factories import DirectoryUserFactory, TenantCast
from tests.tenants.logos import png, svg


@pytest.fixture
def browser(acme: TenantCast, client: Client) -> Client:
    """A browser in which acme's owner is signed in."""
    client.force_login(acme.account_of(acme.owner), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def at(name: str, *args: object) -> str:
    """Return the address of one of acme's pages."""
    return reverse(f"tenant:{name}", args=["acme", *args])


def text_of(response: Any) -> str:
    """Return the body, also of a streamed answer."""
    return str(response.getvalue().decode())


def status_of(user: DirectoryUser) -> str:
    """Return a user's status as it is now."""
    return DirectoryUser.objects.get(pk=user.pk).status


def test_inviting_says_so_and_a_taken_address_is_said_beside_the_field(acme: TenantCast, browser: Client) -> None:
    form = {"email": "nora@acme.example", "name": "Nora", "role": "admin"}
    response = browser.post(at("user-invite"), form, follow=True)
    assert "An invitation is on its way to nora@acme.example." in text_of(response)
    assert DirectoryUser.objects.get(email="nora@acme.example").role == "admin"
    again = browser.post(at("user-invite"), form)
    assert again.status_code == 422
    assert "nora@acme.example is a user here already." in text_of(again)
    assert 'aria-invalid="true"' in text_of(again)


def test_an_admin_is_not_offered_roles_and_cannot_smuggle_one_in(acme: TenantCast, client: Client) -> None:
    client.force_login(acme.account_of(acme.admin), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'name="role"' not in text_of(client.get(at("user-invite")))
    client.post(at("user-invite"), {"email": "nora@acme.example", "role": "owner"})
    assert DirectoryUser.objects.get(email="nora@acme.example").role == ""


def test_several_are_invited_and_the_others_named(browser: Client) -> None:
    response = browser.post(at("user-invite-many"), {"people": "a@acme.example, Ada\nnonsense"})
    assert "nonsense: Enter an e-mail address" in text_of(response)
    assert Invitation.objects.filter(email="a@acme.example").count() == 1


def test_a_user_is_disabled_and_the_pill_follows(acme: TenantCast, browser: Client) -> None:
    address = f"{at('user-disable', acme.outsider.pk)}?next={at('users')}%3Fstatus%3Ddisabled"
    response = browser.post(address, follow=True)
    assert response.redirect_chain == [(f"{at('users')}?status=disabled", 302)]
    page = text_of(response)
    assert "Applying to Cognito" in page
    assert f'hx-get="{at("user-sync", acme.outsider.pk)}"' in page
    assert status_of(acme.outsider) == UserStatus.DISABLED
    assert text_of(browser.get(at("user-sync", acme.outsider.pk))).count("Pending") == 1
    browser.post(at("user-enable", acme.outsider.pk))
    assert status_of(acme.outsider) == UserStatus.INVITED


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_an_action_returns_to_no_other_site(acme: TenantCast, browser: Client, target: str) -> None:
    response = browser.post(f"{at('user-disable', acme.outsider.pk)}?next={target}")
    assert response["Location"] == at("users")


@pytest.mark.parametrize(
    "name",
    ["user-disable", "user-enable", "user-resend", "user-revoke", "user-role"],
)
def test_a_link_alone_changes_nothing(acme: TenantCast, browser: Client, name: str) -> None:
    assert browser.get(at(name, acme.outsider.pk)).status_code == 405


def test_deleting_asks_for_the_address(acme: TenantCast, browser: Client) -> None:
    wrong = browser.post(at("user-delete", acme.outsider.pk), {"confirm_name": "somebody@acme.example"})
    assert (wrong.status_code, status_of(acme.outsider)) == (422, UserStatus.ACTIVE)
    browser.post(at("user-delete", acme.outsider.pk), {"confirm_name": acme.outsider.email})
    assert status_of(acme.outsider) == UserStatus.DELETING
    assert f"{acme.outsider.email} is deleted" in text_of(browser.get(at("users")))
    assert acme.outsider.email not in text_of(browser.get(at("users")))


def test_the_selected_ones_are_changed_and_deleted_after_typing_how_many(
    acme: TenantCast, globex: TenantCast, browser: Client
) -> None:
    chosen = {"user": [acme.outsider.pk, acme.admin.pk, globex.outsider.pk]}
    browser.post(at("users-disable"), chosen)
    assert [status_of(user) for user in (acme.outsider, acme.admin, globex.outsider)] == [
        "disabled", "disabled", "active"
    ]  # fmt: skip
    asked = browser.post(at("users-delete"), chosen, follow=True)
    assert "delete 2" in text_of(asked)
    start = reverse("tenant:bulk-start", args=["acme", BulkJob.objects.get(kind=BulkKind.DELETE).pk])
    assert browser.post(start, {"confirm_name": "delete 3"}).status_code == 422
    assert status_of(acme.outsider) == "disabled"
    browser.post(start, {"confirm_name": "delete 2"})
    assert [status_of(user) for user in (acme.outsider, acme.admin, globex.outsider)] == [
        "deleting", "deleting", "active"
    ]  # fmt: skip
    assert browser.post(at("users-disable"), {"user": "x"}).status_code == 422
    assert browser.post(at("users-disable"), {}).status_code == 422


def test_search_and_filters_narrow_the_list(acme: TenantCast, browser: Client) -> None:
    DirectoryUserFactory.create(tenant=acme.tenant, email="mona@acme.example", name="Mona O'Hara", has_totp=True)
    for query, expected in [
        ("q=MONA", {"mona@acme.example"}),
        ("q=o%27hara", {"mona@acme.example"}),
        ("q=%25", set()),
        ("mfa=on", {"mona@acme.example"}),
        ("role=auditor", {acme.auditor.email}),
        ("role=none", {acme.outsider.email, "mona@acme.example"}),
        ("status=disabled", set()),
    ]:
        rows = csv.DictReader(io.StringIO(text_of(browser.get(f"{at('user-export')}?{query}")).removeprefix("\ufeff")))
        assert {row["email"] for row in rows} == expected, query
        page = text_of(browser.get(f"{at('users')}?{query}"))
        assert all(email in page for email in expected), query
        assert ("No user matches" in page) == (not expected), query


@pytest.mark.parametrize("name", ["users", "audit"])
def test_filtering_answers_with_the_rows_and_the_link_to_export_them(browser: Client, name: str) -> None:
    target = "user-results" if name == "users" else "audit-results"
    headers = {"HX-Request": "true", "HX-Target": target}
    fragment = text_of(browser.get(at(name), {"q": "owner"}, headers=headers))
    assert "<html" not in fragment
    assert 'hx-swap-oob="true"' in fragment
    assert "export.csv?q=owner" in fragment


def test_a_role_is_changed_by_the_team_page(acme: TenantCast, browser: Client) -> None:
    browser.post(at("user-role", acme.admin.pk), {"role": "none"})
    assert DirectoryUser.objects.get(pk=acme.admin.pk).role == ""
    assert browser.post(at("user-role", acme.admin.pk), {"role": "emperor"}).status_code == 422
    assert browser.post(at("user-role", acme.owner.pk), {"role": "admin"}).status_code == 409


def test_a_brand_is_saved_or_refused_with_the_pair_that_fails(acme: TenantCast, browser: Client) -> None:
    form = {
        "display_name": "Acme <b>", "accent": "#0f766e", "accent_dark": "#91a7ff", "background": "#f6f7f9",
        "background_dark": "#101216",
    }  # fmt: skip
    page = text_of(browser.post(at("branding-save"), form, follow=True))
    assert "Acme &lt;b&gt;" in page
    assert Branding.objects.get(tenant=acme.tenant).accent == "#0f766e"
    refused = browser.post(at("branding-save"), {**form, "accent": "#ffff00"})
    assert refused.status_code == 422
    assert "#ffff00 on the card (#ffffff)" in text_of(refused)


def test_the_preview_takes_colours_and_nothing_else(browser: Client) -> None:
    asked = {"accent": "#112233", "background": "red;} body{x:url(//e)"}
    sheet = text_of(browser.get(at("branding-preview-css"), asked))
    assert "#112233" in sheet
    assert "red" not in sheet
    fragment = text_of(browser.get(at("branding-preview"), {"accent": "#ffff00", "display_name": "<script>"}))
    assert "&lt;script&gt;" in fragment
    assert "Not readable enough" in fragment
    assert "<html" not in fragment


@pytest.mark.parametrize(("data", "media_type"), [(png(), "image/png"), (svg(), "image/svg+xml")])
def test_a_logo_is_uploaded_served_inert_and_removed(browser: Client, data: bytes, media_type: str) -> None:
    assert browser.get(at("logo")).status_code == 404
    browser.post(at("logo-upload"), {"logo": SimpleUploadedFile("logo.png", data)})
    image = browser.get(at("logo"))
    assert image["Content-Type"] == media_type
    assert image["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in image["Content-Security-Policy"]
    assert "default-src 'none'" in image["Content-Security-Policy"]
    browser.post(at("logo-remove"))
    assert browser.get(at("logo")).status_code == 404


def test_a_logo_with_a_script_is_refused_on_the_page(acme: TenantCast, browser: Client) -> None:
    upload = SimpleUploadedFile("logo.svg", svg("<script>alert(1)</script>"))
    response = browser.post(at("logo-upload"), {"logo": upload})
    assert response.status_code == 422
    assert "&lt;script&gt; element, which is not allowed" in text_of(response)
    assert not Branding.objects.get(tenant=acme.tenant).has_logo


def test_a_policy_is_saved_and_a_shared_pool_has_no_field_for_the_password(
    acme: TenantCast, globex: TenantCast, browser: Client, client: Client
) -> None:
    form = {"mfa": "required", "password_min_length": 16, "session_idle_minutes": 60, "session_absolute_minutes": 90}
    form |= {"sign_up": "domains", "own_name": "hidden", "own_email": "see", "own_phone_number": "change"}
    form["own_locale"] = "hidden"
    assert "Applying to Cognito" in text_of(browser.post(at("sign-in-policy-save"), form, follow=True))
    policy = SignInPolicy.objects.get(tenant=acme.tenant)
    assert policy.password_min_length == 16
    assert policy.own_details == {"name": "hidden", "email": "see", "phone_number": "change", "locale": "hidden"}
    assert browser.post(at("sign-in-policy-save"), {**form, "own_email": "hidden"}).status_code == 422
    assert browser.post(at("sign-in-policy-save"), {**form, "session_idle_minutes": 91}).status_code == 422
    client.force_login(globex.account_of(globex.owner), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = text_of(client.get(reverse("tenant:sign-in-policy", args=["globex"])))
    assert 'name="password_min_length"' not in page
    assert "one password policy for a whole pool" in page


def test_the_log_shows_staff_with_their_reason_and_nothing_of_other_tenants(
    acme: TenantCast, globex: TenantCast, operator: Actor, browser: Client
) -> None:
    disable_user(acme.tenant, acme.outsider.pk, actor=_visiting(operator, "Ticket 4711"))
    disable_user(globex.tenant, globex.outsider.pk, actor=_visiting(operator, "Ticket 4712"))
    page = text_of(browser.get(at("audit")))
    assert "Ticket 4711" in page
    assert "Ticket 4712" not in page
    assert globex.outsider.email not in page
    assert "Ticket 4711" in text_of(browser.get(at("audit-export")))
    assert "Ticket 4711" not in text_of(browser.get(f"{at('audit')}?actor_kind=member"))
    assert "Ticket 4711" in text_of(browser.get(f"{at('audit')}?action=user.disabled&q=OUTSIDER"))
    assert "Ticket 4711" not in text_of(browser.get(f"{at('audit')}?until=2001-01-01"))
    assert AuditEvent.objects.filter(tenant=acme.tenant).count() == 1


def _visiting(operator: Actor, reason: str) -> Actor:
    return replace(operator, reason=reason, permissions=SUPPORT_PERMISSIONS[OperatorRole.OWNER])
