"""Sign-in with Lifeguard, and an API that takes its access tokens, in Django with Authlib."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from access_tokens import AccessTokens, Refused
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth, OAuthError
from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe
from joserfc.errors import JoseError

lifeguard = OAuth().register("lifeguard")
access_tokens = AccessTokens(settings.LIFEGUARD_ISSUER, settings.LIFEGUARD_AUDIENCE)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who is signed in."""
    if not request.user.is_authenticated:
        return HttpResponse('<a href="/sign-in">Sign in</a>')
    page = (
        "<p>Signed in: {} ({}) of {}</p>"
        '<form method="post" action="/sign-out"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        "<button>Sign out</button></form>"
    )
    person = (request.user.first_name, request.user.email, request.session["org_slug"])
    return HttpResponse(format_html(page, *person, get_token(request)))


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to Lifeguard. With `organization` it skips the question whose sign-in page it should be."""
    organization = request.GET.get("organization")
    extra = {"organization": organization} if organization else {}
    return lifeguard.authorize_redirect(request, f"{settings.APP_ORIGIN}/callback", **extra)


@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """The browser is back. Authlib compares the state, redeems the code and verifies the ID token with its nonce."""
    try:
        # The answer names who gave it (RFC 9207), so that no other provider's can be mistaken for it.
        if request.GET.get("iss") != settings.LIFEGUARD_ISSUER:
            raise OAuthError("wrong_issuer", "The answer did not come from the provider that was asked.")
        tokens = lifeguard.authorize_access_token(request)
    except (AuthlibBaseError, JoseError) as error:
        return HttpResponse(format_html('<p>{}</p><a href="/sign-in">Try again</a>', error), status=400)
    claims = tokens["userinfo"]
    # Know people by `sub`, which stays; an e-mail address changes, and may be given to somebody else.
    user, created = get_user_model().objects.update_or_create(
        username=claims["sub"], defaults={"email": claims.get("email", ""), "first_name": claims.get("name", "")[:150]}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    # Django gives the session a new key here, so that nobody who knew the one before is signed in by it.
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    # From now on, not from the last request on: what somebody does here does not make it longer.
    request.session.set_expiry(timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session.update({"org_id": claims["org_id"], "org_slug": claims["org_slug"], "id_token": tokens["id_token"]})
    return redirect("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, then at Lifeguard (OpenID Connect RP-Initiated Logout 1.0), which sends the browser back."""
    id_token = request.session.get("id_token")
    logout(request)
    if id_token is None:
        return redirect("home")
    # Without a state that is remembered: a browser that comes back has no session here, whoever sent it.
    return redirect(lifeguard.create_logout_url(f"{settings.APP_ORIGIN}/", id_token_hint=id_token)["url"])


def needs_scope(scope: str) -> Callable[..., Callable[..., HttpResponse]]:
    """Demand an access token with a scope, for the organization in the address; the view gets its claims."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, org_id: uuid.UUID) -> HttpResponse:
            header = request.headers.get("Authorization", "")
            try:
                token = access_tokens.verify(header, scope=scope, organization=str(org_id))
            except Refused as error:
                body = {"error": error.error, "error_description": error.description}
                return JsonResponse(body, status=error.status, headers={"WWW-Authenticate": error.challenge})
            return view(request, token)

        return guarded

    return decorate


@require_safe
@needs_scope("profile")
def me(_request: HttpRequest, token: dict[str, object]) -> JsonResponse:
    """Tell the caller who they are."""
    # Roles are of the application that asked for the token. Where several may call this API, judge them by `client_id`.
    return JsonResponse({"person": token["sub"], "organization": token["org_id"], "roles": token["roles"]})
