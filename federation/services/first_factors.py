"""The beginnings of sign-ins without a password: what was asked, whose turn it is, and how often it was answered."""

import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone

from federation.models import AuthorizationRequest, FirstFactorAttempt
from federation.services.attempts import ATTEMPT_LIFETIME, StepTaken
from identity.models import DirectoryUser
from tenants.models import Tenant

# Cognito takes no more for one code, and so says ours of codes that were never sent.
MAX_TRIES = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sealed in a beginning.

    Args:
        session: Cognito's challenge session.
        options: PublicKeyCredentialRequestOptionsJSON, where a passkey is asked for; made up for who has none.
        remembered: whether nobody typed the address: the browser is known to be somebody's, and they may be gone.
    """

    # Not in `repr`, which logs and error reports may hold.
    session: str = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict)
    remembered: bool = False


def open_first_factor(
    tenant: Tenant,
    request: AuthorizationRequest,
    *,
    email: str,
    user: DirectoryUser | None,
    way: str,
    username: str,
    asked: Asked,
) -> FirstFactorAttempt:
    """Keep what somebody was asked who said who they are."""
    attempt = FirstFactorAttempt(
        id=uuid.uuid4(),
        tenant=tenant,
        request=request,
        email=email,
        user=user,
        way=way,
        username=username,
        expires_at=timezone.now() + ATTEMPT_LIFETIME,
    )
    attempt.seal_secrets(json.dumps(asdict(asked)))
    attempt.save(force_insert=True)
    return attempt


def find_first_factor(slug: str, first_id: uuid.UUID, *, ways: tuple[str, ...]) -> FirstFactorAttempt | None:
    """Return what is open at a tenant's pages, if it is about one of these ways."""
    found = (
        FirstFactorAttempt.objects.select_related("user", "tenant", "request", "request__application")
        .filter(tenant__slug=slug, pk=first_id, way__in=ways)
        .first()
    )
    return found if found is not None and found.is_open else None


def asked_of(attempt: FirstFactorAttempt) -> Asked:
    """Return what is sealed in it."""
    return Asked(**json.loads(attempt.secrets))


def take_first_turn(attempt: FirstFactorAttempt, turn: uuid.UUID) -> None:
    """Claim the right to answer: one UPDATE decides between several who try, and counts the try.

    Raises:
        StepTaken: somebody else has it, or the form was an earlier one.
    """
    now = timezone.now()
    rows = FirstFactorAttempt.objects.filter(
        pk=attempt.pk, turn=turn, taken_at__isnull=True, done=False, expires_at__gt=now
    )
    if not rows.update(taken_at=now, tries=F("tries") + 1):
        raise StepTaken
    attempt.refresh_from_db(fields=["taken_at", "tries"])


def take_first_try_back(attempt: FirstFactorAttempt) -> None:
    """Take a try back that a limit refused before it was made."""
    FirstFactorAttempt.objects.filter(pk=attempt.pk, tries__gt=0).update(tries=F("tries") - 1)


def give_first_turn_back(attempt: FirstFactorAttempt) -> None:
    """Let the person answer again, with a new form."""
    attempt.turn, attempt.taken_at = uuid.uuid4(), None
    attempt.save(update_fields=["turn", "taken_at"])


def ask_again(attempt: FirstFactorAttempt, asked: Asked) -> None:
    """Put something new in the place of what was asked; answers are counted anew."""
    attempt.turn, attempt.taken_at, attempt.tries = uuid.uuid4(), None, 0
    attempt.seal_secrets(json.dumps(asdict(asked)))
    attempt.save(update_fields=["turn", "taken_at", "tries", "secrets_encrypted"])


def close_first_factor(attempt: FirstFactorAttempt) -> None:
    """End one that was answered, and forget what was sealed in it."""
    attempt.done, attempt.secrets_encrypted = True, b""
    attempt.save(update_fields=["done", "secrets_encrypted"])
