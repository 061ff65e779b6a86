"""The tenant's entrance to the dashboard, and the way back from sign-in."""

import secrets
from typing import cast

from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_safe

from federation.dashboard_login.adapter import landing
from federation.dashboard_login.provider import PROVIDER_ID, LifeguardOAuth2Adapter, LifeguardProvider, social_app
from tenants.actor import ActorKind
from tenants.http import Request
from tenants.models import Tenant


@require_safe
def tenant_sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the browser to the tenant's sign-in. Whether there is such a tenant is the sign-in host's to say."""
    wanted = request.GET.get("next", "")
    if _is_inside(cast(Request, request), slug):
        return redirect(landing(slug, wanted))
    nonce = secrets.token_urlsafe(32)
    parameters = {"organization": slug, "nonce": nonce}
    if hint := request.GET.get("login_hint", ""):
        parameters["login_hint"] = hint
    provider = LifeguardProvider(request, app=social_app())
    answer: HttpResponse = provider.redirect(
        request,
        process=AuthProcess.LOGIN,
        next_url=wanted,
        auth_params=parameters,
        # What follows is kept in the session beside the state, and compared with what comes back.
        nonce=nonce,
        organization=slug,
    )
    return answer


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take the code, exchange it, and let the adapter begin the session."""
    view = OAuth2CallbackView.adapter_view(LifeguardOAuth2Adapter(request, PROVIDER_ID))
    return cast(HttpResponse, view(request))


def _is_inside(request: Request, slug: str) -> bool:
    actor = request.actor
    if actor.kind is not ActorKind.MEMBER or actor.tenant_id is None:
        return False
    return Tenant.objects.filter(pk=actor.tenant_id, slug=slug).exists()
