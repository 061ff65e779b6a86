"""Who claims which e-mail domain, and whose it is."""

import uuid

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from federation.domains.names import domain_of
from federation.models import DomainStatus, EmailDomain
from federation.models.email_domain import HOLDING
from tenants.errors import NotFound
from tenants.models import Tenant


def domains_of(tenant: Tenant) -> QuerySet[EmailDomain]:
    """Return a tenant's claims, by name."""
    return EmailDomain.objects.filter(tenant=tenant).order_by("name")


def get_domain(tenant: Tenant, domain_id: uuid.UUID) -> EmailDomain:
    """Return one of a tenant's claims.

    Raises:
        NotFound: the tenant has none with this id.
    """
    found = domains_of(tenant).filter(pk=domain_id).first()
    if found is None:
        raise NotFound
    return found


def has_domains(tenant: Tenant) -> bool:
    """Say whether any domain is a tenant's."""
    return domains_of(tenant).filter(status__in=HOLDING).exists()


def proves_domain_of(tenant: Tenant, email: str) -> bool:
    """Say whether the proof of an e-mail address's domain was there at the last look: a grace time is not enough.

    A sub-domain has to be proved by itself: that the domain above has rules for it says where people are sent, and not
    who they are.
    """
    name = domain_of(email)
    return bool(name) and domains_of(tenant).filter(name=name, status=DomainStatus.PROVED).exists()


def proved_domains(tenant: Tenant) -> list[str]:
    """Return the domains of a tenant whose proof was there at the last look, by name."""
    return list(domains_of(tenant).filter(status=DomainStatus.PROVED).values_list("name", flat=True))


def names_to_check(limit: int) -> list[str]:
    """Return the domains of which a check, or a mail, is due, the longest waiting first."""
    rows = EmailDomain.objects.filter(Q(next_check_at__lte=Now()) | ~Q(notice=""))
    names = rows.order_by("next_check_at").values_list("name", flat=True)[: 2 * limit]
    return list(dict.fromkeys(names))[:limit]
