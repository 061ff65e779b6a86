"""Which of their details people see and change by themselves on their account page. Pure.

An identity provider goes before this: what it says of its people nobody changes here (`federation.services`).
"""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Detail(models.TextChoices):
    """What is known of somebody that is theirs to change; by the names of OpenID Connect Core, section 5.1."""

    NAME = "name", gettext_lazy("Name")
    EMAIL = "email", gettext_lazy("E-mail address")
    PHONE = "phone_number", gettext_lazy("Mobile number for codes")
    LANGUAGE = "locale", gettext_lazy("Language")


class Access(models.TextChoices):
    """What somebody may do with a detail of theirs."""

    CHANGE = "change", gettext_lazy("See and change")
    SEE = "see", gettext_lazy("See")
    HIDDEN = "hidden", gettext_lazy("Not shown")


# An address is what one signs in with, and a number where one's codes go: whoever has them knows them.
CHOICES: Mapping[Detail, tuple[Access, ...]] = {
    Detail.NAME: (Access.CHANGE, Access.SEE, Access.HIDDEN),
    Detail.EMAIL: (Access.CHANGE, Access.SEE),
    Detail.PHONE: (Access.CHANGE, Access.SEE),
    # Nobody says the language of others.
    Detail.LANGUAGE: (Access.CHANGE, Access.HIDDEN),
}


def complete(kept: Mapping[str, str]) -> dict[str, str]:
    """Return what is allowed of each detail; of one that the tenant never chose for, everything is.

    Args:
        kept: what a policy has.
    """
    return {detail.value: kept.get(detail.value, Access.CHANGE.value) for detail in Detail}


def access_to(kept: Mapping[str, str], detail: Detail) -> Access:
    """Return what people may do with a detail, by what a policy has."""
    return Access(complete(kept)[detail.value])


def faults(wanted: Mapping[str, str]) -> str:
    """Return why a tenant cannot want this; empty where it can."""
    for name, access in wanted.items():
        if name not in Detail.values:
            return _("There is no detail %(name)s.") % {"name": name}
        if access not in CHOICES[Detail(name)]:
            return _("%(detail)s cannot be “%(access)s”.") % {"detail": Detail(name).label, "access": access}
    return ""
