"""What the environment says: encryption keys, the mail server, and the addresses of the two sites."""

import smtplib
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.models import BinaryField

from config.doctor.finding import Finding, failed, ok, warning
from tenants import crypto

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_CONTEXT = ("config.doctor",)


def check_keys_work() -> Iterator[Finding]:
    """Encrypt and decrypt something."""
    stored = crypto.encrypt("well", context=_CONTEXT)
    if crypto.decrypt(stored, context=_CONTEXT) == "well":
        yield ok("encryption", f"The first of {len(settings.DATA_KEYS)} keys encrypts and decrypts.")
    else:
        yield failed("encryption", "What was encrypted came back changed.", "Replace LIFEGUARD_ENCRYPTION_KEYS.")


def check_keys_in_use() -> Iterator[Finding]:
    """Look under which keys the stored secrets are, and whether all those are still configured."""
    used = _keys_in_use()
    lost = sorted(set(used) - set(settings.DATA_KEYS))
    for key in lost:
        yield failed(
            "encryption keys",
            f"Secrets in {', '.join(sorted(used[key]))} are under the key {key!r}, which is not configured.",
            "Add it back at the end of LIFEGUARD_ENCRYPTION_KEYS; without it they cannot be read by anybody.",
        )
    if not lost:
        listed = ", ".join(sorted(used)) or "none yet"
        yield ok("encryption keys", f"All keys that stored secrets are under are configured ({listed}).")


def _keys_in_use() -> dict[str, set[str]]:
    """The tables that hold secrets under each key, by key id; the stored form begins with it (`tenants.crypto`)."""
    used: dict[str, set[str]] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, BinaryField) or not field.name.endswith("_encrypted"):
                continue
            column, table = map(connection.ops.quote_name, (str(field.column), model._meta.db_table))
            key = rf"substring({column} from 1 for position('\x00'::bytea in {column}) - 1)"
            with connection.cursor() as cursor:
                # The names are our own models'; nothing of it comes from outside.
                cursor.execute(f"SELECT DISTINCT {key} FROM {table} WHERE length({column}) > 0")  # noqa: S608  # Our names.
                for (found,) in cursor.fetchall():
                    used.setdefault(bytes(found).decode(errors="replace"), set()).add(model._meta.db_table)
    return used


def check_mail() -> Iterator[Finding]:
    """Connect to the mail server as we do for sending, and say goodbye."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection():
            yield ok("mail", f"The mail server at {where} lets us in.")
    except (OSError, smtplib.SMTPException) as error:
        yield failed(
            "mail",
            f"The mail server at {where} cannot be used: {error}",
            "Check LIFEGUARD_EMAIL_URL: host, port, user and password, and smtp+tls:// or smtps:// as the server asks."
            " Invitations are kept and mailed once it works.",
        )


def check_sites() -> Iterator[Finding]:
    """Look at the addresses of the dashboard and of the sign-in pages."""
    dashboard, signin = urlsplit(settings.DASHBOARD_URL), urlsplit(settings.SIGNIN_URL)
    if {dashboard.hostname, signin.hostname} <= _LOCAL:
        yield ok("sites", f"{settings.DASHBOARD_URL} and {settings.SIGNIN_URL}, for trying it on this machine.")
        return
    if dashboard.hostname == signin.hostname:
        yield warning(
            "sites",
            f"Dashboard and sign-in pages share the host {dashboard.hostname}: browsers send cookies of each to both.",
            "Give LIFEGUARD_SIGNIN_URL a host of its own (RFC 6265 section 8.5: cookies know no ports).",
        )
    else:
        yield ok("sites", f"{settings.DASHBOARD_URL} and {settings.SIGNIN_URL}, over TLS and on hosts of their own.")
    if settings.DEBUG:
        yield failed("debug", "LIFEGUARD_DEBUG is on: faults show code and settings to anybody.", "Switch it off.")
    if not settings.TRUSTED_PROXIES:
        yield failed(
            "proxies",
            "LIFEGUARD_TRUSTED_PROXIES is 0: no proxy is believed that a request came over TLS, so each is redirected.",
            "Set it to the number of proxies in front of the web servers; that is 1 for one load balancer.",
        )
