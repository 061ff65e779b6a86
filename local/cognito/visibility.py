"""Eventual consistency on order: what was just made is not seen by reads for a while.

ListUsers is eventually consistent (B:ListUsersRequest), and a client that names a provider made a moment before is now
and then told that it does not exist (GH:lgallard/terraform-aws-cognito-user-pool#71). AdminGetUser sees everything.
"""

from dataclasses import dataclass

from local.cognito.clock import Clock
from local.cognito.errors import invalid, not_found
from local.cognito.model import Doc


@dataclass(frozen=True)
class _Noun:
    """One kind of resource: where its name is in the answers of create and list, and who describes it."""

    member: str
    key: str
    listing: str
    listed: str
    describing: str | None
    parameter: str


_NOUNS = {
    "CreateUserPool": _Noun("UserPool", "Id", "ListUserPools", "UserPools", "DescribeUserPool", "UserPoolId"),
    "CreateUserPoolClient": _Noun(
        "UserPoolClient", "ClientId", "ListUserPoolClients", "UserPoolClients", "DescribeUserPoolClient", "ClientId"
    ),
    "CreateGroup": _Noun("Group", "GroupName", "ListGroups", "Groups", "GetGroup", "GroupName"),
    "CreateIdentityProvider": _Noun(
        "IdentityProvider",
        "ProviderName",
        "ListIdentityProviders",
        "Providers",
        "DescribeIdentityProvider",
        "ProviderName",
    ),
    "CreateResourceServer": _Noun(
        "ResourceServer", "Identifier", "ListResourceServers", "ResourceServers", "DescribeResourceServer", "Identifier"
    ),
    "AdminCreateUser": _Noun("User", "Username", "ListUsers", "Users", None, "Username"),
}
# Operations whose result can be hidden.
HIDEABLE = frozenset(_NOUNS)


@dataclass
class _Hidden:
    noun: _Noun
    pool_id: str | None
    name: str
    calls: int | None
    until: float | None

    def veils(self, now: float) -> bool:
        """Whether a read that would see the resource does not; counts it."""
        if self.calls is None:
            return self.until is not None and now < self.until
        self.calls -= 1
        return self.calls >= 0


class Visibility:
    """What reads do not see yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hidden: list[_Hidden] = []

    def hide(
        self, operation: str, pool_id: str | None, answer: Doc, *, calls: int | None, seconds: float | None
    ) -> None:
        """Hide what `operation` has just made from `calls` reads, or for `seconds`."""
        noun = _NOUNS[operation]
        until = None if seconds is None else self._clock.now() + seconds
        self._hidden.append(_Hidden(noun, pool_id, str(answer[noun.member][noun.key]), calls, until))

    def check(self, operation: str, pool_id: str | None, params: Doc) -> None:
        """Raise where a client names a provider that is not seen yet."""
        if self._hidden and operation in ("CreateUserPoolClient", "UpdateUserPoolClient"):
            for name in params.get("SupportedIdentityProviders") or []:
                if self._veiled("ListIdentityProviders", pool_id, name):
                    raise invalid(f"The provider {name} does not exist for User Pool {pool_id}.")

    def seen(self, operation: str, pool_id: str | None, params: Doc, answer: Doc) -> Doc:
        """The part of a read's answer that is seen now, or ResourceNotFoundException."""
        if not self._hidden:
            return answer
        for noun in _NOUNS.values():
            if operation == noun.listing:
                items = [item for item in answer[noun.listed] if not self._veiled(operation, pool_id, item[noun.key])]
                return {**answer, noun.listed: items}
            if operation == noun.describing and self._veiled(noun.listing, pool_id, str(params[noun.parameter])):
                raise not_found(f"{params[noun.parameter]} does not exist.")
        return answer

    def _veiled(self, listing: str, pool_id: str | None, name: str) -> bool:
        now = self._clock.now()
        self._hidden = [item for item in self._hidden if item.calls != 0 and (item.until is None or item.until > now)]
        for item in self._hidden:
            same_pool = item.pool_id is None or item.pool_id == pool_id
            if item.noun.listing == listing and same_pool and item.name == name and item.veils(now):
                return True
        return False

    def clear(self) -> None:
        """Show everything."""
        self._hidden = []
