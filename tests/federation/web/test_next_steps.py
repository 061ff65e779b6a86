"""A tenant's first page says what of single sign-on is still to do, by what there is."""

import re

from django.test import Client

from federation.models import DomainStatus, EmailDomain
from federation.services.email_domains import claim_domain
from tests.factories import Cast, TenantCast, actor_of
from tests.support.connections import activated, saml_connection


def said(cast: TenantCast) -> dict[str, str]:
    """Each thing to do, and whether it is done."""
    client = Client()
    client.force_login(cast.account_of(cast.owner))
    page = client.get(f"/t/{cast.tenant.slug}/").content.decode()
    rows = re.findall(r'<a class="table__link" href="([^"]+)">([^<]+)</a>.*?\b(Done|Open)\b', page, re.DOTALL)
    return {label: word for href, label, word in rows if client.get(href).status_code == 200}


def test_a_step_is_done_by_what_there_is(cast: Cast) -> None:
    acme, globex = cast.acme, cast.globex
    connect, prove = "Connect your identity provider", "Prove your e-mail domain"
    draft = saml_connection(acme.tenant)
    claim = claim_domain(acme.tenant, name="acme.example.com", actor=actor_of(acme.owner))
    assert (said(acme)[connect], said(acme)[prove]) == ("Open", "Open")
    activated(draft)
    EmailDomain.objects.filter(pk=claim.pk).update(status=DomainStatus.PROVED)
    assert (said(acme)[connect], said(acme)[prove]) == ("Done", "Done")
    # A neighbour's are nobody else's.
    assert (said(globex)[connect], said(globex)[prove]) == ("Open", "Open")
