"""The addresses about single sign-on under /api/v1/; `config.urls.dashboard` joins them with the others."""

from django.urls import URLPattern, path

from federation.api import connection_tests, domains, parts, views, ways_in
from federation.api.auth_events import SignInFigures, SignIns
from federation.api.recovery_codes import UserRecoveryCodes
from federation.api.sign_ins import ConnectionSignIns
from federation.api.switches import ConnectionSwitches
from federation.api.user_sessions import UserSession, UserSessions

_ONE = "connections/<uuid:connection_id>"
_TEST = f"{_ONE}/tests/<uuid:test_id>"
_DOMAIN = "domains/<uuid:domain_id>"

urlpatterns: list[URLPattern] = [
    path("sign-ins", SignIns.as_view(), name="sign-ins"),
    path("sign-ins/figures", SignInFigures.as_view(), name="sign-in-figures"),
    path("connections", views.Connections.as_view(), name="connections"),
    path(_ONE, views.Connection.as_view(), name="connection"),
    path(f"{_ONE}/metadata", parts.ConnectionMetadata.as_view(), name="connection-metadata"),
    path(f"{_ONE}/openid", parts.ConnectionOpenId.as_view(), name="connection-openid"),
    path(f"{_ONE}/social", parts.ConnectionSocial.as_view(), name="connection-social"),
    path(f"{_ONE}/people", parts.ConnectionPeople.as_view(), name="connection-people"),
    path(f"{_ONE}/switches", ConnectionSwitches.as_view(), name="connection-switches"),
    path(f"{_ONE}/versions", views.ConnectionVersions.as_view(), name="connection-versions"),
    path(f"{_ONE}/tests", connection_tests.ConnectionTests.as_view(), name="connection-tests"),
    path(_TEST, connection_tests.ConnectionTestRun.as_view(), name="connection-test"),
    path(f"{_TEST}/cancel", connection_tests.ConnectionTestCancel.as_view(), name="connection-test-cancel"),
    path(f"{_ONE}/sign-ins", ConnectionSignIns.as_view(), name="connection-sign-ins"),
    path(f"{_ONE}/activate", views.ConnectionActivate.as_view(), name="connection-activate"),
    path(f"{_ONE}/disable", views.ConnectionDisable.as_view(), name="connection-disable"),
    path(f"{_ONE}/enable", views.ConnectionEnable.as_view(), name="connection-enable"),
    path("domains", domains.Domains.as_view(), name="domains"),
    path("domains/lead", domains.DomainLead.as_view(), name="domains-lead"),
    path(_DOMAIN, domains.Domain.as_view(), name="domain"),
    path(f"{_DOMAIN}/check", domains.DomainCheck.as_view(), name="domain-check"),
    path(f"{_DOMAIN}/default", domains.DomainDefault.as_view(), name="domain-default"),
    path(f"{_DOMAIN}/rules", domains.DomainRules.as_view(), name="domain-rules"),
    path(f"{_DOMAIN}/rules/<uuid:rule_id>", domains.DomainRule.as_view(), name="domain-rule"),
    path("users/<uuid:user_id>/sessions", UserSessions.as_view(), name="user-sessions"),
    path("users/<uuid:user_id>/sessions/<uuid:session_id>", UserSession.as_view(), name="user-session"),
    path("users/<uuid:user_id>/recovery-codes", UserRecoveryCodes.as_view(), name="user-recovery-codes"),
    path("users/<uuid:user_id>/connections", ways_in.UserConnections.as_view(), name="user-connections"),
    path(f"users/<uuid:user_id>/{_ONE}/disconnect", ways_in.UserDisconnect.as_view(), name="user-disconnect"),
    path(f"users/<uuid:user_id>/{_ONE}/allow", ways_in.UserAllowAgain.as_view(), name="user-allow-again"),
]
