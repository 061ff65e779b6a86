"""The browsers in which people signed in before."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from federation.models import BrowserSession, KnownDevice
from federation.services.security_notices import NoticeKind, owe_notice
from federation.tokens import hash_token, new_token
from federation.visitor import as_user
from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound
from tenants.http import network_of
from tenants.models import Tenant
from tenants.services import audit

# How long a browser is known that nobody signs in with.
KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What is known of the browser of a sign-in.

    Args:
        id: of the row.
        token: what its cookie holds from now on.
        is_known: whether the person had signed in with it before.
    """

    id: uuid.UUID
    token: str = field(repr=False)
    is_known: bool


def known_device(tenant: Tenant, token: str, email: str) -> str:
    """Return the name of the browser that holds a token, if somebody with an address signed in with it; else empty."""
    if not token:
        return ""
    rows = trusted_devices().filter(tenant=tenant, token_hash=hash_token(token), user__email=email)
    found: uuid.UUID | None = rows.values_list("pk", flat=True).first()
    return str(found) if found else ""


def recognise(user: DirectoryUser, token: str, *, visitor: Actor) -> Recognised:
    """Know a browser again from now on in which somebody just signed in, and tell them by mail if it is a new one.

    Their very first browser is no news to them. Must run in the transaction of the sign-in.

    Args:
        user: who signed in.
        token: what the browser's cookie held; empty for none.
        visitor: the request's actor.
    """
    now = timezone.now()
    here = KnownDevice.objects.filter(tenant_id=user.tenant_id, token_hash=hash_token(token))
    known = trusted_devices().filter(user=user, token_hash=hash_token(token)).first() if token else None
    if known is not None:
        KnownDevice.objects.filter(pk=known.pk).update(last_seen_at=now, **_facts(visitor))
        return Recognised(known.pk, token, is_known=True)
    fresh = new_token()
    if token:
        # A browser that several share goes on under the new token; one that somebody else put there is good no longer.
        here.exclude(user=user).update(token_hash=hash_token(fresh))
    has_others = _recent_devices().filter(user=user).exists()
    made = KnownDevice.objects.create(
        tenant_id=user.tenant_id, user=user, token_hash=hash_token(fresh), last_seen_at=now, **_facts(visitor)
    )
    if has_others:
        owe_notice(NoticeKind.NEW_DEVICE, user, actor=visitor)
    return Recognised(made.pk, fresh, is_known=False)


def trusted_devices() -> QuerySet[KnownDevice]:
    """Browsers that count: none that was forgotten, and none from before the person was signed out everywhere, who may
    have had a stranger there.
    """
    return KnownDevice.objects.filter(is_trusted())


def is_trusted(at: str = "") -> Q:
    """Return the condition by which a browser counts.

    Args:
        at: the path to the browser, as `browser__`; the browser itself by default.
    """
    return _is_recent(at) & Q(**{f"{at}forgotten_at__isnull": True})


@transaction.atomic
def forget_browser(this: BrowserSession, device_id: uuid.UUID, *, visitor: Actor) -> None:
    """Know a browser no longer of the person whose session `this` is. Their sessions in it go on.

    Raises:
        NotFound: they have no such browser.
    """
    if not _forget(this, trusted_devices().filter(pk=device_id), visitor=visitor):
        raise NotFound


@transaction.atomic
def forget_browsers(this: BrowserSession, *, visitor: Actor) -> None:
    """Know none of a person's browsers any longer, as `forget_browser` does of one."""
    _forget(this, trusted_devices(), visitor=visitor)


def _forget(this: BrowserSession, devices: QuerySet[KnownDevice], *, visitor: Actor) -> int:
    user = this.user
    found = KnownDevice.objects.filter(pk__in=devices.filter(tenant=user.tenant_id, user=user).values("pk"))
    forgotten: int = found.filter(forgotten_at__isnull=True).update(forgotten_at=timezone.now())
    if forgotten:
        after = {"browsers": forgotten}
        audit.record(
            Action.BROWSERS_FORGOTTEN, actor=as_user(visitor, user), tenant=this.tenant, target=user, after=after
        )
    return forgotten


def _recent_devices() -> QuerySet[KnownDevice]:
    return KnownDevice.objects.filter(_is_recent())


def _is_recent(at: str = "") -> Q:
    seen = f"{at}last_seen_at"
    not_since = Q(**{f"{at}user__signed_out_at__isnull": True}) | Q(**{f"{at}user__signed_out_at__lt": F(seen)})
    return Q(**{f"{seen}__gt": timezone.now() - KEPT}) & not_since


def _facts(visitor: Actor) -> dict[str, str]:
    return {"user_agent": visitor.user_agent, "network": network_of(visitor.ip) if visitor.ip else ""}
