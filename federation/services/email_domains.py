"""Claiming e-mail domains and giving them up. Whether a claim is proved is `domain_proof`'s."""

import secrets
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.domains.names import claimable
from federation.models import DomainStatus, EmailDomain
from federation.selectors.email_domains import domains_of, get_domain
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, ValidationFailed
from tenants.models import Tenant
from tenants.services import audit
from tenants.services.outbox import send_soon

CHECK_TASK = "federation.check_domain"
MOST_DOMAINS = 200
# More than can be guessed, and short enough for a form of a DNS provider.
_TOKEN_BYTES = 24


@transaction.atomic
def claim_domain(tenant: Tenant, *, name: str, actor: Actor) -> EmailDomain:
    """Claim a domain. The answer is the same whoever else claims or holds it: only proof counts.

    Raises:
        ValidationFailed: it cannot be claimed by anybody, or this tenant has claimed it already.
        Conflict: the tenant has claimed as many as it may.
    """
    domain = claimable(name)
    if domains_of(tenant).count() >= MOST_DOMAINS:
        raise Conflict(_("There can be %(most)d domains. Remove one first.") % {"most": MOST_DOMAINS})
    now = timezone.now()
    claim = EmailDomain(
        tenant=tenant, name=domain, token=secrets.token_urlsafe(_TOKEN_BYTES), since=now, next_check_at=now
    )
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError as error:
        message = _("%(domain)s is on your list already.") % {"domain": domain}
        raise ValidationFailed(message, fields={"name": message}) from error
    audit.record(Action.DOMAIN_CLAIMED, actor=actor, tenant=tenant, target=claim)
    _look_soon(claim)
    return claim


@transaction.atomic
def check_domain_now(tenant: Tenant, domain_id: uuid.UUID, *, actor: Actor) -> None:
    """Have DNS asked at once, because somebody says that the record is there.

    Raises:
        NotFound: the tenant has no such claim.
    """
    claim = get_domain(tenant, domain_id)
    EmailDomain.objects.filter(pk=claim.pk).update(next_check_at=timezone.now())
    audit.record(Action.DOMAIN_CHECK_ASKED, actor=actor, tenant=tenant, target=claim)
    _look_soon(claim)


@transaction.atomic
def remove_domain(tenant: Tenant, domain_id: uuid.UUID, *, confirm_name: str, actor: Actor) -> None:
    """Give a claim up. Who is linked already stays so; nobody is linked, or sent here, by this domain any more.

    Raises:
        NotFound: the tenant has no such claim.
        ValidationFailed: the name that was typed is another.
    """
    claim = get_domain(tenant, domain_id)
    if claim.status != DomainStatus.WAITING and confirm_name.strip().lower() != claim.name:
        message = _("This is not the name of the domain.")
        raise ValidationFailed(message, fields={"confirm_name": message})
    audit.record(Action.DOMAIN_REMOVED, actor=actor, tenant=tenant, target=claim, before={"status": claim.status})
    claim.delete()


def _look_soon(claim: EmailDomain) -> None:
    transaction.on_commit(lambda: send_soon(CHECK_TASK, claim.name))
