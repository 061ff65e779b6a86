"""Pools, domains, app clients and users on a running Cognito."""

import dataclasses
import secrets
from collections.abc import Callable

import pytest

from identity.cognito import app_clients, domains, errors, pools, users
from identity.cognito.calls import Priority
from identity.cognito.client_spec import AppClientSpec, client_settings
from identity.cognito.domains import LoginPages
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.cognito.merge import merge_client_update, merge_pool_update
from identity.cognito.pool_spec import MfaMode, MfaSpec, PasswordPolicy, PoolSpec, mfa_settings, pool_settings
from identity.cognito.users import UserStatus
from tests.support import by_hand
from tests.support.cognito import LocalCognito

CONFIG = Priority.CONFIGURATION
PASSWORD = "Correct-horse-7"


def names_of(endpoint: CellEndpoint) -> list[str]:
    return [pool.name for pool in pools.list_pools(endpoint, priority=CONFIG)]


def test_the_life_of_a_pool(cell: CellEndpoint) -> None:
    spec = PoolSpec("lg-life", email_alias=True, tags={"lifeguard:pool": "life"})
    created = pools.create_pool(cell, spec, priority=CONFIG)
    pool = PoolRef(cell, created.pool_id)
    assert created.deletion_protection is True
    assert "lg-life" in names_of(cell)
    assert created.tags == {"lifeguard:pool": "life"}

    weaker = dataclasses.replace(spec, deletion_protection=False, password_policy=PasswordPolicy(minimum_length=16))
    before = pools.describe_pool(pool, priority=CONFIG)
    pools.update_pool(pool, merge_pool_update(before.document, pool_settings(weaker)), priority=CONFIG)
    after = pools.describe_pool(pool, priority=CONFIG)
    assert after.document["Policies"]["PasswordPolicy"]["MinimumLength"] == 16
    assert after.document["AliasAttributes"] == ["email"]
    assert after.tags == {"lifeguard:pool": "life"}

    by_hand.delete_pool(pool)
    assert "lg-life" not in names_of(cell)
    with pytest.raises(errors.NotFound):
        pools.describe_pool(pool, priority=CONFIG)


def test_a_listing_longer_than_a_page_is_complete(cell: CellEndpoint) -> None:
    wanted = {f"lg-many-{number}" for number in range(65)}
    for name in wanted:
        pools.create_pool(cell, PoolSpec(name, email_alias=False), priority=CONFIG)
    assert wanted <= set(names_of(cell))


def test_a_pool_keeps_what_an_update_does_not_mention(pool_ref: PoolRef) -> None:
    before = pools.describe_pool(pool_ref, priority=CONFIG)
    pools.update_pool(pool_ref, merge_pool_update(before.document, {"UserPoolTier": "LITE"}), priority=CONFIG)
    after = pools.describe_pool(pool_ref, priority=CONFIG)
    unchanged = {name: value for name, value in before.document.items() if name != "LastModifiedDate"}
    assert {name: after.document[name] for name in unchanged} == {**unchanged, "UserPoolTier": "LITE"}
    assert pools.get_mfa_config(pool_ref, priority=CONFIG).mode is MfaMode.OPTIONAL


def test_mfa(pool_ref: PoolRef) -> None:
    pools.set_mfa_config(pool_ref, mfa_settings(MfaSpec(MfaMode.REQUIRED)), priority=CONFIG)
    config = pools.get_mfa_config(pool_ref, priority=CONFIG)
    assert (config.mode, config.totp) == (MfaMode.REQUIRED, True)
    pools.set_mfa_config(pool_ref, mfa_settings(MfaSpec(MfaMode.OFF, totp=False)), priority=CONFIG)
    assert pools.get_mfa_config(pool_ref, priority=CONFIG).totp is False


def test_the_life_of_a_domain(pool_ref: PoolRef) -> None:
    cell, name = pool_ref.endpoint, f"lg-{secrets.token_hex(6)}"
    assert domains.describe_domain(cell, name, priority=CONFIG) is None
    domains.create_domain(pool_ref, name, login_pages=LoginPages.CLASSIC, priority=CONFIG)
    described = domains.describe_domain(cell, name, priority=CONFIG)
    assert described is not None
    assert (described.pool_id, described.login_pages) == (pool_ref.pool_id, LoginPages.CLASSIC)
    assert pools.describe_pool(pool_ref, priority=CONFIG).domain == name

    with pytest.raises(errors.InvalidRequest):
        domains.create_domain(pool_ref, name, login_pages=LoginPages.CLASSIC, priority=CONFIG)
    by_hand.delete_domain(pool_ref, name)
    assert domains.describe_domain(cell, name, priority=CONFIG) is None


def test_the_life_of_an_app_client(pool_ref: PoolRef) -> None:
    spec = AppClientSpec("key-web", callback_urls=("https://a.example/cb",), oauth_flows=("code",))
    spec = dataclasses.replace(spec, oauth_scopes=("openid", "email"))
    created = app_clients.create_client(pool_ref, spec, priority=CONFIG)
    assert created.secret is not None
    listed = list(app_clients.list_clients(pool_ref, priority=CONFIG))
    assert [(client.client_id, client.name) for client in listed] == [(created.client_id, "key-web")]

    changed = dataclasses.replace(spec, callback_urls=("https://b.example/cb",))
    request = merge_client_update(created.document, client_settings(changed))
    updated = app_clients.update_client(pool_ref, request, priority=CONFIG)
    assert updated.document["CallbackURLs"] == ["https://b.example/cb"]
    again = app_clients.describe_client(pool_ref, created.client_id, priority=CONFIG)
    assert again.secret == created.secret
    assert again.document["PreventUserExistenceErrors"] == "ENABLED"
    assert sorted(again.document["ReadAttributes"]) == ["email", "email_verified", "name"]

    by_hand.delete_client(pool_ref, created.client_id)
    with pytest.raises(errors.NotFound):
        app_clients.describe_client(pool_ref, created.client_id, priority=CONFIG)


def create(pool: PoolRef, username: str, email: str = "ann@acme.example") -> users.CognitoUser:
    return users.create_user(pool, username, {"email": email, "email_verified": "true"}, priority=CONFIG)


def test_the_life_of_a_user(pool_ref: PoolRef) -> None:
    created = create(pool_ref, "key.u1")
    assert (created.status, created.enabled) == (UserStatus.FORCE_CHANGE_PASSWORD, True)
    assert created.subject
    with pytest.raises(errors.AlreadyExists):
        create(pool_ref, "KEY.U1")

    users.set_password(pool_ref, "key.u1", PASSWORD, permanent=True, priority=CONFIG)
    users.update_attributes(pool_ref, "key.u1", {"name": "Ann"}, priority=CONFIG)
    users.disable_user(pool_ref, "key.u1", priority=CONFIG)
    found = users.get_user(pool_ref, "key.u1", priority=CONFIG)
    assert (found.status, found.enabled, found.attributes["name"]) == (UserStatus.CONFIRMED, False, "Ann")
    assert (found.subject, found.email, found.factors) == (created.subject, "ann@acme.example", ())
    users.enable_user(pool_ref, "key.u1", priority=CONFIG)
    users.global_sign_out(pool_ref, "key.u1", priority=CONFIG)
    looked_up = users.find_user(pool_ref, "key.u1", priority=CONFIG)
    assert looked_up is not None
    assert looked_up.enabled is True

    users.delete_user(pool_ref, "key.u1", priority=CONFIG)
    assert users.find_user(pool_ref, "key.u1", priority=CONFIG) is None
    with pytest.raises(errors.UserNotFound):
        users.get_user(pool_ref, "key.u1", priority=CONFIG)


def test_a_weak_password_is_refused(pool_ref: PoolRef) -> None:
    create(pool_ref, "key.u1")
    with pytest.raises(errors.PasswordPolicyViolation):
        users.set_password(pool_ref, "key.u1", "short", permanent=True, priority=CONFIG)


def test_an_alias_belongs_to_one_user(make_pool: Callable[..., PoolRef]) -> None:
    pool = make_pool(email_alias=True)
    create(pool, "key.u1")
    with pytest.raises(errors.AlreadyExists):
        create(pool, "key.u2")


def test_resetting_totp_of_a_user_who_never_had_one(pool_ref: PoolRef) -> None:
    create(pool_ref, "key.u1")
    users.reset_factors(pool_ref, "key.u1", priority=CONFIG)
    assert users.get_user(pool_ref, "key.u1", priority=CONFIG).factors == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("throttle", errors.Throttled),
        ("error_500", errors.AmbiguousOutcome),
        ("timeout_after", errors.AmbiguousOutcome),
    ],
)
def test_a_write_that_fails_is_called_once(
    kind: str, expected: type[errors.CognitoError], pool_ref: PoolRef, control: LocalCognito
) -> None:
    create(pool_ref, "key.u1")
    control.fault("AdminDisableUser", kind, pool_id=pool_ref.pool_id)
    with pytest.raises(expected):
        users.disable_user(pool_ref, "key.u1", priority=CONFIG)
    calls = [
        call for call in control.calls() if call.operation == "AdminDisableUser" and call.pool_id == pool_ref.pool_id
    ]
    assert len(calls) == 1


def test_an_answer_that_takes_too_long_leaves_the_outcome_open(pool_ref: PoolRef, control: LocalCognito) -> None:
    create(pool_ref, "key.u1")
    control.fault("AdminDisableUser", "hold_after", pool_id=pool_ref.pool_id)
    with pytest.raises(errors.AmbiguousOutcome) as raised:
        users.disable_user(pool_ref, "key.u1", priority=CONFIG)
    assert raised.value.code == "ReadTimeoutError"
    assert users.get_user(pool_ref, "key.u1", priority=CONFIG).enabled is False
