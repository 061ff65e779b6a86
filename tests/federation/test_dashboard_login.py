"""A tenant's users enter the dashboard through their own sign-in, and never as anything but members."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from federation.models import BrowserSession
from identity.models import DirectoryUser, UserStatus
from tenants.models import Account, Tenant
from tests.factories import MemberFactory, OperatorFactory
from tests.federation.conftest import PASSWORD, MakeUser
from tests.federation.sites import TwoSites


def sign_in(sites: TwoSites, slug: str, email: str) -> None:
    sites.open(f"{settings.DASHBOARD_URL}/sign-in/{slug}/")
    assert sites.status == 200, sites.text
    assert sites.address.startswith(f"{settings.SIGNIN_URL}/{slug}/sign-in?request=")
    sites.submit(email=email, password=PASSWORD)


def test_an_owner_lands_in_their_dashboard_and_signs_out_of_both(
    sites: TwoSites, acme: Tenant, make_user: MakeUser
) -> None:
    # An operator with the same address is somebody else, and stays so.
    OperatorFactory.create(email="olga@acme.example")
    owner = make_user(acme, "olga@acme.example", role="owner")
    sign_in(sites, "acme", "olga@acme.example")
    assert sites.status == 200, sites.text
    assert sites.address.startswith(f"{settings.DASHBOARD_URL}/t/acme/")
    account = Account.objects.get(subject=owner.pk)
    assert (account.tenant_id, account.operator_role, account.email) == (acme.pk, "", "")
    assert sites.dashboard.session["_auth_user_id"] == str(account.pk)
    assert EmailAddress.objects.count() == 0
    assert SocialAccount.objects.count() == 0

    sites.post_dashboard("/accounts/logout/")
    assert sites.address.startswith(f"{settings.SIGNIN_URL}/oauth2/logout")
    assert "signed out" in sites.text
    assert "_auth_user_id" not in sites.dashboard.session
    assert BrowserSession.objects.get().ended_at is not None


def test_whoever_has_to_sign_in_first_comes_to_the_page_they_asked_for(
    sites: TwoSites, acme: Tenant, make_user: MakeUser
) -> None:
    """But to no page of another tenant's or of another site."""
    make_user(acme, "olga@acme.example", role="owner")
    for wanted, reached in (
        ("/t/acme/users/?q=ann", "/t/acme/users/?q=ann"),
        ("/sign-in/acme/?next=/t/globex/users/", "/t/acme/"),
        ("/sign-in/acme/?next=https://attacker.example/t/acme/", "/t/acme/"),
    ):
        sites.open(f"{settings.DASHBOARD_URL}{wanted}")
        sites.submit(email="olga@acme.example", password=PASSWORD)
        assert sites.address == f"{settings.DASHBOARD_URL}{reached}"
        sites.dashboard.cookies.clear()
        sites.signin.cookies.clear()


def test_the_page_of_the_tenant_leads_to_the_dashboard(sites: TwoSites, acme: Tenant) -> None:
    sites.open(f"{settings.SIGNIN_URL}/acme/sign-in?login_hint=ann%40acme.example")
    assert f"{settings.DASHBOARD_URL}/sign-in/acme/?login_hint=ann%40acme.example" in sites.visited
    assert 'value="ann@acme.example"' in sites.text


def test_a_user_without_a_role_is_told_so(sites: TwoSites, acme: Tenant, ann: DirectoryUser) -> None:
    sign_in(sites, "acme", "ann@acme.example")
    assert sites.status == 403
    assert "no role" in sites.text
    assert "_auth_user_id" not in sites.dashboard.session
    assert Account.objects.count() == 0


def test_a_callback_that_this_browser_did_not_begin(sites: TwoSites, acme: Tenant, make_user: MakeUser) -> None:
    make_user(acme, "olga@acme.example", role="owner")
    sites.open(f"{settings.DASHBOARD_URL}/sign-in/acme/")
    callback = sites.submit_only(email="olga@acme.example", password=PASSWORD)
    assert callback.startswith(f"{settings.DASHBOARD_URL}/accounts/lifeguard/login/callback/?code=")
    victim = Client(HTTP_HOST=urlsplit(settings.DASHBOARD_URL).netloc)
    response = victim.get(callback.removeprefix(settings.DASHBOARD_URL))
    assert response.status_code == 403
    assert "_auth_user_id" not in victim.session


def test_an_answer_for_another_start_is_refused(sites: TwoSites, acme: Tenant, make_user: MakeUser) -> None:
    """A code that fits PKCE and state but was made with another nonce, and one for another organisation."""
    make_user(acme, "olga@acme.example", role="owner")
    for name in ("nonce", "organization"):
        sites.open(f"{settings.DASHBOARD_URL}/sign-in/acme/")
        session = sites.dashboard.session
        for state, _at, _provider in session["socialaccount_states"].values():
            state[name] = "another"
        session.save()
        sites.submit(email="olga@acme.example", password=PASSWORD)
        assert sites.status == 403
        assert "_auth_user_id" not in sites.dashboard.session
        sites.signin.cookies.clear()


def test_each_start_has_a_nonce_and_pkce_of_its_own(acme: Tenant) -> None:
    client = Client(HTTP_HOST=urlsplit(settings.DASHBOARD_URL).netloc)
    sent = [parse_qs(urlsplit(client.get("/sign-in/acme/")["Location"]).query) for _ in range(2)]
    for name in ("nonce", "state", "code_challenge"):
        assert sent[0][name] != sent[1][name]
    assert sent[0]["code_challenge_method"] == ["S256"]
    assert sent[0]["organization"] == ["acme"]


@pytest.mark.django_db
def test_a_member_reaches_no_page_of_allauth() -> None:
    client = Client()
    client.force_login(MemberFactory.create())
    names = sorted(
        name
        for name in get_resolver().reverse_dict
        if isinstance(name, str) and re.match(r"^(account|mfa|socialaccount)_", name)
    )
    assert "mfa_add_webauthn" in names
    assert "account_change_password" in names
    for name in names:
        patterns = get_resolver().reverse_dict.getlist(name)
        arguments = dict.fromkeys(patterns[0][0][0][1], "1")
        path = reverse(name, kwargs=arguments)
        expected = 200 if name == "account_logout" else 404
        assert client.get(path).status_code == expected, path
        if name != "account_logout":
            assert client.post(path).status_code == 404, path


@pytest.mark.django_db
def test_a_disabled_member_is_out_at_once() -> None:
    account = MemberFactory.create()
    assert account.tenant is not None
    assert account.subject is not None
    users = DirectoryUser.objects.filter(pk=account.subject)
    users.update(role="owner")
    client = Client()
    client.force_login(account)
    page = f"/t/{account.tenant.slug}/"
    assert client.get(page).status_code == 200
    users.update(status=UserStatus.DISABLED)
    response = client.get(page)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/{account.tenant.slug}/?next={page}")
    assert client.post(page)["Location"] == f"/sign-in/{account.tenant.slug}/"
