"""The mail that tells somebody that they can sign in by a connection as well, so that a take-over is noticed."""

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from federation.models import FederatedIdentity
from identity.languages import written_in
from tenants.branded_mail import Letter, branded_mail
from tenants.services.outbox import send_soon

TELL_TASK = "federation.tell_linked"


def tell_soon(identity: FederatedIdentity) -> None:
    """Have the mail sent once the transaction is committed; what is lost on the way is found by `untold`."""
    transaction.on_commit(lambda: send_soon(TELL_TASK, str(identity.pk)))


def untold(limit: int) -> list[int]:
    """Return the identities whose users are owed a mail, the longest waiting first."""
    rows = FederatedIdentity.objects.filter(notice_owed=True).order_by("linked_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def tell(identity_id: int) -> None:
    """Send the mail that is owed for an identity; none is owed twice. Sent before it is noted: rather twice than never.

    It goes to the address that the user had here before, and not to what the identity provider says.
    """
    rows = FederatedIdentity.objects.select_related("connection", "user", "tenant__branding")
    identity = rows.filter(pk=identity_id, notice_owed=True).first()
    if identity is None:
        return
    organization = identity.tenant.branding.display_name
    context = {"identity": identity, "organization": organization, "product_name": settings.PRODUCT_NAME}
    with written_in(identity.user.language):
        letter = Letter(
            to=identity.user.email,
            subject=_("A new way to sign in to %(organization)s") % {"organization": organization},
            text=render_to_string("federation/mail/linked.txt", context),
        )
        branded_mail(identity.tenant.branding, letter).send()
    FederatedIdentity.objects.filter(pk=identity_id).update(notice_owed=False)
