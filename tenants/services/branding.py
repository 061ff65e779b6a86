"""Changing how a tenant's own pages look."""

from dataclasses import dataclass, fields, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.colours import BrandColours, failures
from tenants.errors import Conflict, ValidationFailed
from tenants.models import Branding, Tenant
from tenants.models.branding import colour_validator
from tenants.services import audit
from tenants.services.logo import clean_logo
from tenants.services.native import request_brand_sync

NAME_LENGTH = 100
_COLOURS = tuple(field.name for field in fields(BrandColours))


@dataclass(frozen=True, kw_only=True)
class BrandingChange:
    """What to change; None leaves a value as it is. Colours are `#rrggbb`."""

    display_name: str | None = None
    accent: str | None = None
    accent_dark: str | None = None
    background: str | None = None
    background_dark: str | None = None


@transaction.atomic
def update_branding(tenant: Tenant, change: BrandingChange, *, actor: Actor) -> Branding:
    """Change a tenant's display name and colours; a change raises the version, so that caches let go of the old one.

    Raises:
        ValidationFailed: no name, something that is not a colour, or a pair of colours without enough contrast.
    """
    branding = Branding.objects.select_for_update(of=("self",)).get(tenant=tenant)
    wanted = {name: value for name, value in _clean(change).items() if getattr(branding, name) != value}
    if not wanted:
        return branding
    _require_contrast(replace(colours_of(branding), **{name: wanted[name] for name in _COLOURS if name in wanted}))
    before = {name: getattr(branding, name) for name in wanted}
    for name, value in wanted.items():
        setattr(branding, name, value)
    _save(branding, *wanted, actor=actor)
    audit.record(Action.BRANDING_UPDATED, actor=actor, tenant=tenant, target=branding, before=before, after=wanted)
    return branding


@transaction.atomic
def upload_logo(tenant: Tenant, data: bytes, *, actor: Actor) -> Branding:
    """Set a tenant's logo.

    Args:
        tenant: whose.
        data: the file as it was sent; `clean_logo` says what is accepted.
        actor: who uploads.

    Raises:
        ValidationFailed: the file is not accepted; the message says why.
    """
    logo = clean_logo(data)
    branding = Branding.objects.select_for_update(of=("self",)).get(tenant=tenant)
    before = {"type": branding.logo_type, "bytes": len(branding.logo)}
    branding.logo, branding.logo_type = logo.content, logo.media_type
    _save(branding, "logo", "logo_type", actor=actor)
    after = {"type": logo.media_type, "bytes": len(logo.content)}
    audit.record(Action.LOGO_UPLOADED, actor=actor, tenant=tenant, target=branding, before=before, after=after)
    return branding


@transaction.atomic
def remove_logo(tenant: Tenant, *, actor: Actor) -> Branding:
    """Show the tenant's name in place of a logo again.

    Raises:
        Conflict: there is no logo.
    """
    branding = Branding.objects.select_for_update(of=("self",)).get(tenant=tenant)
    if not branding.has_logo:
        raise Conflict(_("There is no logo to remove."))
    before = {"type": branding.logo_type, "bytes": len(branding.logo)}
    branding.logo, branding.logo_type = b"", ""
    _save(branding, "logo", "logo_type", actor=actor)
    audit.record(Action.LOGO_REMOVED, actor=actor, tenant=tenant, target=branding, before=before)
    return branding


def colours_of(branding: Branding) -> BrandColours:
    """Return the colours of a brand."""
    return BrandColours(**{name: getattr(branding, name) for name in _COLOURS})


def _save(branding: Branding, *changed: str, actor: Actor) -> None:
    request_brand_sync(branding.tenant, actor=actor)
    branding.version += 1
    branding.save(update_fields=[*changed, "version", "updated_at"])


def _clean(change: BrandingChange) -> dict[str, str]:
    wanted = {name: value for name in _COLOURS if (value := getattr(change, name)) is not None}
    problems: dict[str, str] = {}
    for name, value in wanted.items():
        wanted[name] = value.strip().lower()
        try:
            colour_validator(wanted[name])
        except ValidationError as error:
            problems[name] = str(error.messages[0])
    if change.display_name is not None:
        wanted["display_name"] = " ".join(change.display_name.split())
        if not 0 < len(wanted["display_name"]) <= NAME_LENGTH or not wanted["display_name"].isprintable():
            problems["display_name"] = _("Use 1 to %(limit)d printable characters.") % {"limit": NAME_LENGTH}
    if problems:
        raise ValidationFailed(_("The brand was not saved."), fields=problems)
    return wanted


def _require_contrast(colours: BrandColours) -> None:
    problems = {failure.field: failure.message for failure in failures(colours)}
    if problems:
        raise ValidationFailed(_("Some of these colors cannot be read well enough (WCAG AA)."), fields=problems)
