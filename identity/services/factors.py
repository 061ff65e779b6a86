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
    now = DirectoryUser.objects.select_for_update().get(pk=user.pk)
    user.has_totp, user.other_factors = now.has_totp, now.other_factors
    note_factors(user, {*now.second_factors, factor})
