"""Local users of user pools, as an administrator sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call
from identity.cognito.listing import pages

# The most that ListUsers gives (botocore's service model).
_PAGE = 60
_CODE_SETTINGS = {"EMAIL_OTP": "EmailMfaSettings", "SMS_MFA": "SMSMfaSettings"}


class UserStatus(StrEnum):
    """Where a user stands in Cognito."""

    UNCONFIRMED = "UNCONFIRMED"
    CONFIRMED = "CONFIRMED"
    ARCHIVED = "ARCHIVED"
    COMPROMISED = "COMPROMISED"
    UNKNOWN = "UNKNOWN"
    RESET_REQUIRED = "RESET_REQUIRED"
    FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"  # noqa: S105 -- a status, not a password.
    EXTERNAL_PROVIDER = "EXTERNAL_PROVIDER"


@dataclass(frozen=True, slots=True)
class CognitoUser:
    """A user of a pool. ``factors`` is ``None`` in listings, which do not say."""

    username: str
    subject: str
    status: UserStatus
    enabled: bool
    attributes: Mapping[str, str]
    factors: tuple[str, ...] | None
    modified_at: datetime | None = None
    created_at: datetime | None = None

    @property
    def email(self) -> str:
        """The e-mail address, empty when there is none."""
        return self.attributes.get("email", "")


@dataclass(frozen=True, slots=True)
class UserPage:
    """One page of a listing. ``token`` asks for the next one; ``None`` ends the listing."""

    users: tuple[CognitoUser, ...]
    token: str | None


def create_user(
    pool: PoolRef,
    username: str,
    attributes: Mapping[str, str],
    *,
    priority: Priority,
) -> CognitoUser:
    """Create a user without sending anything: Lifeguard writes to people itself. Bills the user for the month.

    The user is in ``FORCE_CHANGE_PASSWORD``, with a password that Cognito made up and nobody knows.

    Raises:
        AlreadyExists: the username is taken, or the verified e-mail address in a pool with that alias.
    """
    request = {**_of(pool, username), "UserAttributes": _attribute_list(attributes), "MessageAction": "SUPPRESS"}
    return _user(call(pool.endpoint, "AdminCreateUser", request, priority=priority)["User"])


def set_password(pool: PoolRef, username: str, password: str, *, permanent: bool, priority: Priority) -> None:
    """Set a password: a permanent one confirms the user, a temporary one must be replaced at the next sign-in.

    Raises:
        PasswordPolicyViolation: the password breaks the pool's policy.
        UserNotFound: there is no such user.
    """
    request = {
        "UserPoolId": pool.pool_id,
        "Username": username,
        "Password": password,
        "Permanent": permanent,
    }
    call(pool.endpoint, "AdminSetUserPassword", request, priority=priority)


def get_user(pool: PoolRef, username: str, *, priority: Priority) -> CognitoUser:
    """Read one user, with the factors set up. Bills the user for the month; ``find_user`` does not.

    Raises:
        UserNotFound: there is no such user.
    """
    answer = call(pool.endpoint, "AdminGetUser", _of(pool, username), priority=priority)
    return _user(
        {**answer, "Attributes": answer.get("UserAttributes", [])}, tuple(answer.get("UserMFASettingList", ()))
    )


def find_user(pool: PoolRef, username: str, *, priority: Priority) -> CognitoUser | None:
    """Look one user up without billing; eventually consistent, so a user created just now may be missing."""
    for user in _matching(pool, "username", username, priority):
        if user.username.casefold() == username.casefold():
            return user
    return None


def find_subject(pool: PoolRef, subject: str, *, priority: Priority) -> CognitoUser | None:
    """Look one user up by their ``sub``, as ``find_user`` does by name."""
    return next((user for user in _matching(pool, "sub", subject, priority) if user.subject == subject), None)


def list_page(pool: PoolRef, token: str | None, *, priority: Priority) -> UserPage:
    """List up to 60 users of a pool, which bills nobody.

    A page may be short or empty while more follow, and a user who changes meanwhile may be on two pages or on none
    (ListUsers in botocore's service model: eventually consistent).

    Arguments:
        token: from the page before; ``None`` begins.

    Raises:
        InvalidRequest: Cognito takes the token no more.
    """
    request: dict[str, Any] = {"UserPoolId": pool.pool_id, "Limit": _PAGE}
    if token is not None:
        request["PaginationToken"] = token
    page = call(pool.endpoint, "ListUsers", request, priority=priority)
    return UserPage(tuple(map(_user, page["Users"])), page.get("PaginationToken") or None)


def list_by_prefix(pool: PoolRef, prefix: str, *, priority: Priority) -> Iterator[CognitoUser]:
    """List the users whose username begins with ``prefix``, 60 a call; bills nothing, and is eventually consistent."""
    request = {"UserPoolId": pool.pool_id, "Limit": 60, "Filter": f'username ^= "{_quoted(prefix)}"'}
    for page in pages(pool.endpoint, "ListUsers", request, carried_by="PaginationToken", priority=priority):
        yield from map(_user, page["Users"])


def update_attributes(pool: PoolRef, username: str, attributes: Mapping[str, str], *, priority: Priority) -> None:
    """Set some attributes; others stay. An e-mail address is unverified unless ``email_verified`` is sent with it.

    Raises:
        AlreadyExists: another user has this verified e-mail address as an alias.
        UserNotFound: there is no such user.
    """
    request = {**_of(pool, username), "UserAttributes": _attribute_list(attributes)}
    call(pool.endpoint, "AdminUpdateUserAttributes", request, priority=priority)


def enable_user(pool: PoolRef, username: str, *, priority: Priority) -> None:
    """Let a disabled user sign in again; repeatable."""
    call(pool.endpoint, "AdminEnableUser", _of(pool, username), priority=priority)


def disable_user(pool: PoolRef, username: str, *, priority: Priority) -> None:
    """Stop a user from signing in, and revoke all tokens; repeatable."""
    call(pool.endpoint, "AdminDisableUser", _of(pool, username), priority=priority)


def delete_user(pool: PoolRef, username: str, *, priority: Priority) -> None:
    """Delete a user for good.

    Raises:
        UserNotFound: there is no such user.
    """
    call(pool.endpoint, "AdminDeleteUser", _of(pool, username), priority=priority)


def global_sign_out(pool: PoolRef, username: str, *, priority: Priority) -> None:
    """Revoke all of a user's refresh and access tokens at Cognito; a managed-login cookie survives."""
    call(pool.endpoint, "AdminUserGlobalSignOut", _of(pool, username), priority=priority)


def reset_factors(pool: PoolRef, username: str, *, priority: Priority) -> bool:
    """Take a user's second factors away, so that one is set up anew.

    A telephone number counts as unverified then, because a pool that requires a second factor sends codes to every
    verified one. An e-mail address stays verified: it was not lost.

    Remembered devices go as well: whoever had the factor may have had one of them, or made one.

    Returns:
        Whether the registered TOTP secret was deleted too. An endpoint without AdminDeleteSoftwareToken keeps it,
        unused, until the next set-up replaces it.
    """
    user = get_user(pool, username, priority=priority)
    off = {"Enabled": False, "PreferredMfa": False}
    # Cognito refuses to switch off what the user has no address for.
    on = {name: off for factor, name in _CODE_SETTINGS.items() if factor in (user.factors or ())}
    prefer_factors(pool, username, {"SoftwareTokenMfaSettings": off, **on}, priority=priority)
    if user.attributes.get("phone_number_verified") == "true":
        update_attributes(pool, username, {"phone_number_verified": "false"}, priority=priority)
    _forget_devices(pool, username, priority=priority)
    try:
        call(pool.endpoint, "AdminDeleteSoftwareToken", _of(pool, username), priority=priority)
    except errors.FactorNotFound:
        # There was none to delete, which is the state asked for.
        return True
    except errors.UnsupportedByEndpoint:
        return False
    return True


def prefer_factors(
    pool: PoolRef, username: str, settings: Mapping[str, Mapping[str, bool]], *, priority: Priority
) -> None:
    """Switch a user's second factors on or off, by Cognito's names of the members; others stay as they are."""
    call(pool.endpoint, "AdminSetUserMFAPreference", {**_of(pool, username), **settings}, priority=priority)


def forget_device(pool: PoolRef, username: str, key: str, *, priority: Priority) -> None:
    """Let a device of a user's count no longer; what was refreshed from it cannot be any more.

    Raises:
        NotFound: there is no such user, or no such device of theirs.
    """
    call(pool.endpoint, "AdminForgetDevice", {**_of(pool, username), "DeviceKey": key}, priority=priority)


def _forget_devices(pool: PoolRef, username: str, *, priority: Priority) -> None:
    request = {**_of(pool, username), "Limit": _PAGE}
    listed = pages(pool.endpoint, "AdminListDevices", request, carried_by="PaginationToken", priority=priority)
    try:
        found = [str(device["DeviceKey"]) for page in listed for device in page["Devices"]]
    except (errors.InvalidRequest, errors.UnsupportedByEndpoint):
        # The pool tracks none, or the endpoint knows none.
        return
    for key in found:
        try:
            forget_device(pool, username, key, priority=priority)
        except errors.NotFound:
            # Its owner was faster.
            continue


def _matching(pool: PoolRef, attribute: str, value: str, priority: Priority) -> Iterator[CognitoUser]:
    request = {"UserPoolId": pool.pool_id, "Limit": _PAGE, "Filter": f'{attribute} = "{_quoted(value)}"'}
    for page in pages(pool.endpoint, "ListUsers", request, carried_by="PaginationToken", priority=priority):
        yield from map(_user, page["Users"])


def _of(pool: PoolRef, username: str) -> dict[str, Any]:
    return {"UserPoolId": pool.pool_id, "Username": username}


def _quoted(text: str) -> str:
    """``text`` inside the quotation marks of a ListUsers filter, where a backslash escapes a quotation mark."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _attribute_list(attributes: Mapping[str, str]) -> Sequence[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def _user(document: Mapping[str, Any], factors: tuple[str, ...] | None = None) -> CognitoUser:
    attributes = {item["Name"]: item.get("Value", "") for item in document.get("Attributes", [])}
    return CognitoUser(
        username=document["Username"],
        subject=attributes.get("sub", ""),
        status=UserStatus(document.get("UserStatus", "UNKNOWN")),
        enabled=bool(document["Enabled"]),
        attributes=attributes,
        factors=factors,
        modified_at=document.get("UserLastModifiedDate"),
        created_at=document.get("UserCreateDate"),
    )
