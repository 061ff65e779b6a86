"""Claims, proofs in a real name server, and the mails about them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from federation.domains import dns
from federation.domains.standing import GRACE
from federation.models import DomainStatus, EmailDomain
from federation.selectors.domain_rules import nearest_domain
from federation.selectors.email_domains import names_to_check, proves_domain_of
from federation.services.domain_proof import check_domain
from federation.services.email_domains import check_domain_now, claim_domain, remove_domain
from tenants.actor import Actor
from tenants.errors import Conflict, ValidationFailed
from tenants.models import AuditEvent, Tenant
from tests.email_domains.conftest import Publish
from tests.factories import TenantCast, actor_of
from tests.support.mail import Mailbox, body_text

NAME = "mail.halden.com"


@pytest.fixture
def claim(acme: TenantCast, owner: Actor) -> EmailDomain:
    """Acme's claim."""
    return claim_domain(acme.tenant, name=NAME, actor=owner)


@pytest.fixture
def rival(globex: TenantCast) -> EmailDomain:
    """Globex' claim to the same domain."""
    return claim_domain(globex.tenant, name=NAME, actor=actor_of(globex.owner))


def look(claim: EmailDomain) -> DomainStatus:
    """Let a check be due, and carry it out."""
    EmailDomain.objects.filter(name=claim.name).update(next_check_at=timezone.now())
    check_domain(claim.name)
    claim.refresh_from_db()
    return DomainStatus(claim.status)


def let_time_pass(claim: EmailDomain, time: timedelta) -> None:
    """Move what a claim remembers into the past."""
    claim.refresh_from_db()
    until = claim.until and claim.until - time
    EmailDomain.objects.filter(pk=claim.pk).update(since=claim.since - time, until=until)


def actions_of(tenant: Tenant) -> list[str]:
    return list(AuditEvent.objects.filter(tenant=tenant).order_by("sequence").values_list("action", flat=True))


def test_a_domain_is_proved_by_its_record(acme: TenantCast, claim: EmailDomain, publish: Publish) -> None:
    assert look(claim) == DomainStatus.WAITING
    assert not proves_domain_of(acme.tenant, f"ada@{NAME}")
    publish(claim)
    assert look(claim) == DomainStatus.PROVED
    assert proves_domain_of(acme.tenant, f"Ada@{NAME.upper()}")
    assert not proves_domain_of(acme.tenant, f"ada@deeper.{NAME}")
    assert not proves_domain_of(acme.tenant, "ada@halden.com")
    assert nearest_domain(f"ada@{NAME}", acme.tenant) == claim
    assert actions_of(acme.tenant)[-2:] == ["domain.claimed", "domain.proved"]


def test_whoever_claims_learns_nothing_of_others(claim: EmailDomain, rival: EmailDomain, publish: Publish) -> None:
    publish(claim)
    assert look(claim) == DomainStatus.PROVED
    rival.refresh_from_db()
    assert (rival.status, rival.trouble, rival.notice) == (DomainStatus.WAITING, "", "")
    assert rival.token != claim.token


def test_the_record_of_one_tenant_proves_nothing_for_another(
    globex: TenantCast, claim: EmailDomain, rival: EmailDomain, publish: Publish
) -> None:
    publish(claim)
    look(claim)
    assert not proves_domain_of(globex.tenant, f"ada@{NAME}")


def test_a_domain_passes_on_and_both_are_told(
    acme: TenantCast, globex: TenantCast, claim: EmailDomain, rival: EmailDomain, publish: Publish, mailbox: Mailbox
) -> None:
    publish(claim)
    look(claim)
    publish(claim, rival)
    assert look(rival) == DomainStatus.SETTLING
    contested = mailbox.wait_for(acme.owner.email)
    assert "Another proof" in body_text(contested)
    publish(rival)
    assert look(claim) == DomainStatus.MISSING
    for each in (claim, rival):
        let_time_pass(each, timedelta(days=3))
    assert look(claim) == DomainStatus.WAITING
    assert proves_domain_of(globex.tenant, f"ada@{NAME}")
    assert nearest_domain(f"ada@{NAME}", globex.tenant) == rival
    assert "no longer proved" in body_text(mailbox.wait_for(acme.owner.email, count=3))
    for mail in (contested, mailbox.wait_for(acme.owner.email, count=3)):
        assert "globex" not in mail.as_string().lower()


def test_a_name_server_that_does_not_answer_says_nothing(
    claim: EmailDomain, publish: Publish, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The domain stays proved, also past the grace time: silence is no absence."""
    publish(claim)
    look(claim)
    let_time_pass(claim, 2 * GRACE)
    monkeypatch.setattr(dns, "_PATIENCE", 0.2)
    settings.DNS_SERVERS = (("127.0.0.1", 9),)
    assert look(claim) == DomainStatus.PROVED
    assert claim.trouble
    assert claim.next_check_at > timezone.now()


def test_what_is_not_due_is_not_asked_for(claim: EmailDomain, publish: Publish) -> None:
    look(claim)
    publish(claim)
    check_domain(NAME)
    claim.refresh_from_db()
    assert claim.status == DomainStatus.WAITING
    assert names_to_check(10) == []
    EmailDomain.objects.update(next_check_at=timezone.now())
    assert names_to_check(10) == [NAME]


@pytest.mark.parametrize("answers", [True, False])
def test_a_look_asked_for_while_dns_was_asked_is_had(
    acme: TenantCast,
    owner: Actor,
    claim: EmailDomain,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
    *,
    answers: bool,
) -> None:
    """The question was on its way when the record was put there, or nobody answers it."""
    asked = dns.proofs_of

    def ask_and_have_it_changed(name: str) -> frozenset[str]:
        found = asked(name)
        monkeypatch.setattr(dns, "proofs_of", asked)
        publish(claim)
        check_domain_now(acme.tenant, claim.pk, actor=owner)
        if not answers:
            raise dns.DnsUnavailable("no answer")
        return found

    monkeypatch.setattr(dns, "proofs_of", ask_and_have_it_changed)
    assert look(claim) == DomainStatus.WAITING
    check_domain(NAME)
    claim.refresh_from_db()
    assert (claim.status, claim.trouble) == (DomainStatus.PROVED, "")


def test_a_mail_that_could_not_be_sent_is_sent_later(
    acme: TenantCast, claim: EmailDomain, publish: Publish, settings: LazySettings, mailbox: Mailbox
) -> None:
    publish(claim)
    look(claim)
    publish()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    with pytest.raises(OSError, match="refused"):
        look(claim)
    settings.EMAIL_PORT = port
    assert names_to_check(10) == [NAME]
    check_domain(NAME)
    assert "no longer in DNS" in body_text(mailbox.wait_for(acme.owner.email))
    assert names_to_check(10) == []


def test_a_domain_is_claimed_once_by_a_tenant(acme: TenantCast, owner: Actor, claim: EmailDomain) -> None:
    with pytest.raises(ValidationFailed) as refused:
        claim_domain(acme.tenant, name=NAME.upper(), actor=owner)
    assert "already" in refused.value.fields["name"]


def test_there_is_an_end_to_claiming(acme: TenantCast, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.services.email_domains.MOST_DOMAINS", 1)
    claim_domain(acme.tenant, name="one.example.com", actor=owner)
    with pytest.raises(Conflict):
        claim_domain(acme.tenant, name="two.example.com", actor=owner)


def test_giving_a_domain_up_lets_another_have_it(
    acme: TenantCast, globex: TenantCast, owner: Actor, claim: EmailDomain, rival: EmailDomain, publish: Publish
) -> None:
    publish(claim)
    look(claim)
    with pytest.raises(ValidationFailed):
        remove_domain(acme.tenant, claim.pk, confirm_name="other.com", actor=owner)
    remove_domain(acme.tenant, claim.pk, confirm_name=NAME, actor=owner)
    publish(rival)
    look(rival)
    assert proves_domain_of(globex.tenant, f"ada@{NAME}")


@pytest.mark.django_db(transaction=True)
def test_two_workers_give_a_domain_to_one(claim: EmailDomain, rival: EmailDomain, publish: Publish) -> None:
    """They ask at the same time; the second to write sees what the first decided."""
    publish(claim, rival)
    EmailDomain.objects.update(next_check_at=timezone.now())
    with ThreadPoolExecutor(max_workers=4) as workers:
        list(workers.map(_check_in_a_thread, [NAME] * 4))
    held = [each.status for each in EmailDomain.objects.order_by("created_at")]
    assert held == [DomainStatus.PROVED, DomainStatus.SETTLING]


def _check_in_a_thread(name: str) -> None:
    try:
        check_domain(name)
    finally:
        connection.close()
