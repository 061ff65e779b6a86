"""What is known of people's second factors: what their sign-ins show, because Cognito's listings do not."""

from collections.abc import Collection

from django.db import transaction

from identity.models import DirectoryUser
from tenants.factors import SecondFactor


def note_factors(user: DirectoryUser, factors: Collection[SecondFactor]) -> None:
    """Keep that a user has just these second factors."""
    others = sorted(factor.value for factor in factors if factor is not SecondFactor.TOTP)
    has_totp = SecondFactor.TOTP in factors
    if (user.has_totp, user.other_factors) != (has_totp, others):
        DirectoryUser.objects.filter(pk=user.pk).update(has_totp=has_totp, other_factors=others)
        user.has_totp, user.other_factors = has_totp, others


@transaction.atomic
def note_factor(user: DirectoryUser, factor: SecondFactor) -> None:
    """Keep that a user has this second factor, beside others that they may have."""
    now = DirectoryUser.objects.select_for_update().only("has_totp", "other_factors").get(pk=user.pk)
    note_factors(user, known_factors(now) | {factor})


def known_factors(user: DirectoryUser) -> frozenset[SecondFactor]:
    """Return the second factors that a user is known to have."""
    app = {SecondFactor.TOTP} if user.has_totp else set()
    return frozenset(app | {SecondFactor(name) for name in user.other_factors})
