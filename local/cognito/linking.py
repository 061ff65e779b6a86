"""Identities of external providers that belong to a user (DG:...-identity-federation-consolidate-users)."""

import json

from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.providers import SOCIAL
from local.cognito.users import User, find_user, load_user, save_user

_LOCAL = "Cognito"
SUBJECT = "Cognito_Subject"
_MAX_ATTRIBUTES_PER_PROVIDER = 5  # reference 2.7


def _identity(given: Doc, what: str) -> tuple[str, str, str]:
    names = ("ProviderName", "ProviderAttributeName", "ProviderAttributeValue")
    for name in names:
        if not given.get(name):
            raise invalid(f"{what} {name} is required.")
    return str(given[names[0]]), str(given[names[1]]), str(given[names[2]])


@operation("AdminLinkProviderForUser")
def admin_link_provider_for_user(call: Call) -> Doc:
    """Let an identity of a provider, who has not signed in yet, sign in as a user who exists."""
    pool, user = call.pool(), _destination(call)
    provider, attribute, value = _identity(call.params["SourceUser"], "SourceUser")
    found = call.store.get("providers", pool_id=user.pool_id, name=provider)
    if found is None:
        raise not_found(f"Identity provider {provider} does not exist.")
    if found["ProviderType"] in SOCIAL and attribute != SUBJECT:
        raise invalid(f"A social provider is linked by {SUBJECT}.")
    if find_user(call.store, pool, f"{provider}_{value}") is not None:
        # The source must not have signed in (B:AdminLinkProviderForUser).
        raise invalid("Merging is not currently supported, provide a SourceUser that has not been signed up.")
    keys = {"pool_id": user.pool_id, "provider": provider, "attribute": attribute, "value": value}
    if call.store.get("identities", **keys) is not None:
        raise invalid("SourceUser is already linked to DestinationUser")
    linked = call.store.select("identities", pool_id=user.pool_id, provider=provider)
    attributes = {str(item["attribute"]) for item in linked} | {attribute}
    if len(attributes) > _MAX_ATTRIBUTES_PER_PROVIDER:
        raise ServiceError("LimitExceededException", "A provider is linked by at most five attributes.")
    require_room(call.store, "identities_per_user", call.store.count("identities", sub=user.sub))
    doc = {"provider": provider, "type": found["ProviderType"], "attribute": attribute, "value": value}
    call.store.insert("identities", {**doc, "date": call.clock.now()}, **keys, sub=user.sub)
    show_identities(call, user)
    return {}


def _destination(call: Call) -> User:
    provider, value = (call.params["DestinationUser"].get(name) for name in ("ProviderName", "ProviderAttributeValue"))
    if not provider or not value:
        raise invalid("DestinationUser ProviderName and ProviderAttributeValue are required.")
    username = str(value) if provider == _LOCAL else f"{provider}_{value}"
    user = find_user(call.store, call.pool(), username)
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    return user


def show_identities(call: Call, user: User) -> None:
    """The ``identities`` attribute follows the links."""
    linked = call.store.select("identities", sub=user.sub)
    user.attributes.pop("identities", None)
    if linked:
        shown = [
            {
                "userId": item["value"],
                "providerName": item["provider"],
                "providerType": item["type"],
                "issuer": item.get("issuer"),
                "primary": bool(item.get("primary", False)),
                "dateCreated": int(float(item["date"]) * 1000),
            }
            for item in linked
        ]
        user.attributes["identities"] = json.dumps(shown, separators=(",", ":"))
    save_user(call, user)


@operation("AdminDisableProviderForUser")
def admin_disable_provider_for_user(call: Call) -> Doc:
    """Undo a link, or with the provider Cognito take a local user's password (B:AdminDisableProviderForUser)."""
    pool = call.pool()
    provider, attribute, value = _identity(call.params["User"], "User")
    if provider == _LOCAL:
        local_user = find_user(call.store, pool, value)
        if attribute != SUBJECT or local_user is None:
            raise ServiceError("UserNotFoundException", "User does not exist.")
        local_user.credential = None
        save_user(call, local_user)
        return {}
    if call.store.get("providers", pool_id=str(pool["Id"]), name=provider) is None:
        raise not_found(f"Identity provider {provider} does not exist.")
    keys = {"pool_id": str(pool["Id"]), "provider": provider, "attribute": attribute, "value": value}
    row = call.store.row("identities", **keys)
    if row is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    call.store.delete("identities", **keys)
    user = load_user(call.store, str(row["sub"]))
    if user is None:
        raise LookupError(f"identity of a user {row['sub']} who is gone")
    show_identities(call, user)
    return {}
