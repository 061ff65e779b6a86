"""Registering the operator's applications, and changing them."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.client_keys import parse_keys
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Application, NativeMode
from tenants.models.application import ACCESS_TOKEN_MINUTES, LONGEST_ACCESS_TOKEN_MINUTES, hash_secret
from tenants.redirect_uris import clean_uris, is_on_loopback
from tenants.services import audit
from tenants.services.native import request_native_sync
from tenants.text import clean_line

_AUDITED = (
    "name",
    "redirect_uris",
    "post_logout_redirect_uris",
    "initiate_login_uri",
    "backchannel_logout_uri",
    "audience",
    "access_token_minutes",
    "require_nonce",
    "public_keys",
    "is_public",
    "device_flow",
)
_PREVIOUS = ("previous_secret_hash", "previous_secret_until", "previous_secret_used_at")
LONGEST_NAME, LONGEST_AUDIENCE = 100, 255
# For an application to get its new secret everywhere.
OVERLAP = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class ApplicationSettings:
    """What an operator chooses for an application.

    Args:
        name: what sign-in pages call it; unique.
        redirect_uris: where a user may be sent back to, compared exactly.
        post_logout_redirect_uris: where a user may be sent after signing out; may be empty.
        initiate_login_uri: where a sign-in can be begun from outside, such as by a tile in an identity provider's
            portal; may be empty.
        backchannel_logout_uri: where its server is told that somebody was signed out; may be empty.
        audience: `aud` of access tokens; empty for one made from the client id.
        access_token_minutes: how long access tokens live, 1 to 60; a change counts from the next token.
        require_nonce: whether an authorization request without `nonce` is refused.
        public_keys: a JSON Web Key Set; the application then proves who it is by them, and by no secret. May be empty.
        device_flow: whether devices without a browser may ask for sign-ins to it; one that uses nothing else needs no
            redirect URI.
        is_public: whether it can keep neither secret nor key; fixed when it is registered.
    """

    name: str
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    initiate_login_uri: str = ""
    backchannel_logout_uri: str = ""
    audience: str = ""
    access_token_minutes: int = ACCESS_TOKEN_MINUTES
    require_nonce: bool = True
    public_keys: str = ""
    is_public: bool = False
    device_flow: bool = False


@dataclass(frozen=True)
class IssuedSecret:
    """An application and its client secret, which is kept nowhere and can be shown this once. A public one has none."""

    application: Application
    secret: str = field(repr=False)


@transaction.atomic
def register_application(settings: ApplicationSettings, *, actor: Actor) -> IssuedSecret:
    """Register an application, with a fresh client id and secret.

    Raises:
        ValidationFailed: a field cannot be used, or the name is taken.
    """
    client_id, secret = Application.generate_credentials()
    if settings.is_public:
        secret = ""
    secret_hash = hash_secret(secret) if secret else ""
    application = Application(client_id=client_id, secret_hash=secret_hash, is_public=settings.is_public)
    _apply(application, settings)
    _save(application)
    audit.record(Action.APPLICATION_REGISTERED, actor=actor, target=application, after=_facts(application))
    return IssuedSecret(application, secret)


@transaction.atomic
def update_application(application_id: uuid.UUID, settings: ApplicationSettings, *, actor: Actor) -> Application:
    """Change an application's settings. Sign-ins that are under way go on by the new ones.

    Raises:
        NotFound: no such application.
        Conflict: it is Lifeguard's own.
        ValidationFailed: a field cannot be used, or the name is taken.
    """
    application = lock_application(application_id)
    before = _facts(application)
    _apply(application, settings)
    after = _facts(application)
    if after != before:
        _save(application, update_fields=list(_AUDITED))
        audit.record(Action.APPLICATION_UPDATED, actor=actor, target=application, before=before, after=after)
        request_native_sync(application, actor=actor)
    return application


@transaction.atomic
def rotate_application_secret(
    application_id: uuid.UUID, *, in_place_of: str | None = None, actor: Actor
) -> IssuedSecret:
    """Give an application a new client secret. The one before is taken for `OVERLAP` more; an older one ends at once.

    Args:
        application_id: which application.
        in_place_of: the mark of the secret that is to be the one before (`Application.secret_mark`); None for whichever
            it is. A form that is sent twice would end the secret that is in use.
        actor: who.

    Raises:
        NotFound: no such application.
        Conflict: it is Lifeguard's own, is public, or has another secret by now.
    """
    application = lock_application(application_id)
    if application.is_public:
        raise Conflict(_("This application is public and has no secret."))
    if in_place_of not in (None, application.secret_mark):
        raise Conflict(_("It was given a new secret meanwhile. Open its page to see how it stands."))
    _client_id, secret = Application.generate_credentials()
    application.previous_secret_hash = application.secret_hash
    application.previous_secret_until = timezone.now() + OVERLAP
    application.previous_secret_used_at = None
    application.secret_hash = hash_secret(secret)
    application.save(update_fields=["secret_hash", *_PREVIOUS])
    after = {"previous_until": application.previous_secret_until.isoformat()}
    audit.record(Action.APPLICATION_SECRET_ROTATED, actor=actor, target=application, after=after)
    return IssuedSecret(application, secret)


@transaction.atomic
def end_previous_secret(application_id: uuid.UUID, *, confirm_name: str, actor: Actor) -> None:
    """Have an application's secret before the present one taken no more, from now on.

    Args:
        application_id: which application.
        confirm_name: its name as the actor typed it.
        actor: who ends it.

    Raises:
        NotFound: no such application.
        Conflict: it is Lifeguard's own, or there is no such secret.
        ValidationFailed: another name was typed.
    """
    application = lock_application(application_id)
    if not application.has_previous_secret:
        raise Conflict(_("Only one secret of this application is taken."))
    if confirm_name.strip() != application.name:
        message = _("This is not the application's name.")
        raise ValidationFailed(message, fields={"confirm_name": message})
    application.previous_secret_hash, application.previous_secret_until = "", None
    application.previous_secret_used_at = None
    application.save(update_fields=list(_PREVIOUS))
    audit.record(Action.APPLICATION_SECRET_ENDED, actor=actor, target=application)


def note_previous_secret(application: Application) -> None:
    """Remember that the secret before was presented, so that somebody sees when it can be ended. To the minute."""
    now = timezone.now()
    rows = Application.objects.filter(pk=application.pk, previous_secret_hash=application.previous_secret_hash)
    lately = Q(previous_secret_used_at__gt=now - timedelta(minutes=1))
    rows.exclude(lately).update(previous_secret_used_at=now)


def lock_application(application_id: uuid.UUID) -> Application:
    """Return an application that is about to be changed, locked.

    Raises:
        NotFound: no such application.
        Conflict: it is Lifeguard's own.
    """
    application = Application.objects.select_for_update().filter(pk=application_id).first()
    if application is None:
        raise NotFound
    if application.is_builtin:
        raise Conflict(_("This is the dashboard itself. It is set up by the product and cannot be changed."))
    return application


def _apply(application: Application, settings: ApplicationSettings) -> None:
    application.name = clean_line(settings.name, field="name", longest=LONGEST_NAME)
    application.device_flow = settings.device_flow
    # Cognito's own pages have no device flow.
    required = not settings.device_flow or NativeMode.objects.filter(application=application.pk).exists()
    application.redirect_uris = clean_uris(settings.redirect_uris, field="redirect_uris", required=required)
    application.post_logout_redirect_uris = clean_uris(
        settings.post_logout_redirect_uris, field="post_logout_redirect_uris", required=False
    )
    application.initiate_login_uri = _clean_uri(settings.initiate_login_uri, field="initiate_login_uri")
    application.backchannel_logout_uri = _clean_told_uri(settings.backchannel_logout_uri)
    application.audience = _clean_audience(settings.audience) or f"urn:lifeguard:api:{application.client_id}"
    application.access_token_minutes = _check_minutes(settings.access_token_minutes)
    application.require_nonce = settings.require_nonce
    application.public_keys = parse_keys(settings.public_keys)
    _check_kind(application, settings)


def _check_kind(application: Application, settings: ApplicationSettings) -> None:
    if settings.is_public != application.is_public:
        message = _("Register another application for that: whether one is public cannot be changed.")
        raise ValidationFailed(message, fields={"is_public": message})
    if application.is_public and application.public_keys:
        message = _("A public application can keep no private key, so that it has no public ones either.")
        raise ValidationFailed(message, fields={"public_keys": message})


def _clean_uri(value: str, *, field: str) -> str:
    return "".join(clean_uris([value.strip()] if value.strip() else [], field=field, required=False))


def _clean_told_uri(value: str) -> str:
    """Refuse what is never asked, as far as the address shows it: `federation.fetching` has the rules."""
    uri = _clean_uri(value, field="backchannel_logout_uri")
    usual = not uri or re.fullmatch(r"https://[^/?:\[\]]+(:443)?([/?].*)?", uri, re.IGNORECASE)
    if not django_settings.FETCH_ALLOWED_NETWORKS and (not usual or is_on_loopback(uri)):
        message = _("It is asked by https at port 443 alone, and by a name of the public internet.")
        raise ValidationFailed(message, fields={"backchannel_logout_uri": message})
    return uri


def _clean_audience(value: str) -> str:
    # RFC 7519 section 4.1.3: a StringOrURI; kept free of spaces, so that it can be copied into a configuration.
    audience = value.strip()
    if len(audience) > LONGEST_AUDIENCE or not audience.isascii() or not audience.isprintable() or " " in audience:
        message = _("Use at most %(longest)d ASCII characters without spaces.") % {"longest": LONGEST_AUDIENCE}
        raise ValidationFailed(message, fields={"audience": message})
    return audience


def _check_minutes(minutes: int) -> int:
    if not 1 <= minutes <= LONGEST_ACCESS_TOKEN_MINUTES:
        message = _("Choose 1 to %(longest)d minutes.") % {"longest": LONGEST_ACCESS_TOKEN_MINUTES}
        raise ValidationFailed(message, fields={"access_token_minutes": message})
    return minutes


def _save(application: Application, update_fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            application.save(update_fields=update_fields)
    except IntegrityError as error:
        message = _("Another application has this name.")
        raise ValidationFailed(message, fields={"name": message}) from error


def _facts(application: Application) -> dict[str, object]:
    return {name: getattr(application, name) for name in _AUDITED}
