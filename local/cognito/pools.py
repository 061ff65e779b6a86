"""User pools: create, describe, update, delete, list, custom attributes."""

import secrets
import string

from local.cognito.errors import invalid
from local.cognito.import_jobs import require_no_import
from local.cognito.limits import require_room
from local.cognito.log_delivery import KIND as LOG_DELIVERY
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.pool_settings import (
    check_downgrade,
    check_settings,
    check_username_attributes,
    settings_with_defaults,
)
from local.cognito.schema_attributes import add_custom, pool_schema
from local.cognito.session_tracking import is_tracked

_ID_LETTERS = string.ascii_letters + string.digits
# Kept in the pool's document for GetUserPoolMfaConfig, not part of UserPoolType.
_NOT_DESCRIBED = ("SoftwareTokenMfaConfiguration", "EmailMfaConfiguration", "WebAuthnConfiguration")
# What an update of the pool leaves alone: identity, schema, MFA factors, and what can never change after creation
# (DG:cognito-user-pool-updating, DG:user-pool-settings-attributes).
_KEPT = (
    "Id",
    "Arn",
    "Name",
    "CreationDate",
    "SchemaAttributes",
    "AliasAttributes",
    "UsernameAttributes",
    "UsernameConfiguration",
    *_NOT_DESCRIBED,
)


@operation("CreateUserPool")
def create_user_pool(call: Call) -> Doc:
    """Make a pool; never idempotent, names are not unique."""
    params, region, now = call.params, call.signed_region(), call.clock.now()
    check_username_attributes(params)
    settings = settings_with_defaults(params)
    check_settings(settings)
    # CreateUserPool can set up only SMS as second factor (B:CreateUserPoolRequest).
    if settings["MfaConfiguration"] != "OFF" and "SmsConfiguration" not in settings:
        raise invalid("SMS configuration and Auto verification for phone_number are required when MFA is not OFF.")
    require_room(call.store, "user_pools", call.store.count("pools", account=call.account, region=region))
    pool_id = f"{region}_{''.join(secrets.choice(_ID_LETTERS) for _ in range(9))}"
    kept = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
    pool = {
        "Id": pool_id,
        "Name": params["PoolName"],
        "Arn": f"arn:aws:cognito-idp:{region}:{call.account}:userpool/{pool_id}",
        "CreationDate": now,
        "LastModifiedDate": now,
        "SchemaAttributes": pool_schema(params.get("Schema", [])),
        **{name: params[name] for name in kept if params.get(name)},
        **settings,
    }
    call.store.insert("pools", pool, id=pool_id, account=call.account, region=region)
    return {"UserPool": _described(call, pool)}


@operation("DescribeUserPool")
def describe_user_pool(call: Call) -> Doc:
    """The pool as it is."""
    return {"UserPool": _described(call, call.pool())}


def _described(call: Call, pool: Doc) -> Doc:
    described = {name: value for name, value in pool.items() if name not in _NOT_DESCRIBED}
    for domain in call.store.select("domains", pool_id=str(pool["Id"])):
        described["CustomDomain" if "CustomDomainConfig" in domain else "Domain"] = domain["Domain"]
    described["EstimatedNumberOfUsers"] = call.store.count("users", pool_id=str(pool["Id"]))
    return described


@operation("UpdateUserPool")
def update_user_pool(call: Call) -> Doc:
    """Replace the pool's settings: what the request omits is reset to its default (B:UpdateUserPoolRequest)."""
    pool, params = call.pool(), call.params
    require_no_import(call, pool)
    settings = settings_with_defaults(params)
    # SMS, once configured, cannot be unconfigured (DG:cognito-user-pool-updating).
    if "SmsConfiguration" not in settings and "SmsConfiguration" in pool:
        settings["SmsConfiguration"] = pool["SmsConfiguration"]
    check_settings(settings)
    _check_downgrade(call, pool, settings)
    token_enabled = pool.get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False)
    email_enabled = "EmailMfaConfiguration" in pool
    if settings["MfaConfiguration"] != "OFF" and not (token_enabled or email_enabled or "SmsConfiguration" in settings):
        raise invalid("MFA cannot be turned on: no second factor is configured.")
    updated = {name: pool[name] for name in _KEPT if name in pool} | settings
    # Pool names can change (DG:cognito-user-pool-updating); an omitted name is the one thing that stays.
    updated["Name"] = params.get("PoolName", pool["Name"])
    updated["LastModifiedDate"] = call.clock.now()
    call.store.update("pools", updated, id=str(pool["Id"]))
    return {}


def _check_downgrade(call: Call, pool: Doc, settings: Doc) -> None:
    pool_id = str(pool["Id"])
    logs = call.store.get("pool_settings", pool_id=pool_id, kind=LOG_DELIVERY) or {"LogConfigurations": []}
    exports = any(entry["EventSource"] == "userAuthEvents" for entry in logs["LogConfigurations"])
    domains = call.store.select("domains", pool_id=pool_id)
    managed = any(domain["ManagedLoginVersion"] == 2 for domain in domains)
    managed = managed or call.store.count("brandings", pool_id=pool_id) > 0
    tracked = is_tracked(call.store, pool_id)
    check_downgrade(pool, settings, exports_activity=exports, has_managed_login=managed, tracks_sessions=tracked)


@operation("DeleteUserPool")
def delete_user_pool(call: Call) -> Doc:
    """Remove the pool and all in it; protection first, then the domain (B:DeleteUserPool)."""
    pool = call.pool()
    require_no_import(call, pool)
    if pool["DeletionProtection"] == "ACTIVE":
        raise invalid(
            "The user pool cannot be deleted because deletion protection is activated. "
            "Deletion protection must be inactivated first."
        )
    if call.store.count("domains", pool_id=str(pool["Id"])):
        raise invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.")
    call.store.delete("pools", id=str(pool["Id"]))
    return {}


@operation("ListUserPools")
def list_user_pools(call: Call) -> Doc:
    """The account's pools in this Region."""

    def fetch(after: str | None, limit: int) -> list[Doc]:
        region = call.signed_region()
        return call.store.select("pools", order="id", after=after, limit=limit, account=call.account, region=region)

    page = read_page(call, fetch, lambda pool: str(pool["Id"]), limit_name="MaxResults")
    shown = ("Id", "Name", "LambdaConfig", "LastModifiedDate", "CreationDate")
    return with_token({"UserPools": [{name: pool[name] for name in shown} for pool in page.items]}, page)


@operation("AddCustomAttributes")
def add_custom_attributes(call: Call) -> Doc:
    """Add to the schema; repeating a name is refused, removal does not exist (B:AddCustomAttributes)."""
    pool = call.pool()
    require_no_import(call, pool)
    pool["SchemaAttributes"] = add_custom(pool["SchemaAttributes"], call.params["CustomAttributes"])
    pool["LastModifiedDate"] = call.clock.now()
    call.store.update("pools", pool, id=str(pool["Id"]))
    return {}
