"""What came back instead of a person: the cause, for a program, and what to tell whoever stands before the page. Pure.

What an identity provider or Cognito says itself is written for administrators, and goes into their log word by word.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By the code of `FederatedSignIn`.
WORDS: dict[str, Promise] = {
    "canceled": _("You did not finish signing in with {connection}, or it did not let you in. Try again."),
    "not_assigned": _("{connection} says that you may not use this application. Ask your administrator to assign it."),
    "disabled": _("Your account here is not active. Ask an administrator of your organization."),
    "not_invited": _("You have no account here yet. Ask an administrator of your organization to invite you."),
    "no_email": _("{connection} did not tell your e-mail address, without which nobody can be let in."),
    "not_awaited": _("You have no account here yet. Ask an administrator of your organization to invite you."),
    # Why is for administrators: the person learns nothing of the account.
    **dict.fromkeys(
        (
            "email_taken",
            "owner_elsewhere",
            "role_elsewhere",
            "other_subject",
            "other_connection",
            "address_unproved",
            "domain_unproved",
            "unlinked",
        ),
        _(
            "There is an account here with your e-mail address, and it is not connected with {connection}. Sign in as "
            "you did before, or ask an administrator of your organization."
        ),
    ),
    "other_session": _(
        "You came back as somebody else than {connection} should know. Sign out there, close the browser and try again."
    ),
    "expired": _("That took too long. Sign in again."),
    "not_accepted": _(
        "What {connection} answered cannot be accepted. An administrator of your organization can see why."
    ),
}
# Fragments, in lower case, of what comes back, and the cause that they tell. Sources: RFC 6749 section 4.1.2.1; Entra
# ID's error AADSTS50105; Cognito's own words as the local Cognito's documentation collects them.
_SIGNS: tuple[tuple[str, str], ...] = (
    ("aadsts50105", "not_assigned"),
    ("not assigned", "not_assigned"),
    ("user is not enabled", "disabled"),
    ("access_denied", "canceled"),
)


def cause_of(error: str, description: str) -> str:
    """Return the cause of an error at the callback, as a code of `WORDS`."""
    text = f"{error} {description}".lower()
    return next((code for sign, code in _SIGNS if sign in text), "not_accepted")


def in_words(code: str, connection: str) -> str:
    """Return what to tell the person."""
    return str(WORDS[code]).replace("{connection}", connection)
