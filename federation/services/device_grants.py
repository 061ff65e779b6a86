"""Requests of devices: begun by the device, granted in a browser by a code that is typed, asked about, used once."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from federation.auth_reasons import Reason
from federation.models import AuthWay, BrowserSession, DeviceDecision, DeviceGrant, TokenFamily
from federation.services.auth_events import record_failure, record_success
from federation.services.token_families import revoke
from federation.tokens import hash_token, new_token
from federation.visitor import as_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.models import Application
from tenants.services import audit

LIFETIME = timedelta(minutes=10)
INTERVAL_SECONDS = 5
_LONGEST_INTERVAL_SECONDS = 300
# No vowels, so that no words come of it (RFC 8628 section 6.1). 20 to the power of 8 is more than 34 bits: within ten
# minutes, and with the limits on wrong ones, nobody guesses one.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_HALF = 4


class Standing(Enum):
    """How a request stands, as its device is told."""

    PENDING = "pending"
    TOO_SOON = "too soon"
    DENIED = "denied"
    OVER = "over"
    USED = "used"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that just began, and its two codes, which are kept nowhere."""

    grant: DeviceGrant
    device_code: str = field(repr=False)
    user_code: str = field(repr=False)


def begin(application: Application, parameters: dict[str, Any]) -> Begun:
    """Keep a validated request of a device's."""
    while True:
        begun = _with_codes(application, parameters, new_token(), _new_user_code())
        if begun is not None:
            return begun


def as_shown(user_code: str) -> str:
    """Return a code as the device shows it, in whatever way it was typed."""
    letters = "".join(letter for letter in user_code.upper() if letter in _LETTERS)
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def find_waiting(user_code: str) -> DeviceGrant | None:
    """Return the request that waits for an answer under a code as somebody typed it."""
    rows = DeviceGrant.objects.select_related("application").filter(user_code_hash=_hashed(user_code))
    return rows.filter(decision=DeviceDecision.WAITING, expires_at__gt=timezone.now()).first()


def get_waiting(grant_id: UUID) -> DeviceGrant | None:
    """Return a request that still waits for an answer."""
    rows = DeviceGrant.objects.select_related("application").filter(pk=grant_id)
    return rows.filter(decision=DeviceDecision.WAITING, expires_at__gt=timezone.now()).first()


@transaction.atomic
def decide(grant: DeviceGrant, session: BrowserSession, *, granted: bool, visitor: Actor) -> bool:
    """Answer a device's request as the person of a session says; False where somebody was faster.

    The device gets a session of its own: it goes on when the browser signs out, is listed beside the others, and can be
    ended like them.
    """
    decision = DeviceDecision.GRANTED if granted else DeviceDecision.DENIED
    waiting = DeviceGrant.objects.filter(pk=grant.pk, decision=DeviceDecision.WAITING, expires_at__gt=timezone.now())
    if not waiting.update(decision=decision, tenant=session.tenant_id):
        return False
    if granted:
        DeviceGrant.objects.filter(pk=grant.pk).update(session=_session_of_device(grant, session))
    audit.record(
        Action.DEVICE_CONNECTED if granted else Action.DEVICE_REFUSED,
        actor=as_user(visitor, session.user),
        tenant=session.tenant,
        target=session.user,
        after={"application": grant.application.name},
    )
    _record(grant, session, granted=granted, visitor=visitor)
    return True


@transaction.atomic
def ask(grant: DeviceGrant) -> Standing:
    """Return how a request stands, for its device that asks; who asks too soon has to wait longer from then on."""
    row, now = DeviceGrant.objects.select_for_update().get(pk=grant.pk), timezone.now()
    if row.used_at is not None:
        return Standing.USED
    if row.is_over:
        return Standing.OVER
    if row.decision != DeviceDecision.WAITING:
        return Standing.GRANTED if row.decision == DeviceDecision.GRANTED else Standing.DENIED
    too_soon = row.asked_at is not None and row.asked_at > now - timedelta(seconds=row.interval)
    if too_soon:
        row.interval = min(row.interval + INTERVAL_SECONDS, _LONGEST_INTERVAL_SECONDS)
    row.asked_at = now
    row.save(update_fields=["interval", "asked_at"])
    return Standing.TOO_SOON if too_soon else Standing.PENDING


@transaction.atomic
def redeem(grant: DeviceGrant) -> TokenFamily | None:
    """Use a granted request up and begin its family; None where somebody else was first."""
    now = timezone.now()
    unused = DeviceGrant.objects.filter(pk=grant.pk, decision=DeviceDecision.GRANTED, used_at__isnull=True)
    if not unused.filter(expires_at__gt=now).update(used_at=now):
        return None
    session = DeviceGrant.objects.select_related("session").get(pk=grant.pk).session
    if session is None:
        raise RuntimeError("A granted request has a session.")
    family = TokenFamily.objects.create(
        tenant_id=session.tenant_id,
        application_id=grant.application_id,
        user_id=session.user_id,
        session=session,
        scope=grant.parameters["scope"],
        audiences=grant.parameters["audiences"],
    )
    DeviceGrant.objects.filter(pk=grant.pk).update(family=family)
    return family


def end_what_came_of(grant: DeviceGrant) -> None:
    """End the family that a request began: its device code was used twice, so that somebody else has it too."""
    family = TokenFamily.objects.filter(pk__in=DeviceGrant.objects.filter(pk=grant.pk).values("family")).first()
    if family is not None:
        revoke(family)


def _with_codes(application: Application, parameters: dict[str, Any], device_code: str, user_code: str) -> Begun | None:
    try:
        with transaction.atomic():
            grant = DeviceGrant.objects.create(
                application=application,
                device_code_hash=hash_token(device_code),
                user_code_hash=_hashed(user_code),
                parameters=parameters,
                interval=INTERVAL_SECONDS,
                expires_at=timezone.now() + LIFETIME,
            )
    except IntegrityError:
        # Another request has, or had, this code for people.
        return None
    return Begun(grant, device_code, user_code)


def _session_of_device(grant: DeviceGrant, session: BrowserSession) -> BrowserSession:
    return BrowserSession.objects.create(
        tenant_id=session.tenant_id,
        user_id=session.user_id,
        # No browser holds it.
        token_hash=hash_token(new_token()),
        amr=session.amr,
        acr=session.acr,
        auth_time=session.auth_time,
        last_seen_at=timezone.now(),
        connection_id=session.connection_id,
        program=grant.application.name,
        network=session.network,
    )


def _record(grant: DeviceGrant, session: BrowserSession, *, granted: bool, visitor: Actor) -> None:
    user, application = session.user, grant.application
    if granted:
        record_success(
            user, AuthWay.DEVICE, visitor=visitor, application=application, amr=session.amr, known_device=True
        )
        return
    record_failure(
        session.tenant,
        AuthWay.DEVICE,
        visitor=visitor,
        reason=Reason.DECLINED,
        user=user,
        application=application,
        known_device=True,
    )


def _new_user_code() -> str:
    halves = ("".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in range(2))
    return "-".join(halves)


def _hashed(user_code: str) -> str:
    return salted_hmac("federation.device", as_shown(user_code), algorithm="sha256").hexdigest()
