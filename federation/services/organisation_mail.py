"""Which organisations somebody belongs to, and the mail with the code that shows them.

The mail wears no brand: no one tenant sends it, and a brand would tell of one before the code is entered.
"""

import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from federation.access import application_allowed
from federation.models import AuthorizationRequest
from federation.services.requests import REQUEST_LIFETIME, make_code
from identity.languages import written_in
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, Tenant, TenantStatus


def mail_organisations(request_id: uuid.UUID) -> int:
    """Mail the code with which an open request goes on to the address that asked.

    Returns:
        How many organisations the code shows; without any, no mail is sent.
    """
    request = AuthorizationRequest.objects.select_related("application").filter(pk=request_id).first()
    if request is None or not request.is_open or not request.asked_email:
        return 0
    tenants = tenants_of(request.asked_email, request.application)
    if not tenants:
        return 0
    if not (code := make_code(request)):
        return 0
    context = {
        "application": request.application,
        "product_name": settings.PRODUCT_NAME,
        "code": f"{code[:4]} {code[4:]}",
        "minutes": int(REQUEST_LIFETIME.total_seconds() // 60),
    }
    with written_in(request.language):
        EmailMessage(
            subject=_("Your code for %(application)s") % {"application": request.application.name},
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
