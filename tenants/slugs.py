"""Slugs: the part of addresses that names a tenant. Pure."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed
from tenants.models.tenant import slug_validator

LONGEST = 40

# First segments of addresses on the sign-in host and the dashboard, where a slug is a first segment too; and names with
# which somebody could pass for the operator.
RESERVED = frozenset(
    [
        "account",
        "accounts",
        "admin",
        "administrator",
        "api",
        "app",
        "apps",
        "assets",
        "auth",
        "authorize",
        "billing",
        "blog",
        "brand",
        "callback",
        "cdn",
        "cognito",
        "config",
        "console",
        "dashboard",
        "demo",
        "device",
        "docs",
        "email",
        "error",
        "errors",
        "events",
        "favicon",
        "federation",
        "fleet",
        "health",
        "healthz",
        "help",
        "home",
        "identity",
        "internal",
        "invitation",
        "invitations",
        "jwks",
        "lifeguard",
        "local",
        "login",
        "logout",
        "mail",
        "me",
        "messages",
        "metrics",
        "mfa",
        "mx",
        "new",
        "null",
        "oauth",
        "oauth2",
        "oidc",
        "openid",
        "operator",
        "operators",
        "password",
        "ping",
        "public",
        "readyz",
        "register",
        "reset",
        "robots",
        "root",
        "saml",
        "scim",
        "security",
        "session",
        "sessions",
        "settings",
        "setup",
        "sign-in",
        "sign-out",
        "sign-up",
        "signin",
        "signout",
        "signup",
        "sso",
        "static",
        "status",
        "support",
        "system",
        "team",
        "tenant",
        "tenants",
        "test",
        "token",
        "tokens",
        "undefined",
        "user",
        "userinfo",
        "users",
        "webhook",
        "webhooks",
        "well-known",
        "www",
    ]
)


def suggest_slug(name: str) -> str:
    """Return a slug made from a tenant's name, or "" where nothing usable is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")[:LONGEST].strip("-")
    return slug if len(slug) >= 3 else ""


def clean_slug(value: str) -> str:
    """Return a slug as it is kept.

    Raises:
        ValidationFailed: the field `slug` has another shape, or is a word that addresses of ours begin with.
    """
    slug = value.strip().lower()
    try:
        slug_validator(slug)
    except ValidationError as error:
        message = str(error.message)
        raise ValidationFailed(message, fields={"slug": message}) from error
    if slug in RESERVED:
        message = _("“%(slug)s” is reserved for addresses of the product. Choose another slug.") % {"slug": slug}
        raise ValidationFailed(message, fields={"slug": message})
    return slug
