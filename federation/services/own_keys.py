"""Security keys and passkeys that Lifeguard itself keeps: made, used, named and removed."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.models import OwnKey
from federation.selectors.own_keys import keys_of, known, party_for
from federation.services.own_factors import give_up_own_factor, has_own_factor, note_own_factors, require_left
from federation.services.own_passkeys import LONGEST_NAME, cleaned_name
from federation.services.security_notices import NoticeKind, owe_notice
from federation.visitor import as_user
from federation.webauthn import KeyCopied, KeyRejected, Made, Party, Used, verify_used
from identity import auth
from identity.models import DirectoryUser
from identity.services.loading import lock_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.services import audit

# More than anybody carries; each is asked for by name at each sign-in.
MOST = 10


class TooManyKeys(Conflict):
    """They have as many as there may be."""

    def __init__(self) -> None:
        super().__init__(_("You have %(count)d security keys and passkeys. Remove one first.") % {"count": MOST})


def handle_of(user: DirectoryUser) -> bytes:
    """Return what names a user in a key. Not their id, which Cognito's passkeys might have, and would then replace."""
    return hashlib.sha256(f"lifeguard.own-key\x1f{user.pk}".encode()).digest()


@transaction.atomic
def keep_key(user: DirectoryUser, party: Party, made: Made, name: str, *, is_first: bool, visitor: Actor) -> OwnKey:
    """Keep a key that was made.

    Args:
        user: whose.
        party: whom it was made for.
        made: of `verify_made`.
        name: what they call it; empty for a number.
        is_first: whether nothing was shown yet but what an identity provider says, which makes the first alone.
        visitor: the request's actor.

    Raises:
        auth.SessionExpired: they have a factor already, which must be used before another is added.
        TooManyKeys: they have as many as there may be.
        KeyRejected: it is registered.
    """
    user = lock_user(user.tenant, user.pk)
    if is_first and has_own_factor(user):
        raise auth.SessionExpired("There is a factor already.")
    give_up_own_factor(user)
    count = len(keys_of(user))
    if count >= MOST:
        raise TooManyKeys
    key = OwnKey(
        tenant_id=user.tenant_id,
        user=user,
        resets=user.mfa_reset_wanted,
        rp_id=party.rp_id,
        credential_hash=_hash(made.known.id),
        sign_count=made.sign_count,
        transports=list(made.known.transports),
        user_verified=made.user_verified,
        name=cleaned_name(name) or _("Key %(number)d") % {"number": count + 1},
    )
    key.seal_credential(made.known.credential)
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError as error:
        raise KeyRejected("the key is registered") from error
    note_own_factors(user)
    actor = as_user(visitor, user)
    after = {"name": key.name, "user_verified": key.user_verified}
    audit.record(Action.KEY_ADDED, actor=actor, tenant=user.tenant, target=user, after=after)
    owe_notice(NoticeKind.KEY_ADDED, user, actor=actor, about=key.name)
    return key


def accept_key(user: DirectoryUser, options: dict[str, object], answer: str, *, visitor: Actor) -> None:
    """Take what a browser answered with one of somebody's keys. One UPDATE decides between several uses of it.

    Args:
        user: whose.
        options: what the browser was given (`federation.webauthn.request_options`).
        answer: AuthenticationResponseJSON, as text.
        visitor: the request's actor.

    Raises:
        KeyRejected: it does not hold.
        KeyCopied: its counter went back; it is in the log, and they are told.
    """
    keys = keys_of(user)
    party = party_for(user.tenant, keys)
    used = verify_used(party, options, [known(key) for key in keys], handle_of(user), answer)
    key = next(key for key in keys if key.credential_hash == _hash(used.id))
    if not _count_use(key, used):
        _tell_of_copy(user, key, used, visitor=visitor)
        raise KeyCopied("the counter went back")


@transaction.atomic
def name_key(user: DirectoryUser, key_id: str, name: str, *, visitor: Actor) -> None:
    """Call a key something else.

    Raises:
        NotFound: they have no such key.
        ValidationFailed: the name is empty.
    """
    user = lock_user(user.tenant, user.pk)
    key = _named(user, key_id)
    if not (name := cleaned_name(name)):
        raise ValidationFailed(_("Enter a name."), fields={"name": _("Enter a name.")})
    before, key.name = key.name, name[:LONGEST_NAME]
    key.save(update_fields=["name"])
    audit.record(
        Action.KEY_NAMED,
        actor=as_user(visitor, user),
        tenant=user.tenant,
        target=user,
        before={"name": before},
        after={"name": key.name},
    )


@transaction.atomic
def remove_key(user: DirectoryUser, key_id: str, *, visitor: Actor) -> None:
    """Forget a key.

    Raises:
        NotFound: they have no such key.
        LastFactor: the tenant asks for a second factor, and there would be none.
    """
    user = lock_user(user.tenant, user.pk)
    key = _named(user, key_id)
    key.delete()
    require_left(user)
    note_own_factors(user)
    actor = as_user(visitor, user)
    audit.record(Action.KEY_REMOVED, actor=actor, tenant=user.tenant, target=user, before={"name": key.name})
    owe_notice(NoticeKind.KEY_REMOVED, user, actor=actor, about=key.name)


def _named(user: DirectoryUser, key_id: str) -> OwnKey:
    found = next((key for key in keys_of(user) if str(key.pk) == key_id), None)
    if found is None:
        raise NotFound
    return found


def _count_use(key: OwnKey, used: Used) -> bool:
    """Note a use, and say whether its counter went up, where it has one (section 6.1.1)."""
    rows = OwnKey.objects.filter(pk=key.pk)
    if used.sign_count or key.sign_count:
        rows = rows.filter(sign_count__lt=used.sign_count)
    now = timezone.now()
    return bool(rows.update(sign_count=used.sign_count, user_verified=used.user_verified, last_used_at=now))


@transaction.atomic
def _tell_of_copy(user: DirectoryUser, key: OwnKey, used: Used, *, visitor: Actor) -> None:
    actor = as_user(visitor, user)
    counts = {"name": key.name, "counter": key.sign_count}
    after = {"name": key.name, "counter": used.sign_count}
    audit.record(Action.KEY_COPIED, actor=actor, tenant=user.tenant, target=user, before=counts, after=after)
    owe_notice(NoticeKind.KEY_COPIED, user, actor=actor, about=key.name)


def _hash(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
