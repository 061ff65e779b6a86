"""Pages call one thing by one name."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import Cast, TenantCast


@pytest.mark.parametrize("page", ["account_login", "account_reset_password"])
def test_an_operators_address_is_an_e_mail(client: Client, db: None, page: str) -> None:
    shown = " ".join(client.get(reverse(page)).content.decode().split())
    assert "> E-mail </label>" in shown
    assert 'placeholder="E-mail address"' in shown
    assert ">Email" not in shown


def test_the_navigation_and_the_page_agree_on_sign_in_and_mfa(client: Client, cast: Cast) -> None:
    client.force_login(TenantCast.account_of(cast.acme.owner))
    url = reverse("tenant:sign-in-policy", args=["acme"])
    shown = " ".join(client.get(url).content.decode().split())
    assert "<h1> Sign-in and MFA </h1>" in shown
    assert "<title> Sign-in and MFA " in shown
    assert "Sign-in policy" not in shown
    navigation = shown.partition('<nav aria-label="Main">')[2].partition("</nav>")[0]
    link = navigation.partition(f'href="{url}"')[2].partition("</a>")[0]
    assert "Sign-in and MFA" in link
