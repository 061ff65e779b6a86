"""Who may see a page of the account: whoever has a live session at the tenant in this browser. It is theirs alone."""

from collections.abc import Callable
from functools import wraps

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from federation.account.context import Account, NeedsOwnFactor, SignInAgain
from federation.account.entry import begin_sign_in
from federation.models import BrowserSession
from federation.selectors import active_tenant, live_session
from federation.services.session_use import note_use
from federation.services.sessions import meets_policy
from federation.signin import cookies
from federation.signin.pages import page, speak
from federation.signin.views.common import explain
from federation.visitor import visitor
from identity import auth
from tenants.errors import DomainError
from tenants.models import Tenant

AccountView = Callable[[HttpRequest, Account], HttpResponse]


def account_view(*methods: str, back: str = "account") -> Callable[[AccountView], Callable[..., HttpResponse]]:
    """Give a view the account of whoever is signed in at the tenant of the address; anybody else is sent to sign in.

    Args:
        methods: that the view takes.
        back: the name of the page on which somebody goes on who had to sign in for a form.
    """

    def decorate(view: AccountView) -> Callable[..., HttpResponse]:
        @require_http_methods(methods or ("GET",))
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
            tenant = active_tenant(slug)
            if tenant is None:
                return page(request, "federation/organisation_unavailable.html", {}, status=404)
            goes_on = request.path if request.method == "GET" else reverse(back, args=[slug])
            session = _session(request, tenant)
            if session is None:
                return begin_sign_in(request, tenant, back=goes_on)
            structlog.contextvars.bind_contextvars(tenant=tenant.key)
            speak(request, session.user.chosen_language)
            note_use(session)
            account = Account(session, visitor(request), cookies.device_token(request, tenant))
            return _answer(request, view, account, goes_on)

        return wrapped

    return decorate


def _session(request: HttpRequest, tenant: Tenant) -> BrowserSession | None:
    session = live_session(tenant, cookies.session_token(request, tenant))
    if session is None or not meets_policy(session):
        return None
    session.tenant = tenant
    return session


def _answer(request: HttpRequest, view: AccountView, account: Account, back: str) -> HttpResponse:
    try:
        return view(request, account)
    except (SignInAgain, auth.SessionExpired):
        return begin_sign_in(request, account.tenant, back=back, login_hint=account.user.email)
    except NeedsOwnFactor:
        message = _(
            "Your organization's identity provider signed you in. To change this, sign in with a password of yours."
        )
        return _stopped(request, account, message, 403)
    except auth.AuthError as error:
        return _stopped(request, account, *explain(error))
    except DomainError as error:
        return _stopped(request, account, error.message, error.status)


def _stopped(request: HttpRequest, account: Account, message: str, status: int) -> HttpResponse:
    context = {"message": message, "account_url": reverse("account", args=[account.tenant.slug])}
    return page(request, "federation/account/stopped.html", context, tenant=account.tenant, status=status)
