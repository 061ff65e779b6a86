"""What users do with their own access token."""

from local.cognito import lockout, passwords
from local.cognito.admin_users import mfa_members
from local.cognito.clients import find_client
from local.cognito.errors import not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.token_families import revoke_user
from local.cognito.token_holder import token_holder
from local.cognito.tokens import readable_names
from local.cognito.users import attribute_list, save_user


@operation("GetUser")
def get_user(call: Call) -> Doc:
    """The user's own attributes, as far as the client may read them."""
    _, claims, user = token_holder(call)
    names = readable_names(find_client(call.store, str(claims["client_id"])))
    attributes = attribute_list(user, [*names, "identities"])
    return {"Username": user.username, "UserAttributes": attributes, **mfa_members(user)}


@operation("GlobalSignOut")
def global_sign_out(call: Call) -> Doc:
    """Revoke all of the user's own tokens."""
    _, _, user = token_holder(call)
    revoke_user(call.store, user.sub)
    return {}


@operation("ChangePassword")
def change_password(call: Call) -> Doc:
    """Set a new password with the old one; wrong ones count towards the lock."""
    pool, _, user = token_holder(call)
    previous = call.params.get("PreviousPassword")
    lockout.refuse_if_locked(call, user.pool_id, user.username)
    if user.credential is not None and not passwords.matches(user, user.credential, str(previous or "")):
        lockout.count_failure(call, user.pool_id, user.username)
        raise not_authorized("Incorrect username or password.", keep_changes=True)
    lockout.clear_failures(call, user.pool_id, user.username)
    passwords.set_password(pool, user, str(call.params["ProposedPassword"]))
    save_user(call, user)
    return {}
