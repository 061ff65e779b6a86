"""Codes and refresh tokens: using them up once, and ending what descends from them."""

from django.db import transaction
from django.utils import timezone

from federation.models import AuthorizationCode, RefreshToken, TokenFamily
from federation.services.entitlement import entitlement, in_use
from federation.tokens import hash_token


class UsedBefore(Exception):
    """A refresh token was used up already, by whomever."""


@transaction.atomic
def redeem_code(code: AuthorizationCode) -> TokenFamily | None:
    """Use a code up and begin its family; None where somebody else was first.

    The UPDATE waits for one that is under way, so that the loser of two sees the winner's family and can end it.
    """
    now = timezone.now()
    unused = AuthorizationCode.objects.filter(pk=code.pk, used_at__isnull=True, expires_at__gt=now)
    if not unused.update(used_at=now):
        return None
    return TokenFamily.objects.create(
        tenant_id=code.tenant_id,
        code=code,
        application_id=code.application_id,
        user_id=code.user_id,
        session_id=code.session_id,
        scope=code.scope,
        audiences=code.audiences,
        nonce=code.nonce,
    )


def revoke_family(code: AuthorizationCode) -> None:
    """End the family that a code began."""
    TokenFamily.objects.filter(code_id=code.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def revoke(family: TokenFamily) -> None:
    """End a family: none of its refresh tokens works any more, and our own endpoints refuse its access tokens."""
    TokenFamily.objects.filter(pk=family.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def keep_refresh_token(family: TokenFamily, token: str) -> None:
    """Keep a fresh refresh token's hash."""
    RefreshToken.objects.create(tenant_id=family.tenant_id, family=family, token_hash=hash_token(token))


def spend_refresh_token(token: RefreshToken) -> TokenFamily | None:
    """Use a refresh token up and return its family; None where that has ended.

    Raises:
        UsedBefore: somebody else was first; the family has ended for that.
    """
    spent = RefreshToken.objects.filter(pk=token.pk, used_at__isnull=True).update(used_at=timezone.now())
    if not spent:
        revoke(token.family)
        raise UsedBefore
    return TokenFamily.objects.filter(pk=token.family_id, revoked_at__isnull=True).first()


def still_entitled(family: TokenFamily) -> bool:
    """Say whether a family may have tokens now, and note that it was used."""
    return in_use(family.pk) is not None


def is_entitled(family: TokenFamily) -> bool:
    """Say whether a family may have tokens now."""
    found = entitlement(family.pk)
    return found is not None and found.stands
