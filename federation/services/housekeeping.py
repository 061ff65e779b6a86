"""Throwing away what sign-ins left behind."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from federation.models import (
    AccountRequest,
    AuthEvent,
    AuthorizationCode,
    AuthorizationRequest,
    BrowserSession,
    ClientAssertion,
    Counter,
    DeviceGrant,
    EmailChange,
    FederatedSignIn,
    FirstFactorAttempt,
    KnownDevice,
    LogoutNotice,
    NumberChange,
    OwnKeyOffer,
    PushedRequest,
    SecurityNotice,
    SessionCredential,
    SignInAttempt,
)
from federation.services.federated_sign_ins import close_abandoned
from federation.services.known_devices import KEPT as DEVICE_KEPT
from tenants.models import FleetSettings

# The longest absolute session that a policy allows (`SignInPolicy`), and a day for the audit's readers.
_SESSION_KEPT = timedelta(days=91)
# As long as a code is kept, a second use of it or of its nonce is recognised.
_CODE_KEPT = timedelta(days=7)


def purge_sign_in_state() -> int:
    """Delete requests, attempts, codes and sessions that can never matter again. Returns the number of rows.

    Who never came back from an identity provider is said not to have before their request goes.
    """
    now = timezone.now()
    oldest = now - timedelta(days=FleetSettings.current().sign_in_days)
    close_abandoned()
    rows = (
        SignInAttempt.objects.filter(expires_at__lt=now),
        FirstFactorAttempt.objects.filter(expires_at__lt=now),
        SessionCredential.objects.filter(expires_at__lt=now),
        EmailChange.objects.filter(expires_at__lt=now),
        # Tried in vain for a day: Cognito cannot have the number, or send codes there, any more.
        NumberChange.objects.filter(expires_at__lt=now - timedelta(days=1)),
        OwnKeyOffer.objects.filter(expires_at__lt=now),
        SecurityNotice.objects.filter(sent_at__lt=now - _SESSION_KEPT),
        AccountRequest.objects.filter(expires_at__lt=now),
        AuthorizationRequest.objects.filter(expires_at__lt=now),
        ClientAssertion.objects.filter(expires_at__lt=now),
        Counter.objects.filter(expires_at__lt=now),
        PushedRequest.objects.filter(expires_at__lt=now),
        DeviceGrant.objects.filter(expires_at__lt=now - _CODE_KEPT),
        AuthorizationCode.objects.filter(expires_at__lt=now - _CODE_KEPT),
        AuthEvent.objects.filter(created_at__lt=oldest),
        FederatedSignIn.objects.filter(started_at__lt=oldest),
        KnownDevice.objects.filter(last_seen_at__lt=now - DEVICE_KEPT),
        # Before the sessions: one that is gone would count as ended.
        LogoutNotice.objects.filter(Q(session__auth_time__lt=now - _SESSION_KEPT) | Q(owed_at__lt=now - _SESSION_KEPT)),
        BrowserSession.objects.filter(auth_time__lt=now - _SESSION_KEPT),
    )
    return sum(found.delete()[0] for found in rows)
