"""What people change about themselves: in the directory, in the log, and told to them. Cognito was asked before."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import BrowserSession
from federation.services.app_names import app_name_of, keep_app_name
from federation.services.security_notices import NoticeKind, owe_notice
from federation.services.session_ends import end_other_sessions
from federation.visitor import as_user
from identity.models import DirectoryUser
from identity.services.factors import note_factor, note_factors
from identity.services.invitations import withdraw_open_invitations
from identity.services.loading import lock_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, ValidationFailed
from tenants.factor_rules import usable
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy, SignInPolicy, SyncKind, Tenant
from tenants.models.pool_settings import options_of
from tenants.own_details import Access, Detail, access_to
from tenants.services import audit
from tenants.services.outbox import request_sync


class LastFactor(Conflict):
    """The tenant asks for a second factor, and there would be none."""

    def __init__(self) -> None:
        super().__init__(
            _("Your organization asks for a second factor, and this is the only one you have. Add another one first.")
        )


class KeptByOrganization(Conflict):
    """The tenant does not let people change this by themselves."""

    def __init__(self) -> None:
        super().__init__(_("Your organization keeps this. Ask an administrator to change it."))


@transaction.atomic
def rename_oneself(session: BrowserSession, name: str, *, visitor: Actor) -> None:
    """Change the name that somebody goes by at their tenant.

    Raises:
        ValidationFailed: it is empty, or too long.
        Conflict: somebody else says what their name is, or the tenant keeps it.
    """
    user = lock_user(session.tenant, session.user_id)
    if not is_name_ours(user):
        raise Conflict(_("Your name comes from your organization's identity provider."))
    require_change(session.tenant, Detail.NAME)
    name = " ".join(name.split())
    if not name or len(name) > _longest_name():
        raise ValidationFailed(_("Enter your name, with 100 characters at the most."), fields={"name": _("Enter it.")})
    if name == user.name:
        return
    before, user.name = user.name, name
    user.save(update_fields=["name", "updated_at"])
    actor = as_user(visitor, user)
    audit.record(
        Action.USER_RENAMED,
        actor=actor,
        tenant=user.tenant,
        target=user,
        before={"name": before},
        after={"name": user.name},
    )
    request_sync(SyncKind.USER, user.pk, actor=actor)


@transaction.atomic
def choose_language(session: BrowserSession, language: str, *, visitor: Actor) -> None:
    """Keep in which language somebody wants their account page and mails; empty for what their browser asks for.

    Raises:
        ValidationFailed: we do not have it.
        KeptByOrganization: the tenant does not offer it.
    """
    user = lock_user(session.tenant, session.user_id)
    require_change(session.tenant, Detail.LANGUAGE)
    if language and language not in dict(settings.BRAND_LANGUAGES):
        raise ValidationFailed(_("Choose a language."), fields={"language": _("Choose a language.")})
    if language == user.chosen_language:
        return
    before, user.chosen_language = user.chosen_language, language
    user.language = language or user.language
    user.save(update_fields=["chosen_language", "language", "updated_at"])
    audit.record(
        Action.OWN_LANGUAGE_CHOSEN,
        actor=as_user(visitor, user),
        tenant=user.tenant,
        target=user,
        before={"language": before},
        after={"language": language},
    )


def require_change(tenant: Tenant, detail: Detail) -> None:
    """Refuse to change a detail that the tenant lets nobody change by themselves.

    Raises:
        KeptByOrganization: it does not.
    """
    policy = SignInPolicy.objects.get(tenant=tenant)
    if access_to(policy.own_details, detail) is not Access.CHANGE:
        raise KeptByOrganization


def is_name_ours(user: DirectoryUser) -> bool:
    """Say whether a user's name is ours to keep: of others Cognito or an identity provider says it."""
    return not user.is_federated and not user.cognito_username


def _longest_name() -> int:
    length = DirectoryUser._meta.get_field("name").max_length
    if length is None:
        raise TypeError("the name has no length")
    return length


@transaction.atomic
def note_password_changed(session: BrowserSession, *, visitor: Actor) -> None:
    """Note that somebody changed their password, and end all of their other sessions: one may be why they did."""
    end_other_sessions(session, visitor=visitor)
    user = lock_user(session.tenant, session.user_id)
    # A link to choose a password must not outlive the choice of one.
    withdraw_open_invitations(user)
    actor = as_user(visitor, user)
    audit.record(Action.OWN_PASSWORD_CHANGED, actor=actor, tenant=user.tenant, target=user)
    owe_notice(NoticeKind.PASSWORD_CHANGED, user, actor=actor)
    # Applications in native mode hold Cognito's own tokens.
    user.sign_outs_wanted += 1
    user.save(update_fields=["sign_outs_wanted"])
    request_sync(SyncKind.USER, user.pk, actor=actor)


@transaction.atomic
def note_authenticator_added(session: BrowserSession, name: str, *, visitor: Actor) -> None:
    """Note that somebody set an authenticator app up, or another one in the place of it.

    Args:
        session: theirs.
        name: what they call it (`own_passkeys.cleaned_name`); empty for nothing.
        visitor: the request's actor.
    """
    user, actor = session.user, as_user(visitor, session.user)
    note_factor(user, SecondFactor.TOTP)
    keep_app_name(user, name)
    audit.record(Action.TOTP_ENROLLED, actor=actor, tenant=user.tenant, target=user, after={"name": name})
    owe_notice(NoticeKind.AUTHENTICATOR_ADDED, user, actor=actor, about=name)


def require_other_factor(session: BrowserSession, left: frozenset[SecondFactor]) -> None:
    """Refuse to take away the last second factor that the tenant's policy counts.

    Args:
        session: of whoever takes it away.
        left: what they would still have.

    Raises:
        LastFactor: none of these would do, and the tenant asks for one.
    """
    tenant = session.tenant
    policy = SignInPolicy.objects.get(tenant=tenant)
    # One that the pool cannot ask for any more is none that is left.
    if policy.mfa == MfaPolicy.REQUIRED and not left & {*usable(policy.second_factors, options_of(tenant.pool))}:
        raise LastFactor


@transaction.atomic
def note_authenticator_removed(session: BrowserSession, left: frozenset[SecondFactor], *, visitor: Actor) -> None:
    """Note that somebody removed their authenticator app.

    Args:
        session: theirs.
        left: the second factors that they still have.
        visitor: the request's actor.
    """
    user, actor = session.user, as_user(visitor, session.user)
    name = app_name_of(user)
    note_factors(user, left)
    keep_app_name(user, "")
    audit.record(Action.TOTP_REMOVED, actor=actor, tenant=user.tenant, target=user, before={"name": name})
    owe_notice(NoticeKind.AUTHENTICATOR_REMOVED, user, actor=actor, about=name)
