"""Every page of a tenant renders, for every role."""

import pytest
from django.test import Client
from django.urls import reverse

from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import invite_user
from identity.services.users import disable_user
from tenants.models import TenantApplication
from tests.factories import ApplicationFactory, TenantCast, actor_of

PAGES = [
    "overview", "users", "user-export", "sign-in-policy", "branding", "branding-preview", "branding-preview-css",
    "applications", "audit", "audit-export", "team", "sync", "plans", "plans-export", "drift", "drift-export",
]  # fmt: skip
ASKING = ["user-invite", "user-invite-many", "sign-in-policy-passwords"]
ABOUT_A_USER = ["user", "user-sync"]
ASKING_ABOUT_A_USER = ["user-reset-mfa", "user-temporary-password", "user-delete"]


@pytest.fixture
def filled(acme: TenantCast) -> TenantCast:
    """Acme with a user in each state, an application, and events in the log."""
    owner = actor_of(acme.owner)
    invite_user(acme.tenant, email="new@acme.example", name="New", role="", actor=owner)
    disable_user(acme.tenant, acme.outsider.pk, actor=owner)
    TenantApplication.objects.create(tenant=acme.tenant, application=ApplicationFactory.create())
    return acme


def signed_in(client: Client, cast: TenantCast, person: DirectoryUser) -> Client:
    """Return the client with the session of one of the tenant's users."""
    client.force_login(cast.account_of(person), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def body(client: Client, url: str, **headers: str) -> str:
    """Return the body of a page that must be there."""
    response = client.get(url, headers=headers)
    assert response.status_code == 200, url
    return response.getvalue().decode()


@pytest.mark.parametrize("role", ["owner", "admin", "auditor"])
def test_every_page_renders_for_each_role(filled: TenantCast, client: Client, role: str) -> None:
    browser = signed_in(client, filled, getattr(filled, role))
    for page in PAGES:
        assert body(browser, reverse(f"tenant:{page}", args=["acme"])), page


@pytest.mark.parametrize("page", ASKING)
def test_a_page_that_changes_something_is_not_an_auditors(filled: TenantCast, client: Client, page: str) -> None:
    url = reverse(f"tenant:{page}", args=["acme"])
    assert body(signed_in(client, filled, filled.admin), url)
    assert signed_in(client, filled, filled.auditor).get(url).status_code == 403


@pytest.mark.parametrize("status", [UserStatus.INVITED, UserStatus.ACTIVE, UserStatus.DISABLED])
def test_a_users_pages_render_in_each_state(filled: TenantCast, client: Client, status: UserStatus) -> None:
    person = DirectoryUser.objects.filter(tenant=filled.tenant, status=status).order_by("email")[0]
    browser = signed_in(client, filled, filled.owner)
    for page in ABOUT_A_USER + ASKING_ABOUT_A_USER:
        assert body(browser, reverse(f"tenant:{page}", args=["acme", person.pk])), page


@pytest.mark.parametrize(("factors", "offered"), [([], False), (["key"], True)])
def test_who_comes_by_an_identity_provider_has_a_reset_of_what_is_here(
    acme: TenantCast, client: Client, factors: list[str], offered: bool
) -> None:
    person = acme.outsider
    traits = {"cognito_status": "EXTERNAL_PROVIDER", "cognito_sub": "sub", "other_factors": factors}
    DirectoryUser.objects.filter(pk=person.pk).update(**traits)
    shown = body(signed_in(client, acme, acme.owner), reverse("tenant:user", args=["acme", person.pk]))
    assert (reverse("tenant:user-reset-mfa", args=["acme", person.pk]) in shown) is offered
    assert ("Security key or passkey" in shown) is offered


def test_a_foreign_user_is_not_found(filled: TenantCast, globex: TenantCast, client: Client) -> None:
    browser = signed_in(client, filled, filled.owner)
    for page in ABOUT_A_USER + ASKING_ABOUT_A_USER:
        for person in (globex.outsider.pk, "00000000-0000-4000-8000-000000000000"):
            assert browser.get(reverse(f"tenant:{page}", args=["acme", person])).status_code == 404
        assert browser.get(reverse(f"tenant:{page}", args=["globex", globex.outsider.pk])).status_code == 404


def test_a_pill_whose_user_is_gone_stops_asking(filled: TenantCast, client: Client) -> None:
    url = reverse("tenant:user-sync", args=["acme", "00000000-0000-4000-8000-000000000000"])
    response = signed_in(client, filled, filled.owner).get(url, headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (286, b"")
