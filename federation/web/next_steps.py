"""What a tenant's first page says of single sign-on."""

from django.urls import reverse
from django.utils.translation import gettext as _

from federation.models import Connection, ConnectionStatus, DomainStatus, EmailDomain
from identity.web.next_steps import Task
from tenants.models import Tenant


def sso_tasks(tenant: Tenant) -> list[Task]:
    """Return the two that lead people to their own identity provider by their address alone."""
    return [
        Task(
            _("Connect your identity provider"),
            _("Your people then sign in as they do everywhere else at work."),
            reverse("tenant:connections", args=[tenant.slug]),
            Connection.objects.filter(tenant=tenant, status=ConnectionStatus.ACTIVE).exists(),
        ),
        Task(
            _("Prove your e-mail domain"),
            _("Its addresses then lead to your organization, and nobody else can claim them."),
            reverse("tenant:domains", args=[tenant.slug]),
            EmailDomain.objects.filter(tenant=tenant, status=DomainStatus.PROVED).exists(),
        ),
    ]
