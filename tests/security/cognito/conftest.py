"""Tenants, users and browsers on the local Cognito, as the sign-in tests have them."""

from tests.federation.conftest import acme, ann, application, assigned, browser, make_tenant, make_user

__all__ = ["acme", "ann", "application", "assigned", "browser", "make_tenant", "make_user"]
