"""Two tenants claim one domain: until one of them proves it, neither can tell from anything that there is another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation.domains import dns
from federation.models import DomainStatus, EmailDomain
from federation.services.domain_proof import check_domain
from federation.services.email_domains import claim_domain
from tests.email_domains.conftest import Publish, publish
from tests.factories import actor_of
from tests.isolation.neighbours import House
from tests.support.telling import Told, differences, told

__all__ = ["publish"]

NAME, NOBODYS = "mail.halden.com", "post.halden.com"
# What a page, or the API, shows of a claim.
_SHOWN = ("status", "since", "until", "checked_at", "trouble", "next_check_at", "notice")


@pytest.fixture
def client(ours: House) -> Client:
    """Globex' owner's browser, which has been on its pages."""
    client = Client()
    client.force_login(ours.cast.account_of(ours.cast.owner))
    client.get("/t/globex/domains/")
    return client


def claimed(house: House, name: str = NAME, *, due: bool = True) -> EmailDomain:
    """A tenant's claim, whose next check is due or a long way off."""
    claim = claim_domain(house.tenant, name=name, actor=actor_of(house.cast.owner))
    if not due:
        EmailDomain.objects.filter(pk=claim.pk).update(next_check_at=timezone.now() + timedelta(hours=9))
    return claim


def shown(claim: EmailDomain) -> dict[str, Any]:
    """What is shown of it now."""
    found: dict[str, Any] = EmailDomain.objects.values(*_SHOWN).get(pk=claim.pk)
    return found


@pytest.mark.parametrize("status", [*DomainStatus])
def test_claiming_what_is_a_neighbours_is_claiming_anything(
    client: Client, ours: House, theirs: House, status: DomainStatus
) -> None:
    """Whatever standing the neighbour's claim has: the same answer, by the same statements."""
    held = claimed(theirs)
    EmailDomain.objects.filter(pk=held.pk).update(status=status)
    foreign, nobodys = (claiming(client, ours, name) for name in (NAME, NOBODYS))
    for one, other in zip(foreign, nobodys, strict=True):
        assert differences(one, other) == []


def claiming(client: Client, ours: House, name: str) -> list[Told]:
    """What is told by claiming a domain, by its page and by asking for a look."""
    answer = told(client.post, reverse("tenant:domain-new", args=["globex"]), {"name": name}, asked=[name])
    made = EmailDomain.objects.get(tenant=ours.tenant, name=name)
    assert made.status == DomainStatus.WAITING
    page, check = (reverse(f"tenant:{route}", args=["globex", made.pk]) for route in ("domain", "domain-check"))
    assert dict(answer.headers)["Location"] == page
    found = [told(client.get, page, asked=[name, made.token, made.pk]), told(client.post, check, asked=[made.pk])]
    # The next page says that it was asked for.
    client.get(page)
    return [replace(answer, headers=()), *found]


@pytest.mark.parametrize("proved", [True, False])
def test_a_look_for_a_neighbours_proof_is_not_seen(ours: House, theirs: House, publish: Publish, proved: bool) -> None:
    """Otherwise a claim to every name that one is curious about would show which of them are used here, and when."""
    waiting, theirs_due = claimed(ours, due=False), claimed(theirs)
    publish(*([theirs_due] if proved else []))
    before = shown(waiting)
    check_domain(NAME)
    assert shown(waiting) == before
    theirs_due.refresh_from_db()
    assert theirs_due.checked_at is not None
    assert theirs_due.holds == proved


def test_a_look_that_a_neighbours_name_server_refuses_is_not_seen(
    ours: House, theirs: House, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "_PATIENCE", 0.2)
    settings.DNS_SERVERS = (("127.0.0.1", 9),)
    waiting, theirs_due = claimed(ours, due=False), claimed(theirs)
    before = shown(waiting)
    check_domain(NAME)
    assert shown(waiting) == before
    theirs_due.refresh_from_db()
    assert theirs_due.trouble


def test_whose_proof_is_found_by_a_neighbours_look_is_told(ours: House, theirs: House, publish: Publish) -> None:
    """What changes is shown with the time of the look that changed it."""
    mine = claimed(ours, due=False)
    claimed(theirs)
    publish(mine)
    check_domain(NAME)
    mine.refresh_from_db()
    assert (mine.status, mine.checked_at) == (DomainStatus.PROVED, mine.since)
