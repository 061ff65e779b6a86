"""Every address of the dashboard names the permission that it takes, or is on a list that says why not."""

from tests.support.url_map import routes, routes_of

# Addresses without a guard of ours, by name or by the beginning of it, and why.
UNGUARDED = {
    "home": "sends everybody to their own place",
    "api:": "named per method and checked by the permission class; tests/identity/api walks them",
    "cognito-events": "AWS accounts send here, and sign what they send; tests/identity/pull/test_events.py",
    "cognito-messages": "their functions ask here, signed likewise; tests/identity/messages/test_endpoint.py",
    "healthz": "asked by load balancers; says nothing",
    "readyz": "asked by load balancers; says nothing about tenants",
    "account_": "allauth's own pages about the account that is signed in",
    "mfa_": "allauth's own pages about the account that is signed in",
    "tenant-sign-in": "where a tenant's users begin to sign in",
    "lifeguard_callback": "where they come back from sign-in",
}


def test_every_address_is_guarded_or_listed() -> None:
    unguarded = [route.name for route in routes() if route.permission is None]
    unlisted = [name for name in unguarded if not any(name.startswith(listed) for listed in UNGUARDED)]
    assert not unlisted, f"Decorate these views with fleet_view or tenant_view: {unlisted}"


def test_the_list_is_not_stale() -> None:
    unguarded = [route.name for route in routes() if route.permission is None]
    stale = [listed for listed in UNGUARDED if not any(name.startswith(listed) for name in unguarded)]
    assert not stale, f"Nothing unguarded begins like this any more: {stale}"


def test_tenant_addresses_get_their_tenant_from_the_guard() -> None:
    assert [route.name for route in routes_of("tenant") if not route.is_tenant_view] == []
    assert [route.name for route in routes_of("fleet") if route.is_tenant_view] == []


def test_the_map_was_walked() -> None:
    assert len(routes_of("fleet")) > 20
    assert len(routes_of("tenant")) > 20
