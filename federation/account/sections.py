"""What the account page consists of. A section is a function that says what it shows, and a template that shows it.

To add one: write the function in a module of its own, the template in templates/federation/account/, and a line below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.account.context import Account
from federation.account.recovery_codes import recovery_codes_section
from federation.account.views.activity import activity_section
from federation.account.views.authenticator import authenticator_section
from federation.account.views.browsers import browsers_section
from federation.account.views.factors import factors_section
from federation.account.views.own_factors import own_factors_section
from federation.account.views.passkeys import passkeys_section
from federation.account.views.password import password_section
from federation.account.views.profile import organisations_section, profile_section
from federation.account.views.sessions import sessions_section


class Tab(StrEnum):
    """The pages of the account; the value is the name of the address."""

    DETAILS = "account"
    SECURITY = "account-security"
    DEVICES = "account-devices"
    ACTIVITY = "account-activity"


TAB_LABELS: dict[Tab, Promise] = {
    Tab.DETAILS: _("Your details"),
    Tab.SECURITY: _("Signing in"),
    Tab.DEVICES: _("Devices"),
    Tab.ACTIVITY: _("Activity"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a tab.

    Args:
        tab: on which page it is.
        template: below templates/federation/account/; reads `data` (what `build` gave), `account` and `tenant`.
        build: says what it shows; None where it is nothing for this person.
    """

    tab: Tab
    template: str
    build: Callable[[Account], dict[str, Any] | None]


# In the order in which they are shown.
SECTIONS: tuple[Section, ...] = (
    Section(Tab.DETAILS, "profile.html", profile_section),
    Section(Tab.DETAILS, "organisations.html", organisations_section),
    Section(Tab.SECURITY, "password_section.html", password_section),
    Section(Tab.SECURITY, "authenticator_section.html", authenticator_section),
    Section(Tab.SECURITY, "factors_section.html", factors_section),
    Section(Tab.SECURITY, "passkeys_section.html", passkeys_section),
    Section(Tab.SECURITY, "own_factors_section.html", own_factors_section),
    Section(Tab.SECURITY, "recovery_codes.html", recovery_codes_section),
    Section(Tab.DEVICES, "sessions.html", sessions_section),
    Section(Tab.DEVICES, "browsers.html", browsers_section),
    Section(Tab.ACTIVITY, "activity.html", activity_section),
)
