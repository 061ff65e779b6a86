"""The mail with the links to somebody's organisations."""

import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.access import application_allowed
from federation.models import AuthorizationRequest
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, Tenant, TenantStatus


def mail_organisations(request_id: uuid.UUID) -> int:
    """Mail the links with which an open request goes on, one for each organisation of the address that asked.

    Returns:
        How many organisations the mail lists; without any, none is sent.
    """
    request = AuthorizationRequest.objects.select_related("application").filter(pk=request_id).first()
    if request is None or not request.is_open or not request.asked_email:
        return 0
    tenants = tenants_of(request.asked_email, request.application)
    if not tenants:
        return 0
    context = {
        "application": request.application,
        "product_name": settings.PRODUCT_NAME,
        "links": [(tenant.branding.display_name, _link(tenant, request)) for tenant in tenants],
    }
    EmailMessage(
        subject=_("Sign in to %(application)s") % {"application": request.application.name},
        body=render_to_string("federation/mail/organisations.txt", context),
        to=[request.asked_email],
    ).send()
    return len(tenants)


def tenants_of(email: str, application: Application) -> list[Tenant]:
    """Return the tenants in which an address belongs to an active user who may use the application."""
    users = DirectoryUser.objects.select_related("tenant", "tenant__branding").filter(
        email=email, status=UserStatus.ACTIVE, tenant__status=TenantStatus.ACTIVE
    )
    return [user.tenant for user in users.order_by("tenant__name") if application_allowed(user.tenant, application)]


def _link(tenant: Tenant, request: AuthorizationRequest) -> str:
    page = reverse("sign-in", args=[tenant.slug], urlconf="config.urls.signin")
    return f"{settings.SIGNIN_URL}{page}?request={request.pk}"
