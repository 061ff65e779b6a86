"""Whether a session that a browser has answers an application's request, and whether the person is shown it first."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from federation.models import BrowserSession
from federation.provider.answers import HINTED_USER, is_meant
from federation.provider.prompt import Asked
from federation.selectors import active_tenant, live_session, sessions_of_tokens
from federation.services.sessions import is_enough_for, may_step_up, meets_policy
from federation.signin import cookies
from federation.signin.device import is_for_device
from tenants.models import Application
from tenants.redirect_uris import is_on_loopback


def suffices(session: BrowserSession, application: Application, asked: Asked, parameters: Mapping[str, Any]) -> bool:
    """Say whether nobody has to sign in, because a session is good enough for what is asked."""
    if not is_enough_for(session, application):
        return False
    if not asked.accepts(session.auth_time, timezone.now()) or not meets_policy(session):
        return False
    return is_meant(parameters, session) and not (asked.two_factors and may_step_up(session))


def may_answer(session: BrowserSession, application: Application, asked: Asked, parameters: Mapping[str, Any]) -> bool:
    """Say whether a session that is good enough is also of whom the application expects.

    `login_hint` says it by an address; `id_token_hint` says it more surely, also where the address has changed since.
    Both are looked at before anybody signs in. Of who has signed in then, the second alone is asked (`suffices`).
    """
    hint = "" if HINTED_USER in parameters else str(parameters.get("login_hint", "")).casefold()
    return suffices(session, application, asked, parameters) and hint in {"", session.user.email.casefold()}


def must_be_shown(application: Application, parameters: Mapping[str, Any]) -> bool:
    """Say whether the person has to go on by themselves, although a session suffices (RFC 8252 section 8.6).

    A public client on a loopback address proves nothing: any program on the machine could ask in its name, and would
    have a code without anybody having seen it. At an address of its own under https, the answer finds the right one.
    What is asked for a device leads to a page of ours, which names the application itself.
    """
    if is_for_device(parameters):
        return False
    return application.is_public and is_on_loopback(str(parameters["redirect_uri"]))


def sufficing_sessions(
    request: HttpRequest,
    application: Application,
    asked: Asked,
    parameters: Mapping[str, Any],
    *,
    only: UUID | None = None,
) -> list[BrowserSession]:
    """Return the sessions of this browser that would do for an application.

    Args:
        request: the browser's.
        application: which asks; only tenants that it is assigned to count.
        asked: what it asks of the sign-in.
        parameters: its request. An address in `login_hint` leaves the sessions of that address alone.
        only: the id of the tenant that it names; None where it names none.
    """
    held = sessions_of_tokens(cookies.session_tokens(request))
    slugs = dict.fromkeys(session.tenant.slug for session in held if only in {None, session.tenant_id})
    tenants = [tenant for slug in slugs if (tenant := active_tenant(slug, application))]
    live = (live_session(tenant, cookies.session_token(request, tenant)) for tenant in tenants)
    return [session for session in live if session is not None and may_answer(session, application, asked, parameters)]
