"""The pre-token trigger: what a function changes in ID and access tokens (DG:user-pool-lambda-pre-token-generation)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.cognito.functions import function_of, invoke, unreadable
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.signin_functions import attributes_told, client_metadata, event
from local.cognito.users import User

# What no function can change, beside everything that begins with "cognito:"; groups have a place of their own.
_PROTECTED = {
    *("acr", "amr", "at_hash", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat", "identities"),
    *("iss", "jti", "nbf", "nonce", "origin_jti", "scope", "sub", "token_use", "username", "version"),
}
_GROUPS = {"groupsToOverride": list, "iamRolesToOverride": list, "preferredRole": str}
_CLAIMS = {"claimsToAddOrOverride": dict, "claimsToSuppress": list}
_ACCESS = {**_CLAIMS, "scopesToAdd": list, "scopesToSuppress": list}


@dataclass(frozen=True)
class Roles:
    """Groups of a user with their roles, as both tokens tell them."""

    groups: list[str]
    roles: list[str]
    preferred: str | None


@dataclass(frozen=True)
class Edits:
    """What is changed in one token."""

    added: Doc = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()
    scopes_added: tuple[str, ...] = ()
    scopes_suppressed: frozenset[str] = frozenset()

    def of(self, claims: Doc) -> Doc:
        """The claims as changed; attempts at what cannot be changed do nothing."""
        kept = {name: value for name, value in claims.items() if name not in self.suppressed or _is_protected(name)}
        return {**kept, **{name: value for name, value in self.added.items() if not _is_protected(name)}}

    def scopes(self, scopes: list[str]) -> list[str]:
        """The scopes as changed."""
        kept = [scope for scope in scopes if scope not in self.scopes_suppressed]
        return [*kept, *(scope for scope in self.scopes_added if scope not in kept)]


@dataclass(frozen=True)
class Changes:
    """What a function made of both tokens. `roles` is None where groups stay as they are."""

    identity: Edits = Edits()
    access: Edits = Edits()
    roles: Roles | None = None


def _is_protected(name: str) -> bool:
    return name in _PROTECTED or name.startswith("cognito:")


def pre_token(
    call: Call, pool: Doc, client: Doc, user: User, roles: Roles, *, source: str, scopes: list[str]
) -> Changes:
    """Ask the pool's function about the tokens that are to be made; nothing changes where there is none.

    Args:
        call: the operation.
        pool: whose function.
        client: whose tokens.
        user: whom they are about.
        roles: the user's groups and their roles.
        source: what brings tokens about: HostedAuth, Authentication, NewPasswordChallenge or RefreshTokens.
        scopes: of the access token.

    Raises:
        Needed, ServiceError: as `functions.invoke`.
    """
    found = function_of(pool, "PreTokenGeneration")
    version = "" if found is None else found[1]
    groups = {
        "groupsToOverride": roles.groups,
        "iamRolesToOverride": roles.roles,
        "preferredRole": roles.preferred,
    }
    request = {"userAttributes": attributes_told(user), "groupConfiguration": groups, **client_metadata(call)}
    if version != "1":
        request["scopes"] = scopes
    told = event(pool, f"TokenGeneration_{source}", user.username, str(client["ClientId"]), request)
    response = invoke(call, pool, "PreTokenGeneration", told)
    if response is None:
        return Changes()
    return _first_version(response) if version == "1" else _second_version(response, str(client["ClientId"]))


def _first_version(response: Doc) -> Changes:
    """V1_0: claims of the ID token, all of them texts."""
    details = _object(response.get("claimsOverrideDetails"), {**_CLAIMS, "groupOverrideDetails": dict})
    if not all(isinstance(value, str) for value in details.get("claimsToAddOrOverride", {}).values()):
        raise unreadable()
    return Changes(identity=_edits(details), roles=_roles(details))


def _second_version(response: Doc, client_id: str) -> Changes:
    """V2_0 and V3_0: claims of both tokens, of any form, and scopes. `aud` can only be the client's id."""
    known = {"idTokenGeneration": dict, "accessTokenGeneration": dict, "groupOverrideDetails": dict}
    details = _object(response.get("claimsAndScopeOverrideDetails"), known)
    access = _object(details.get("accessTokenGeneration"), _ACCESS)
    if access.get("claimsToAddOrOverride", {}).get("aud", client_id) != client_id:
        raise unreadable()
    identity = _object(details.get("idTokenGeneration"), _CLAIMS)
    return Changes(identity=_edits(identity), access=_edits(access), roles=_roles(details))


def _edits(given: Doc) -> Edits:
    return Edits(
        given.get("claimsToAddOrOverride", {}),
        frozenset(_texts(given.get("claimsToSuppress", []))),
        tuple(_texts(given.get("scopesToAdd", []))),
        frozenset(_texts(given.get("scopesToSuppress", []))),
    )


def _roles(details: Doc) -> Roles | None:
    """Groups as they are overridden: an empty object takes them all away."""
    if "groupOverrideDetails" not in details:
        return None
    given = _object(details["groupOverrideDetails"], _GROUPS)
    groups, roles = _texts(given.get("groupsToOverride", [])), _texts(given.get("iamRolesToOverride", []))
    return Roles(groups, roles, given.get("preferredRole"))


def _object(value: object, known: Mapping[str, type]) -> Doc:
    """An object with known members of the right kind; null counts as left out."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise unreadable()
    given: Doc = {name: item for name, item in value.items() if item is not None}
    if not all(name in known and isinstance(item, known[name]) for name, item in given.items()):
        raise unreadable()
    return given


def _texts(value: list[object]) -> list[str]:
    """A list of texts without spaces at their ends or within a scope."""
    texts = [item for item in value if isinstance(item, str) and item and " " not in item]
    if len(texts) != len(value):
        raise unreadable()
    return texts
