"""Whether a session that a browser has answers an application's request, and whether the person is shown it first."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from federation.models import BrowserSession
from federation.provider.answers import is_meant
from federation.provider.prompt import Asked
from federation.services.sessions import may_step_up, meets_policy
from tenants.models import Application
from tenants.redirect_uris import is_on_loopback


def suffices(session: BrowserSession, asked: Asked, parameters: Mapping[str, Any]) -> bool:
    """Say whether nobody has to sign in, because a session is good enough for what is asked."""
    if not asked.accepts(session.auth_time, timezone.now()) or not meets_policy(session):
        return False
    return is_meant(parameters, session) and not (asked.two_factors and may_step_up(session))


def must_be_shown(application: Application, parameters: Mapping[str, Any]) -> bool:
    """Say whether the person has to go on by themselves, although a session suffices (RFC 8252 section 8.6).

    A public client on a loopback address proves nothing: any program on the machine could ask in its name, and would
    have a code without anybody having seen it. At an address of its own under https, the answer finds the right one.
    """
    return application.is_public and is_on_loopback(str(parameters["redirect_uri"]))
