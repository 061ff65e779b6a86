"""What an administrator does to a user."""

import uuid
from dataclasses import asdict

from local.cognito.attributes import apply_attributes, checked_attributes, claim_aliases
from local.cognito.custom_message import custom_words
from local.cognito.errors import ServiceError, invalid
from local.cognito.messages import invitation
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.passwords import generate_temporary, set_password, set_temporary_password
from local.cognito.recovery import require_reset_address, send_reset_code
from local.cognito.signin_functions import NO_CLIENT, pre_sign_up
from local.cognito.store import AlreadyExists
from local.cognito.token_families import revoke_user
from local.cognito.users import User, attribute_list, fold, require_user, save_user, user_type


@operation("AdminCreateUser")
def admin_create_user(call: Call) -> Doc:
    """Create and invite a user, or invite again with RESEND; a repeat is UsernameExistsException (reference 2.4)."""
    pool, params = call.pool(), call.params
    if params.get("MessageAction") == "RESEND":
        user = require_user(call)
        if user.status != "FORCE_CHANGE_PASSWORD":
            raise ServiceError("UnsupportedUserStateException", "Resend not possible. The user is already confirmed.")
    else:
        user = _made(call, pool)
    password = str(params.get("TemporaryPassword") or generate_temporary(pool))
    set_temporary_password(pool, user, password, call.clock.now())
    save_user(call, user)
    if params.get("MessageAction") != "SUPPRESS":
        _invite(call, pool, user, password)
    return {"User": user_type(asdict(user))}


def _made(call: Call, pool: Doc) -> User:
    user = new_user(call, pool, checked_attributes(pool, call.params.get("UserAttributes", []), None))
    pre_sign_up(call, pool, NO_CLIENT, user, "AdminCreateUser")
    store_new_user(call, pool, user)
    return user


def new_user(call: Call, pool: Doc, attributes: dict[str, str]) -> User:
    """A user of the request's Username and of attributes that were checked, not stored yet."""
    now, sub = call.clock.now(), str(uuid.uuid4())
    given = str(call.params["Username"])
    _check_username(pool, given)
    username = fold(pool, given)
    if pool.get("UsernameAttributes"):
        # The name that was given becomes the address, the username is generated (DG:user-pool-settings-attributes).
        attributes.setdefault("email" if "@" in given else "phone_number", given)
        username = sub
    user = User(sub, str(pool["Id"]), username, {"sub": sub}, now, now, "FORCE_CHANGE_PASSWORD")
    apply_attributes(user, attributes)
    # A new user's address is unverified unless the request says otherwise, and then says nothing of it.
    for name in ("email_verified", "phone_number_verified"):
        if name not in attributes:
            user.attributes.pop(name, None)
    return user


def store_new_user(call: Call, pool: Doc, user: User) -> None:
    """Store a user, or UsernameExistsException."""
    try:
        call.store.insert("users", asdict(user), sub=user.sub, pool_id=user.pool_id, username_key=user.username)
    except AlreadyExists as error:
        raise ServiceError("UsernameExistsException", "User account already exists") from error
    _claim_new(call, pool, user)


def _claim_new(call: Call, pool: Doc, user: User) -> None:
    try:
        claim_aliases(call, pool, user, force=bool(call.params.get("ForceAliasCreation", False)))
    except ServiceError as error:
        if pool.get("UsernameAttributes"):
            raise ServiceError("UsernameExistsException", error.message) from error
        raise


def _check_username(pool: Doc, name: str) -> None:
    kinds = pool.get("UsernameAttributes", [])
    if kinds and not (("email" in kinds and "@" in name) or ("phone_number" in kinds and name.startswith("+"))):
        raise invalid(f"Username should be an {' or a '.join(kinds)}.")
    # A username in the shape of an alias would be ambiguous (DG:user-pool-settings-attributes).
    if "email" in pool.get("AliasAttributes", []) and "@" in name:
        raise invalid("Username cannot be of email format, since user pool is configured for email alias.")
    if "phone_number" in pool.get("AliasAttributes", []) and name.startswith("+"):
        raise invalid("Username cannot be of phone number format, since user pool is configured for phone alias.")


def _invite(call: Call, pool: Doc, user: User, password: str) -> None:
    # The delivery medium defaults to SMS (B:AdminCreateUserRequest).
    mediums = call.params.get("DesiredDeliveryMediums", ["SMS"])
    if "SMS" in mediums and user.attributes.get("phone_number"):
        raise ServiceError("CodeDeliveryFailureException", "This local Cognito sends no SMS.")
    if "EMAIL" in mediums:
        if not user.attributes.get("email"):
            raise invalid("The user has no email attribute to send the invitation to.")
        words = custom_words(call, pool, user, NO_CLIENT, "AdminCreateUser")
        letter = invitation(pool, user, password, words)
        if letter is not None:
            call.outbox.append(letter)


@operation("AdminGetUser")
def admin_get_user(call: Call) -> Doc:
    """One user with attributes and MFA settings."""
    user = require_user(call)
    return {
        "Username": user.username,
        "UserAttributes": attribute_list(user),
        "UserCreateDate": user.created,
        "UserLastModifiedDate": user.modified,
        "Enabled": user.enabled,
        "UserStatus": user.status,
        **mfa_members(user),
    }


def mfa_members(user: User) -> Doc:
    """PreferredMfaSetting and UserMFASettingList, absent where there is nothing (B:AdminGetUserResponse)."""
    members: Doc = {}
    if user.preferred_mfa is not None:
        members["PreferredMfaSetting"] = user.preferred_mfa
    if user.mfa:
        members["UserMFASettingList"] = user.mfa
    return members


@operation("AdminUpdateUserAttributes")
def admin_update_user_attributes(call: Call) -> Doc:
    """Change attributes; a verified address that somebody else holds as alias is AliasExistsException."""
    pool, user = call.pool(), require_user(call)
    apply_attributes(user, checked_attributes(pool, call.params["UserAttributes"], user))
    save_user(call, user)
    claim_aliases(call, pool, user, force=False)
    return {}


@operation("AdminDeleteUserAttributes")
def admin_delete_user_attributes(call: Call) -> Doc:
    """Remove attribute values; required and immutable attributes stay."""
    pool, user = call.pool(), require_user(call)
    schema = {str(attribute["Name"]): attribute for attribute in pool["SchemaAttributes"]}
    for name in call.params["UserAttributeNames"]:
        if name not in schema:
            raise invalid(f"user.{name}: Attribute does not exist in the schema.")
        if schema[name]["Required"] or not schema[name]["Mutable"]:
            raise invalid(f"user.{name}: Attribute cannot be deleted.")
        user.attributes.pop(name, None)
        if name in ("email", "phone_number"):
            user.attributes.pop(f"{name}_verified", None)
    save_user(call, user)
    claim_aliases(call, pool, user, force=False)
    return {}


@operation("AdminDeleteUser")
def admin_delete_user(call: Call) -> Doc:
    """Remove the user; tokens die with it."""
    user = require_user(call)
    call.store.delete("users", sub=user.sub)
    return {}


@operation("AdminDisableUser")
def admin_disable_user(call: Call) -> Doc:
    """Block sign-in and revoke all tokens (B:AdminDisableUser)."""
    user = require_user(call)
    user.enabled = False
    save_user(call, user)
    revoke_user(call.store, user.sub)
    return {}


@operation("AdminEnableUser")
def admin_enable_user(call: Call) -> Doc:
    """Allow sign-in again; revoked tokens stay revoked."""
    user = require_user(call)
    user.enabled = True
    save_user(call, user)
    return {}


@operation("AdminSetUserPassword")
def admin_set_user_password(call: Call) -> Doc:
    """Set a lasting password (CONFIRMED) or a temporary one (FORCE_CHANGE_PASSWORD).

    Also turns a federated user into one who can sign in here (DG:cognito-user-pools-identity-federation).
    """
    pool, user, password = call.pool(), require_user(call), str(call.params["Password"])
    if call.params.get("Permanent", False):
        set_password(pool, user, password)
    else:
        set_temporary_password(pool, user, password, call.clock.now())
    save_user(call, user)
    return {}


@operation("AdminResetUserPassword")
def admin_reset_user_password(call: Call) -> Doc:
    """Make the password useless and send a code for a new one (B:AdminResetUserPassword)."""
    pool, user = call.pool(), require_user(call)
    require_reset_address(user)
    user.credential = None
    user.status = "RESET_REQUIRED"
    send_reset_code(call, pool, user, NO_CLIENT)
    save_user(call, user)
    return {}


@operation("AdminUserGlobalSignOut")
def admin_user_global_sign_out(call: Call) -> Doc:
    """Revoke every token of the user; offline validation still passes until ``exp`` (DG:token-revocation)."""
    revoke_user(call.store, require_user(call).sub)
    return {}
