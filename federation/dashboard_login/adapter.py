"""What happens when a tenant's user comes back from sign-in: a member's session, and nothing of allauth's own."""

import hmac
import uuid
from typing import Any, Never

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from federation.dashboard_login.provider import PROVIDER_ID, LifeguardProvider, social_app
from identity.models import DirectoryUser, UserStatus
from tenants.models import Account, Tenant, TenantStatus

ID_TOKEN_KEY = "lifeguard_id_token"  # noqa: S105  # Where it is kept in the session: the hint for signing out.
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Knows one provider, which no page of allauth's lists, and turns its answer into a member's session."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return our one client; the table of social apps stays empty and is not read."""
        return [social_app()] if provider in {None, PROVIDER_ID} else []

    def list_providers(self, request: HttpRequest) -> list[Any]:
        """Offer none on allauth's pages: operators sign in locally, and tenants have their own entrance."""
        return []

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> LifeguardProvider:
        """Return our provider."""
        if provider != PROVIDER_ID:
            raise Http404
        return LifeguardProvider(request, app=social_app())

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: `pre_social_login` ends each login before allauth could sign anybody up."""
        return False

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Never:
        """Show one page for whatever went wrong on the way back."""
        raise ImmediateHttpResponse(failed(request))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> Never:
        """Begin the member's session, and answer; nothing of allauth's runs after this.

        Raises:
            ImmediateHttpResponse: always, with the answer.
        """
        raise ImmediateHttpResponse(_enter(request, sociallogin.account.extra_data, sociallogin.state))


def _enter(request: HttpRequest, said: dict[str, Any], state: dict[str, Any]) -> HttpResponse:
    nonce, slug = str(state.get("nonce", "")), str(state.get("organization", ""))
    if not nonce or not hmac.compare_digest(said["nonce"], nonce):
        return failed(request)
    tenant = Tenant.objects.filter(pk=uuid.UUID(said["org_id"]), slug=slug, status=TenantStatus.ACTIVE).first()
    if tenant is None:
        return failed(request)
    user = DirectoryUser.objects.filter(tenant=tenant, pk=uuid.UUID(said["sub"]), status=UserStatus.ACTIVE).first()
    if user is None:
        return failed(request)
    if not user.role:
        return render(
            request, "federation/dashboard/no_role.html", {"tenant": tenant, "user_email": user.email}, status=403
        )
    account = Account.objects.for_member(tenant=tenant, subject=user.pk)
    login(request, account, backend=_BACKEND)
    request.session[ID_TOKEN_KEY] = said["id_token"]
    return redirect(landing(tenant.slug, str(state.get("next", ""))))


def landing(slug: str, wanted: str) -> str:
    """Return where a member goes after signing in: the page they asked for, if it is their own tenant's."""
    home = f"/t/{slug}/"
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(home)
    return wanted if ours else home


def failed(request: HttpRequest) -> HttpResponse:
    """Return the page for a sign-in that did not come back as it went out."""
    return render(request, "federation/dashboard/entry_failed.html", status=403)
