"""Everything that can be said about fetching: one table. docs/sso-metadata.md shows it, a test compares the two.

No saying tells what an answer contained, to which address a name leads, or whether an internal name exists: whoever may
enter an address here must not learn from it what is in the network that we run in.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.fetching.model import FetchFailed, FetchRefused

_COPY = _("Copy the address from the identity provider again.")
_FILE = _("Otherwise download the file from the identity provider and give it to us as a file.")
_ADMINISTRATOR = _("Show this to whoever runs the identity provider, or download the file and give it to us as a file.")

REFUSED: dict[str, tuple[Promise, Promise]] = {
    "url_invalid": (_("This is no web address that can be fetched."), _COPY),
    "url_not_https": (
        _("The address does not begin with “https://”. What comes unencrypted could be changed on its way."),
        _("Enter the https address. If there is none, download the file and give it to us as a file."),
    ),
    "url_password": (
        _("The address has a user name or a password in it."),
        _("Enter the address without what is before the “@”."),
    ),
    "url_port": (
        _("The address names a port ({port}). We fetch from the usual port, 443, alone."),
        _("Enter an address without a port, or download the file and give it to us as a file."),
    ),
    "host_invalid": (
        _("The name of the server in the address is not written as server names are."),
        _("Enter a name such as “idp.example.com”; one with other letters as it is in certificates (“xn--…”)."),
    ),
    "address_not_public": (
        _("The address is inside a private network, or reserved. We fetch from the public internet alone."),
        _("If the identity provider is not on the internet, download the file and give it to us as a file."),
    ),
    "host_not_public": (
        _("“{host}” is not on the public internet: its name is not known there, or leads into a private network."),
        _("Check the spelling. If it is reached inside your network alone, give us the file as a file."),
    ),
    "redirect_refused": (
        _("The server sends us on to an address that we do not fetch from."),
        _("Enter the final address: open this one in a browser, and copy what is in the address bar in the end."),
    ),
}

FAILED: dict[str, tuple[Promise, Promise]] = {
    "connect_failed": (_("“{host}” does not take connections."), _FILE),
    "tls_expired": (_("The TLS certificate of “{host}” has expired."), _ADMINISTRATOR),
    "tls_name": (_("The TLS certificate of “{host}” is for another name."), _ADMINISTRATOR),
    "tls_untrusted": (
        _("The TLS certificate of “{host}” is not from an authority that is trusted publicly, or incomplete."),
        _ADMINISTRATOR,
    ),
    "tls_failed": (_("No encrypted connection to “{host}” could be made."), _ADMINISTRATOR),
    "timeout": (_("“{host}” did not answer within {seconds} seconds."), _FILE),
    "broken_answer": (_("“{host}” did not answer as a web server does."), _FILE),
    "status": (
        _("“{host}” answered with the status {status} instead of the file."),
        _("Open the address in a private window: it must show the file without asking you to sign in."),
    ),
    "too_many_redirects": (
        _("The server sends us on more than {limit} times."),
        _("Enter the final address: open this one in a browser, and copy what is in the address bar in the end."),
    ),
    "too_large": (
        _("The answer is larger than {limit} MB, which is as much as we read."),
        _("Check that it is the address of this one identity provider's file."),
    ),
    "compression": (_("The answer is compressed in a way that we did not ask for, or is damaged."), _FILE),
}


def refused(code: str, **found: object) -> FetchRefused:
    """Return why an address is not asked; `found` has the values for the places in the texts."""
    message, remedy = REFUSED[code]
    return FetchRefused(code, str(message).format(**found), str(remedy).format(**found))


def failed(code: str, **found: object) -> FetchFailed:
    """Return why an address gave no usable answer; `found` has the values for the places in the texts."""
    message, remedy = FAILED[code]
    return FetchFailed(code, str(message).format(**found), str(remedy).format(**found))
