"""The field of the sign-in policy for what a sign-in may begin with."""

from collections.abc import Collection

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.first_factors import Place, pool_obstacle
from tenants.pool_options import FirstFactor
from tenants.web.forms.factors import Obstructed

_BESIDE_PASSWORDS = gettext_lazy(
    "What people may begin with on your sign-in page. "
    "Whoever has a second factor begins with the password, unless a passkey counts as two factors."
)
_ALONE = gettext_lazy("What people may begin with on your sign-in page. The code by e-mail stays: everybody has it.")


class FirstFactorsField(forms.MultipleChoiceField):
    """What a tenant lets a sign-in begin with beside the password; what its pool cannot have cannot be added.

    Args:
        place: where its users sign in.
        allowed: what it allows now.
        passwords: whether people may begin with a password as well.
    """

    def __init__(self, place: Place, allowed: Collection[str], *, passwords: bool) -> None:
        obstacles = {way.value: pool_obstacle(way, place) for way in FirstFactor}
        fixed = {way for way, because in obstacles.items() if because and way not in allowed}
        super().__init__(
            label=gettext_lazy("Ways in without a password") if passwords else gettext_lazy("Ways in"),
            help_text=_BESIDE_PASSWORDS if passwords else _ALONE,
            choices=[(way.value, f"{way.label}\n{obstacles[way] or _what_it_is(way, place)}") for way in FirstFactor],
            widget=Obstructed(frozenset(fixed)),
            required=False,
        )


def _what_it_is(way: FirstFactor, place: Place) -> str:
    if way is FirstFactor.WEB_AUTHN:
        said = _(
            "Fingerprint, face or PIN of one's own device: the safest. Passkeys belong to %(host)s and work there and "
            "below it only; if that ever changes, everybody has to make a new one."
        )
        return said % {"host": place.options.passkey_rp_id}
    if way is FirstFactor.EMAIL_OTP:
        if place.options.uses_ses:
            return _("To the verified address. As safe as the mailbox.")
        return _("To the verified address. As safe as the mailbox. Without Amazon SES Cognito sends 50 mails a day.")
    return _("To the verified telephone number. Numbers can be taken over, and AWS bills each message.")
