"""What the page says after a change: a word in the address names one of these sentences, and nothing else is shown."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from federation.account.context import Account

SENTENCES: dict[str, Promise] = {
    "name-changed": _("Your name is changed."),
    "language-changed": _("Your language is changed."),
    "password-changed": _("Your password is changed. You are signed out on all other devices."),
    "authenticator-added": _("The authenticator app is set up."),
    "authenticator-removed": _("The authenticator app is removed."),
    "authenticator-named": _("The authenticator app has another name."),
    "authenticator-without-name": _("Enter a name for the authenticator app."),
    "codes-added": _("The codes are set up."),
    "codes-removed": _("The codes are removed."),
    "number-kept": _("Your codes go to the number that you had before."),
    "factor-preferred": _("Your choice is saved."),
    "email-changed": _("Your e-mail address is changed."),
    "passkey-added": _("The passkey is added."),
    "passkey-named": _("The passkey has another name."),
    "passkey-without-name": _("Enter a name for the passkey."),
    "passkey-removed": _("The passkey is removed. Delete it on your device, too, so that it is not offered any more."),
    "key-added": _("The security key or passkey is added."),
    "key-named": _("The security key or passkey has another name."),
    "key-without-name": _("Enter a name for the security key or passkey."),
    "key-removed": _("The security key or passkey is removed."),
    "session-ended": _("That device is signed out."),
    "browser-forgotten": _("That browser is forgotten. We tell you by mail when you sign in with it again."),
    "browsers-forgotten": _("All browsers are forgotten. We tell you by mail when you sign in with one of them again."),
    "others-ended": _("All other devices are signed out."),
}


def said(word: str) -> str:
    """Return the sentence that a word stands for; empty for any other word."""
    return str(SENTENCES.get(word, ""))


def done(account: Account, page: str, word: str) -> HttpResponse:
    """Lead back to a page of the account, which says what was done.

    Args:
        account: whose.
        page: the name of its address.
        word: one of `SENTENCES`.
    """
    return redirect(f"{reverse(page, args=[account.tenant.slug])}?{urlencode({'done': word})}")
