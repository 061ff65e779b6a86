"""The pages about domains."""

import pytest
from django.test import Client

from federation.models import EmailDomain
from federation.services.domain_proof import check_domain
from tests.email_domains.conftest import Publish
from tests.factories import TenantCast


@pytest.fixture
def client(acme: TenantCast) -> Client:
    """Acme's owner, signed in."""
    client = Client()
    client.force_login(acme.account_of(acme.owner))
    return client


def test_a_domain_from_its_claim_to_its_proof_and_back(client: Client, acme: TenantCast, publish: Publish) -> None:
    home = f"/t/{acme.tenant.slug}/domains/"
    assert "No domains yet" in client.get(home).content.decode()
    answer = client.post(f"{home}new/", {"name": "Ada@Halden.com"})
    claim = EmailDomain.objects.get()
    page = f"{home}{claim.pk}/"
    assert answer.headers["Location"] == page
    shown = client.get(page).content.decode()
    assert "_lifeguard-challenge.halden.com" in shown
    assert 'id="rules-wait"' in shown
    assert f"lifeguard-domain-verification={claim.token}" in shown
    publish(claim)
    assert client.post(f"{page}check/").status_code == 302
    check_domain("halden.com")
    followed = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "is yours" in followed
    assert "hx-get" not in followed
    # What waited for the proof is taken out of the page that looked on.
    assert 'id="rules-wait" hx-swap-oob="delete"' in followed
    assert "rules-wait" not in client.get(page).content.decode()
    assert "Proved" in client.get(home).content.decode()
    refused = client.post(f"{page}remove/", {"confirm_name": "halden"})
    assert refused.status_code == 422
    assert client.post(f"{page}remove/", {"confirm_name": "halden.com"}).headers["Location"] == home
    assert not EmailDomain.objects.exists()


@pytest.mark.parametrize("name", ["", "gmail.com", "localhost", "a" * 400])
def test_bad_input_is_told_at_its_field(client: Client, acme: TenantCast, name: str) -> None:
    answer = client.post(f"/t/{acme.tenant.slug}/domains/new/", {"name": name})
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert not EmailDomain.objects.exists()
