"""Looking for the proofs of a domain in DNS, and telling those whom it concerns."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.domains import dns
from federation.domains.standing import Change, judge, next_check
from federation.models import DomainStatus, EmailDomain, Notice
from identity.models import DirectoryUser, UserStatus
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.permissions import TenantRole
from tenants.services import audit

_ACTOR = system("DNS")
_TRY_AGAIN = timedelta(minutes=5)
_ACTIONS = {
    DomainStatus.PROVED: Action.DOMAIN_PROVED,
    DomainStatus.SETTLING: Action.DOMAIN_SETTLING,
    DomainStatus.MISSING: Action.DOMAIN_PROOF_MISSING,
    DomainStatus.WAITING: Action.DOMAIN_LOST,
}
_TOLD = (TenantRole.OWNER, TenantRole.ADMIN)


def check_domain(name: str) -> None:
    """Ask DNS once for all who claim a domain, move their claims on, and send the mails that are owed.

    A domain that is not due, or that nobody claims, is left alone: a message too many does nothing. Where DNS gives no
    answer nothing is concluded, and it is asked again in some minutes.
    """
    if EmailDomain.objects.filter(name=name, next_check_at__lte=timezone.now()).exists():
        _check(name)
    for claim in EmailDomain.objects.select_related("tenant").filter(name=name).exclude(notice=Notice.NONE):
        _tell(claim)


def _check(name: str) -> None:
    asked_at = timezone.now()
    try:
        found = dns.proofs_of(name)
    except dns.DnsUnavailable as error:
        due = EmailDomain.objects.filter(name=name, next_check_at__lte=asked_at)
        due.update(trouble=error.reason, next_check_at=timezone.now() + _TRY_AGAIN)
        return
    _apply(name, found, asked_at=asked_at)


@transaction.atomic
def _apply(name: str, found: frozenset[str], *, asked_at: datetime) -> None:
    # All claims to a name are locked together and always in this order, so that two workers cannot both give it away.
    claims = list(EmailDomain.objects.select_for_update(of=("self",)).filter(name=name).order_by("created_at", "pk"))
    now = timezone.now()
    changes = judge(claims, found, now=now)
    moved = [change.claim for change in changes]
    # Who loses it is written before who gets it: it has one holder at any time.
    for claim in sorted(claims, key=lambda claim: claim.holds):
        # A claim whose own check was not due, and that this look changes nothing of, keeps its times: they would show
        # when somebody else's is looked at, and with it that there is somebody else.
        if claim.next_check_at <= asked_at or claim in moved:
            claim.checked_at, claim.trouble = now, ""
            # Who asks for a look while DNS is being asked may just have put the record there: they get another look.
            if not asked_at < claim.next_check_at <= now:
                claim.next_check_at = next_check(claim, now=now)
        claim.save()
    _record(changes)


def _record(changes: Sequence[Change]) -> None:
    for change in changes:
        action = _ACTIONS[DomainStatus(change.claim.status)]
        before, after = {"status": change.before}, {"status": change.claim.status}
        claim = change.claim
        audit.record(action, actor=_ACTOR, tenant=claim.tenant, target=claim, before=before, after=after)


def _tell(claim: EmailDomain) -> None:
    """Mail the tenant's owners and admins. Sent before it is noted: rather twice than not at all."""
    rows = DirectoryUser.objects.filter(tenant=claim.tenant, role__in=_TOLD, status=UserStatus.ACTIVE)
    context = {"claim": claim, "record": dns.record_name(claim.name), "value": dns.record_value(claim.token)}
    body = render_to_string("federation/mail/domain_notice.txt", {**context, "product_name": settings.PRODUCT_NAME})
    subject = _("Your domain %(domain)s") % {"domain": claim.name}
    for address in rows.exclude(email="").values_list("email", flat=True):
        EmailMessage(subject=subject, body=body, to=[address]).send()
    EmailDomain.objects.filter(pk=claim.pk, notice=claim.notice).update(notice=Notice.NONE)
