"""Groups and who is in them."""

from local.cognito.errors import ServiceError, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.store import AlreadyExists
from local.cognito.users import require_user, user_type

_SETTINGS = ("Description", "RoleArn", "Precedence")


@operation("CreateGroup")
def create_group(call: Call) -> Doc:
    """Make a group; repeating a name is GroupExistsException (B:CreateGroup)."""
    pool_id, params, now = str(call.pool()["Id"]), call.params, call.clock.now()
    require_room(call.store, "groups_per_pool", call.store.count("groups", pool_id=pool_id))
    group = {name: params[name] for name in ("GroupName", "UserPoolId", *_SETTINGS) if name in params}
    group |= {"CreationDate": now, "LastModifiedDate": now}
    try:
        call.store.insert("groups", group, pool_id=pool_id, name=str(group["GroupName"]))
    except AlreadyExists as error:
        raise ServiceError("GroupExistsException", "A group with the name already exists.") from error
    return {"Group": group}


def _existing(call: Call) -> Doc:
    pool_id, name = str(call.pool()["Id"]), str(call.params["GroupName"])
    found = call.store.get("groups", pool_id=pool_id, name=name)
    if found is None:
        raise not_found("Group not found.")
    return found


@operation("GetGroup")
def get_group(call: Call) -> Doc:
    """One group."""
    return {"Group": _existing(call)}


@operation("UpdateGroup")
def update_group(call: Call) -> Doc:
    """Update *any* of precedence, role and description: what is omitted stays (B:UpdateGroup)."""
    group = _existing(call)
    group.update({name: call.params[name] for name in _SETTINGS if name in call.params})
    group["LastModifiedDate"] = call.clock.now()
    call.store.update("groups", group, pool_id=group["UserPoolId"], name=group["GroupName"])
    return {"Group": group}


@operation("DeleteGroup")
def delete_group(call: Call) -> Doc:
    """Remove the group, and with it everybody's membership."""
    group = _existing(call)
    call.store.delete("groups", pool_id=group["UserPoolId"], name=group["GroupName"])
    return {}


@operation("ListGroups")
def list_groups(call: Call) -> Doc:
    """The pool's groups."""
    pool_id = str(call.pool()["Id"])

    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("groups", order="name", after=after, limit=limit, pool_id=pool_id)

    page = read_page(call, fetch, lambda group: str(group["GroupName"]), limit_name="Limit")
    return with_token({"Groups": page.items}, page)


@operation("AdminAddUserToGroup")
def admin_add_user_to_group(call: Call) -> Doc:
    """Add a member; repeatable (reference 2.4, unverified)."""
    group, user = _existing(call), require_user(call)
    keys = {"pool_id": group["UserPoolId"], "name": group["GroupName"], "sub": user.sub}
    if call.store.get("memberships", **keys) is None:
        require_room(call.store, "groups_per_user", call.store.count("memberships", sub=user.sub))
        call.store.insert("memberships", {"GroupName": group["GroupName"], "sub": user.sub}, **keys)
    return {}


@operation("AdminRemoveUserFromGroup")
def admin_remove_user_from_group(call: Call) -> Doc:
    """Remove a member; somebody who is not one is no error."""
    group, user = _existing(call), require_user(call)
    call.store.delete("memberships", pool_id=group["UserPoolId"], name=group["GroupName"], sub=user.sub)
    return {}


@operation("AdminListGroupsForUser")
def admin_list_groups_for_user(call: Call) -> Doc:
    """The groups a user is in."""
    user = require_user(call)

    def fetch(after: str | None, limit: int) -> list[Doc]:
        members = call.store.select("memberships", order="name", after=after, limit=limit, sub=user.sub)
        found = (call.store.get("groups", pool_id=user.pool_id, name=item["GroupName"]) for item in members)
        return [group for group in found if group is not None]

    page = read_page(call, fetch, lambda group: str(group["GroupName"]), limit_name="Limit")
    return with_token({"Groups": page.items}, page)


@operation("ListUsersInGroup")
def list_users_in_group(call: Call) -> Doc:
    """The members of a group; there is no filter (B:ListUsersInGroupRequest)."""
    group = _existing(call)
    keys = {"pool_id": group["UserPoolId"], "name": group["GroupName"]}

    def fetch(after: str | None, limit: int) -> list[Doc]:
        members = call.store.select("memberships", order="sub", after=after, limit=limit, **keys)
        found = (call.store.get("users", sub=item["sub"]) for item in members)
        return [user for user in found if user is not None]

    page = read_page(call, fetch, lambda user: str(user["sub"]), limit_name="Limit")
    return with_token({"Users": [user_type(user) for user in page.items]}, page)
