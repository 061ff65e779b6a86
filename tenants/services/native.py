"""Switching native mode on and off, and saying what an application's Cognito tokens carry."""

import re
import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import ApiScope, Application, NativeMode, PoolKind, SyncKind, Tenant, TenantApplication
from tenants.services import audit
from tenants.services.outbox import request_sync

# Without `aws.cognito.signin.user.admin`: its holder could change password, factors and attributes past every policy.
STANDARD_SCOPES = ("openid", "email", "profile", "phone")
# Standard attributes of OpenID Connect that every pool has (developer guide, "Working with user attributes").
ATTRIBUTES = (
    "address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale", "middle_name",
    "name", "nickname", "phone_number", "phone_number_verified", "picture", "preferred_username", "profile",
    "updated_at", "website", "zoneinfo",
)  # fmt: skip
# Whether an address is proved is for Cognito to say; an own e-mail address would be another person's.
WRITABLE = tuple(name for name in ATTRIBUTES if name not in ("email", "email_verified", "phone_number_verified"))
# Of Cognito's limits: 100 scopes for a resource server, 50 for a client, four of which are the standard ones.
MOST_SCOPES = 46
# Cognito's limit for the identifier of a resource server, and characters that it allows in a scope's name.
LONGEST_IDENTIFIER = 256
_SCOPE_NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class NativeOptions:
    """What an operator chooses for native mode; the fields are those of `NativeMode`.

    Args:
        api_scopes: pairs of name and description.
    """

    public_client: bool
    standard_scopes: list[str]
    readable: list[str]
    writable: list[str]
    access_minutes: int
    id_minutes: int
    refresh_days: int
    rotate_refresh: bool
    rotation_grace_seconds: int
    api_scopes: list[tuple[str, str]]


@transaction.atomic
def set_native_mode(application_id: uuid.UUID, options: NativeOptions | None, *, actor: Actor) -> Application:
    """Give an application app clients in the pools of its tenants, change them, or with None take them away.

    Raises:
        NotFound: no such application.
        Conflict: it is Lifeguard's own, or the kind of client would change, which Cognito cannot.
        ValidationFailed: a choice cannot be used, or a tenant that has the application shares its pool.
    """
    application = Application.objects.select_for_update().filter(pk=application_id).first()
    if application is None:
        raise NotFound
    if application.is_builtin:
        raise Conflict(_("This is the dashboard itself. It is set up by the product and cannot be changed."))
    before = facts(application)
    if options is None:
        NativeMode.objects.filter(application=application).delete()
        ApiScope.objects.filter(application=application).delete()
    else:
        _check(application, options)
        _save(application, options)
    after = facts(application)
    if after != before:
        audit.record(Action.APPLICATION_NATIVE_SET, actor=actor, target=application, before=before, after=after)
        _request_sync(application, actor)
    return application


def request_native_sync(application: Application, *, actor: Actor) -> None:
    """Owe a sync of the tenants that have an application, if it is in native mode."""
    if NativeMode.objects.filter(application=application).exists():
        _request_sync(application, actor)


def request_brand_sync(tenant: Tenant, *, actor: Actor) -> None:
    """Owe a sync of a tenant's brand, if any of its applications shows Cognito's own pages."""
    if TenantApplication.objects.filter(tenant=tenant, application__native__isnull=False).exists():
        request_sync(SyncKind.TENANT, tenant.pk, actor=actor)


def facts(application: Application) -> dict[str, object]:
    """Return an application's native mode for the audit log; empty without one."""
    native = NativeMode.objects.filter(application=application).first()
    if native is None:
        return {}
    chosen = {each.name: getattr(native, each.name) for each in fields(NativeOptions) if each.name != "api_scopes"}
    scopes = ApiScope.objects.filter(application=application).values_list("name", "description")
    return {**chosen, "api_scopes": [list(scope) for scope in scopes]}


def refuse_shared_pools(isolation: str, applications: Collection[Application]) -> None:
    """Refuse applications in native mode for a tenant in a shared pool.

    A managed-login session crosses the app clients of a pool: in a shared one it would cross tenants.

    Raises:
        ValidationFailed: naming the applications.
    """
    if isolation == PoolKind.DEDICATED:
        return
    native = NativeMode.objects.filter(application__in=applications).values_list("application__name", flat=True)
    if names := sorted(native):
        message = _("%(names)s is in native mode, which needs a tenant with a user pool of its own.") % {
            "names": ", ".join(names)
        }
        raise ValidationFailed(message, fields={"applications": message})


def _request_sync(application: Application, actor: Actor) -> None:
    for tenant_id in _tenants_of(application).values_list("pk", flat=True):
        request_sync(SyncKind.TENANT, tenant_id, actor=actor)


def _tenants_of(application: Application) -> QuerySet[Tenant]:
    granted = TenantApplication.objects.filter(application=application).values("tenant")
    return Tenant.objects.filter(pk__in=granted)


def _check(application: Application, options: NativeOptions) -> None:
    existing = NativeMode.objects.filter(application=application).first()
    if existing is not None and existing.public_client != options.public_client:
        raise _refused(
            "public_client",
            _(
                "Cognito cannot change this for clients that exist. Switch native mode off, wait until they are gone, "
                "and switch it on again."
            ),
        )
    if not application.redirect_uris:
        raise _refused("", _("Cognito sends people back to a redirect URI. Give the application one first."))
    shared = _tenants_of(application).filter(pool__kind=PoolKind.SHARED).values_list("name", flat=True)[:3]
    if existing is None and shared:
        names = ", ".join(shared)
        words = _(
            "These tenants have it and share a user pool: %(names)s. Take it from them first, or register another "
            "application for native mode."
        )
        raise _refused("", words % {"names": names})
    _check_choices("standard_scopes", options.standard_scopes, STANDARD_SCOPES)
    _check_choices("readable", options.readable, ATTRIBUTES)
    _check_choices("writable", options.writable, WRITABLE)
    if "openid" not in options.standard_scopes:
        raise _refused("standard_scopes", _("Without “openid” there is no ID token. Choose it."))
    _check_scopes(application, options)


def _check_scopes(application: Application, options: NativeOptions) -> None:
    names = [name for name, _description in options.api_scopes]
    wrong = next((name for name in names if not _SCOPE_NAME.fullmatch(name)), None)
    if wrong is not None:
        raise _refused(
            "api_scopes", _("“%(name)s”: use up to 64 letters, digits and . _ : - in a scope's name.") % {"name": wrong}
        )
    if len(set(names)) != len(names):
        raise _refused("api_scopes", _("Each scope can be given once."))
    if len(names) > MOST_SCOPES:
        raise _refused("api_scopes", _("Give at most %(most)d scopes.") % {"most": MOST_SCOPES})
    if not all(0 < len(description) <= LONGEST_IDENTIFIER for _name, description in options.api_scopes):
        raise _refused("api_scopes", _("Describe each scope in 1 to 256 characters, after a space."))


def _check_choices(field: str, chosen: list[str], offered: tuple[str, ...]) -> None:
    if unknown := sorted(set(chosen) - set(offered)):
        raise _refused(field, _("Not offered: %(names)s.") % {"names": ", ".join(unknown)})


def _refused(field: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={field: message} if field else {})


def _save(application: Application, options: NativeOptions) -> None:
    values = asdict(options)
    scopes = dict(values.pop("api_scopes"))
    NativeMode.objects.update_or_create(application=application, defaults=values)
    ApiScope.objects.filter(application=application).exclude(name__in=scopes).delete()
    for name, description in scopes.items():
        ApiScope.objects.update_or_create(application=application, name=name, defaults={"description": description})
