"""A user on disk, and how requests name one."""

from dataclasses import asdict, dataclass, field

from local.cognito.errors import ServiceError
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.store import Store


@dataclass
class User:
    """One user.

    Attributes:
        username: the immutable name; also USER_ID_FOR_SRP. In pools with UsernameAttributes it equals `sub`.
        attributes: by name, ``sub`` included, as strings.
        status: B:UserStatusType.
        credential: SRP salt and verifier (see `passwords`), None while there is no usable password.
        history: earlier credentials, newest first, for PasswordHistorySize.
        temporary_until: when a temporary password stops working, seconds since the epoch.
        totp: ``{"secret", "last_step"}`` once verified.
        totp_pending: a secret that was handed out but not verified.
        mfa: the second factors that are switched on, by the names of UserMFASettingList.
        preferred_mfa: one of them.
        reset_code: ``{"digest", "expires", "failures"}`` of an outstanding password reset.
        passkey_begun: ``{"state", "client_id", "rp_id", "expires"}`` of a registration under way.
        passkey_mfa: whether the user's passkeys may stand for two factors.
        attribute_codes: ``{"digest", "expires", "failures", "address"}`` of outstanding codes, by attribute.
        attribute_calls: when codes were sent and tried within the last hour.
    """

    sub: str
    pool_id: str
    username: str
    attributes: dict[str, str]
    created: float
    modified: float
    status: str
    enabled: bool = True
    credential: Doc | None = None
    history: list[Doc] = field(default_factory=list)
    temporary_until: float | None = None
    totp: Doc | None = None
    totp_pending: str | None = None
    mfa: list[str] = field(default_factory=list)
    preferred_mfa: str | None = None
    reset_code: Doc | None = None
    passkey_begun: Doc | None = None
    passkey_mfa: bool = False
    attribute_codes: dict[str, Doc] = field(default_factory=dict)
    attribute_calls: dict[str, list[float]] = field(default_factory=dict)


def is_case_sensitive(pool: Doc) -> bool:
    """Usernames are case-sensitive unless the pool says otherwise (B:UsernameConfigurationType)."""
    return bool(pool.get("UsernameConfiguration", {}).get("CaseSensitive", True))


def fold(pool: Doc, name: str) -> str:
    """A username or alias as it is compared in this pool."""
    return name if is_case_sensitive(pool) else name.lower()


def load_user(store: Store, sub: str) -> User | None:
    """The user with this `sub`."""
    doc = store.get("users", sub=sub)
    return None if doc is None else User(**doc)


def find_user(store: Store, pool: Doc, name: str) -> User | None:
    """The user whom `name` names: a username, or an alias or sign-in attribute of the pool (B:AdminGetUserRequest)."""
    pool_id, key = str(pool["Id"]), fold(pool, name)
    doc = store.get("users", pool_id=pool_id, username_key=key)
    if doc is not None:
        return User(**doc)
    for attribute in [*pool.get("UsernameAttributes", []), *pool.get("AliasAttributes", [])]:
        alias = store.get("aliases", pool_id=pool_id, attribute=attribute, value=key)
        if alias is not None:
            return load_user(store, str(alias["sub"]))
    return None


def require_user(call: Call) -> User:
    """The user whom an admin operation's request names, or UserNotFoundException."""
    user = find_user(call.store, call.pool(), str(call.params["Username"]))
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    return user


def save_user(call: Call, user: User) -> None:
    """Write a changed user and stamp the change."""
    user.modified = call.clock.now()
    call.store.update("users", asdict(user), sub=user.sub)


def attribute_list(user: User, names: list[str] | None = None) -> list[Doc]:
    """Attributes as the API shows them, limited to `names` where given."""
    return [{"Name": name, "Value": value} for name, value in user.attributes.items() if names is None or name in names]


def user_type(doc: Doc, names: list[str] | None = None) -> Doc:
    """A stored user as UserType (B:UserType)."""
    user = User(**doc)
    return {
        "Username": user.username,
        "Attributes": attribute_list(user, names),
        "UserCreateDate": user.created,
        "UserLastModifiedDate": user.modified,
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }
