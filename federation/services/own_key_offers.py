"""What the account page gives a browser to make a key with: kept for one answer, of the session that asked."""

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from federation.models import BrowserSession, OwnKeyOffer
from federation.selectors.own_keys import keys_of, known, party_for
from federation.services.own_keys import handle_of, keep_key
from federation.webauthn import CHALLENGE_SECONDS, KeyRejected, creation_options, verify_made
from tenants.actor import Actor


def offer_key(session: BrowserSession) -> dict[str, Any]:
    """Return what a browser makes a key with; what was given to the session before is good no more."""
    user = session.user
    keys = keys_of(user)
    options = creation_options(
        party_for(session.tenant, keys),
        handle=handle_of(user),
        account=user.email or user.name or user.username,
        known=[known(key) for key in keys],
    )
    until = timezone.now() + timedelta(seconds=CHALLENGE_SECONDS)
    offer = OwnKeyOffer(tenant_id=session.tenant_id, session=session, expires_at=until)
    offer.seal_secrets(json.dumps(options))
    offer.save()
    return options


def accept_offer(session: BrowserSession, credential: str, name: str, *, visitor: Actor) -> None:
    """Keep the key that the browser made.

    Args:
        session: of whoever made it.
        credential: RegistrationResponseJSON, as text.
        name: what they call it; empty for a number.
        visitor: the request's actor.

    Raises:
        KeyRejected: it does not hold, or it took too long; another offer is needed.
        TooManyKeys: they have as many as there may be.
    """
    rows = OwnKeyOffer.objects.filter(session=session, expires_at__gt=timezone.now())
    offer = rows.first()
    # One DELETE decides between several who answer.
    if offer is None or not rows.filter(secrets_encrypted=offer.secrets_encrypted).delete()[0]:
        raise KeyRejected("there is no offer")
    party = party_for(session.tenant, keys_of(session.user))
    made = verify_made(party, json.loads(offer.secrets), credential)
    keep_key(session.user, party, made, name, is_first=False, visitor=visitor)
