"""Sign-in attempts: whose turn it is, and what Cognito gave us to go on with."""

import json
import uuid
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.models import AuthorizationRequest, SignInAttempt, Step
from identity import auth
from identity.models import DirectoryUser
from tenants.errors import Conflict
from tenants.models import Tenant

# Cognito ends its own challenge sessions earlier (AuthSessionValidity); this bounds what we keep.
ATTEMPT_LIFETIME = timedelta(minutes=15)


# Of a million codes three are right at any time (RFC 6238 section 5.2): years to guess one, at this rate.
MAX_CODE_TRIES = 10
# Each costs somebody something, and who did not ask for them is told by the first.
MAX_CODES_SENT = 8


class StepTaken(Conflict):
    """This form was sent before, or took too long: the sign-in begins again."""

    def __init__(self) -> None:
        super().__init__(_("This step was answered already, or it took too long. Sign in again."))


@dataclass(frozen=True, slots=True)
class Held:
    """What is sealed in an attempt.

    Args:
        session: Cognito's challenge session; empty where `access_token` stands for it.
        totp_secret: in base32, while an authenticator app is being set up.
        access_token: Cognito's, only to set a second factor up in a pool that does not demand one.
        missing_attributes: that Cognito wants together with a new password.
        destination: where a code went, with most of it hidden.
        names: Cognito's, of the second factors that it lets the person choose from.
        choices: the `SecondFactor`s that the person is let choose from.
        may_decline: whether the tenant leaves it to them to set one up.
        sign_in: the id of the `FederatedSignIn` by which they came, where they came by a connection.
        passkey: what a browser is given to make a passkey or security key, or to use one (WebAuthn's JSON forms).
        key_until: until when Lifeguard takes what the browser answers; in seconds since 1970. Of Cognito's own
            options it is 0.
        remembering: that this browser is to be remembered (`federation.signin.remembering`); empty where it is not.
    """

    # None of these is in `repr`, which logs and error reports may hold.
    session: str = field(default="", repr=False)
    totp_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    missing_attributes: tuple[str, ...] = ()
    destination: str = ""
    names: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    may_decline: bool = False
    sign_in: str = ""
    passkey: str = ""
    key_until: int = 0
    remembering: str = field(default="", repr=False)


def open_attempt(
    tenant: Tenant,
    request: AuthorizationRequest,
    user: DirectoryUser,
    *,
    step: Step,
    username: str,
    held: Held,
    amr: list[str],
) -> SignInAttempt:
    """Begin an attempt after the password, at the step that Cognito or the policy asks for."""
    attempt = SignInAttempt(
        id=uuid.uuid4(),
        tenant=tenant,
        request=request,
        user=user,
        step=step,
        username=username,
        amr=amr,
        expires_at=timezone.now() + ATTEMPT_LIFETIME,
    )
    attempt.seal_secrets(json.dumps(asdict(held)))
    attempt.save(force_insert=True)
    return attempt


def find_attempt(tenant: Tenant, attempt_id: uuid.UUID, *, step: Step) -> SignInAttempt | None:
    """Return an open attempt that is at `step`."""
    found = (
        SignInAttempt.objects.select_related("user", "tenant", "request", "request__application")
        .filter(tenant=tenant, pk=attempt_id, step=step)
        .first()
    )
    return found if found is not None and found.is_open else None


def held_by(attempt: SignInAttempt) -> Held:
    """Return what is sealed in an attempt."""
    values: dict[str, Any] = json.loads(attempt.secrets)
    read: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Held(**read)


def take_turn(attempt: SignInAttempt, turn: uuid.UUID) -> None:
    """Claim the right to answer the present step: one UPDATE decides between several who try.

    Raises:
        StepTaken: somebody else has it, or the form was of an earlier step.
    """
    now = timezone.now()
    rows = SignInAttempt.objects.filter(
        pk=attempt.pk, step=attempt.step, turn=turn, taken_at__isnull=True, expires_at__gt=now
    )
    if not rows.update(taken_at=now):
        raise StepTaken


def spend_code_try(attempt: SignInAttempt) -> None:
    """Count a code before Cognito is asked about it, so that codes sent at once are counted too.

    Raises:
        auth.TooManyAttempts: the user's attempts of the last `ATTEMPT_LIFETIME` have used all their tries up.
    """
    with transaction.atomic():
        DirectoryUser.objects.select_for_update().get(pk=attempt.user_id)
        recent = SignInAttempt.objects.filter(user=attempt.user_id, created_at__gt=timezone.now() - ATTEMPT_LIFETIME)
        if (recent.aggregate(tries=Sum("code_tries"))["tries"] or 0) >= MAX_CODE_TRIES:
            raise auth.TooManyAttempts
        SignInAttempt.objects.filter(pk=attempt.pk).update(code_tries=F("code_tries") + 1)


def require_room_for_code(user: DirectoryUser) -> None:
    """Refuse a sign-in that would have Cognito send one more code than somebody gets in `ATTEMPT_LIFETIME`.

    Only who has typed the right password so often meets this, so that nobody else learns anything from it.

    Raises:
        auth.TooManyAttempts: there were too many.
    """
    if not user.other_factors:
        return
    recent = SignInAttempt.objects.filter(user=user.pk, created_at__gt=timezone.now() - ATTEMPT_LIFETIME)
    if (recent.aggregate(sent=Sum("codes_sent"))["sent"] or 0) >= MAX_CODES_SENT:
        raise auth.TooManyAttempts


def note_code_sent(attempt: SignInAttempt) -> None:
    """Count a code that was sent."""
    SignInAttempt.objects.filter(pk=attempt.pk).update(codes_sent=F("codes_sent") + 1)


def give_turn_back(attempt: SignInAttempt) -> None:
    """Let the person answer the same step again, with a new form."""
    attempt.turn, attempt.taken_at = uuid.uuid4(), None
    attempt.save(update_fields=["turn", "taken_at"])


def move_on(attempt: SignInAttempt, *, step: Step, username: str, held: Held, amr: list[str]) -> None:
    """Go to the next step."""
    attempt.step, attempt.username, attempt.amr = step, username, amr
    attempt.turn, attempt.taken_at = uuid.uuid4(), None
    attempt.seal_secrets(json.dumps(asdict(held)))
    attempt.save(update_fields=["step", "username", "amr", "turn", "taken_at", "secrets_encrypted"])


def close_attempt(attempt: SignInAttempt) -> None:
    """End an attempt that succeeded, and forget what was sealed in it and what was tried."""
    attempt.step, attempt.secrets_encrypted, attempt.code_tries = Step.DONE, b"", 0
    attempt.save(update_fields=["step", "secrets_encrypted", "code_tries"])
