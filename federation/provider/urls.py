"""The provider's addresses. Their names are those of the metadata's members."""

from django.urls import URLPattern, path

from federation.provider.authorize import authorize
from federation.provider.leaving import signed_out
from federation.provider.logout import confirm_logout, logout
from federation.provider.pushing import push
from federation.provider.views import device_authorization, discovery, introspect, jwks, revoke, token, userinfo
from federation.signin.views.device import confirm_device, device

urlpatterns: list[URLPattern] = [
    path(".well-known/openid-configuration", discovery, name="openid-configuration"),
    # RFC 8414 section 5: the same document serves a client that knows only OAuth.
    path(".well-known/oauth-authorization-server", discovery, name="oauth-authorization-server"),
    path("oauth2/jwks", jwks, name="oauth2-jwks"),
    path("oauth2/authorize", authorize, name="oauth2-authorize"),
    path("oauth2/par", push, name="oauth2-par"),
    path("oauth2/device_authorization", device_authorization, name="oauth2-device-authorization"),
    path("oauth2/token", token, name="oauth2-token"),
    path("oauth2/userinfo", userinfo, name="oauth2-userinfo"),
    path("oauth2/revoke", revoke, name="oauth2-revoke"),
    path("oauth2/introspect", introspect, name="oauth2-introspect"),
    path("oauth2/logout", logout, name="oauth2-logout"),
    path("oauth2/logout/confirm", confirm_logout, name="oauth2-logout-confirm"),
    path("device", device, name="device"),
    path("device/confirm", confirm_device, name="device-confirm"),
    # `federation.sync.wishes.SIGNED_OUT_PATH`; Cognito's app clients have it.
    path("federation/signed-out", signed_out, name="federation-signed-out"),
]
