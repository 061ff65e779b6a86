"""The user whom an identity provider's answer is about: found, made, and changed by the attribute mapping."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote_plus

from local.cognito.attributes import apply_attributes, check_value, claim_aliases, missing_required
from local.cognito.errors import ServiceError
from local.cognito.hosted.answers import Refusal, attribute_refusal
from local.cognito.linking import SUBJECT, show_identities
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.schema_attributes import STANDARD_NAMES
from local.cognito.signin_functions import post_authentication, post_confirmation, pre_authentication, pre_sign_up
from local.cognito.users import User, find_user, fold, load_user, save_user

_LONGEST_USERNAME = 128  # B:UsernameType
_LONGEST_VALUE = 2048  # DG:quotas
# A client cannot be given these, yet a mapping may set them (reference 3.1).
_VERIFIED = frozenset({"email_verified", "phone_number_verified"})


@dataclass(frozen=True)
class RemoteSession:
    """A session at a SAML provider, by what a LogoutRequest names it by (SAML 2.0 core, section 3.7.1).

    Attributes:
        name_id: the NameID's attributes, with its text under ``Value``.
        index: the SessionIndex of the first AuthnStatement.
    """

    name_id: Mapping[str, str]
    index: str


@dataclass(frozen=True)
class Person:
    """What an identity provider says, verified.

    Attributes:
        subject: SAML's NameID or OpenID Connect's sub.
        claims: all that it says; texts, numbers, truth values, and lists of them.
        issuer: the provider's entity id; None for OpenID Connect.
        session: what single logout would end; None where the answer names none.
    """

    subject: str
    claims: Mapping[str, Any]
    issuer: str | None
    session: RemoteSession | None = None


def flat(value: object) -> str:
    """A claim as one text: several values become ``[a,b]``, each URL-form-encoded (reference 3.1)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{','.join(quote_plus(flat(item), safe='*') for item in value)}]"
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    return "" if value is None else str(value)


def signed_in_user(call: Call, pool: Doc, client: Doc, provider: Doc, person: Person) -> User:
    """The user of a verified answer, with the attributes that it brought.

    Functions of the pool are asked in the order of DG:cognito-user-pools-working-with-lambda-triggers, "Lambda triggers
    for federated users": at the first sign-in those of a sign-up, at each later one those of a sign-in. Who is linked
    to a user of the pool's own has been here before.

    Raises:
        Refusal: the user is disabled, or a mapped value cannot be stored.
        ServiceError: a function refused, or failed.
    """
    values = _mapped(pool, client, provider, person)
    user = _existing(call, pool, provider, person)
    if user is None:
        user = _made(call, pool, client, provider, person, values)
        post_confirmation(call, pool, str(client["ClientId"]), user, "ConfirmSignUp")
        return user
    if not user.enabled:
        raise Refusal("invalid_request", "User is not enabled")
    pre_authentication(call, pool, client, user.username, user)
    _change(call, pool, user, values)
    post_authentication(call, pool, client, user)
    return user


def _mapped(pool: Doc, client: Doc, provider: Doc, person: Person) -> dict[str, str]:
    """Values by the pool's attribute names. What is not mapped is dropped; what did not arrive is absent."""
    schema = {str(attribute["Name"]): attribute for attribute in pool["SchemaAttributes"]}
    writable = {*client.get("WriteAttributes", STANDARD_NAMES), *_VERIFIED}
    values: dict[str, str] = {}
    for target, source in provider["AttributeMapping"].items():
        value = flat(person.claims.get(source))
        # The username is the subject whatever is mapped to it (DG:cognito-user-pools-specifying-attribute-mapping).
        if target == "username" or not value:
            continue
        if target not in writable:
            # B and DG disagree whether this fails (reference 3.1); B goes before.
            raise Refusal("invalid_request", "A client attempted to write unauthorized attribute")
        _check(schema[target], target, value)
        values[target] = value
    if "email" in values:
        # A mapped address is unverified unless the provider says otherwise (reference 3.1).
        values.setdefault("email_verified", "false")
    return values


def _check(attribute: Doc, name: str, value: str) -> None:
    if any(ord(character) > 0xFFFF for character in value):
        # Four-byte UTF-8 (reference 3.1).
        raise Refusal("invalid_request", f"The value of the attribute {name} has characters that are not supported")
    limits = attribute.get("StringAttributeConstraints", {})
    most = min(_LONGEST_VALUE, int(limits.get("MaxLength", _LONGEST_VALUE)))
    if len(value) > most:
        words = f"The value of the attribute {name} must have a length less than or equal to {most} characters"
        raise Refusal("invalid_request", words)
    try:
        check_value(attribute, name, value)
    except ServiceError as error:
        raise attribute_refusal(error) from error


def _existing(call: Call, pool: Doc, provider: Doc, person: Person) -> User | None:
    """Who is linked to the identity, otherwise who was made for it."""
    pool_id, name = str(pool["Id"]), str(provider["ProviderName"])
    claims = {SUBJECT: person.subject, **{key: flat(value) for key, value in person.claims.items()}}
    for attribute, value in claims.items():
        keys = {"pool_id": pool_id, "provider": name, "attribute": attribute, "value": value}
        row = call.store.row("identities", **keys)
        if row is not None:
            return load_user(call.store, str(row["sub"]))
    user = find_user(call.store, pool, f"{name}_{person.subject}")
    if user is not None and user.status != "EXTERNAL_PROVIDER":
        # Somebody made a user of their own with this name.
        raise Refusal("server_error", "Invalid ProviderName/Username combination.")
    return user


def _made(call: Call, pool: Doc, client: Doc, provider: Doc, person: Person, values: dict[str, str]) -> User:
    missing = missing_required(pool, values)
    if missing:
        raise Refusal("invalid_request", f"attributes required: [{', '.join(missing)}]")
    now, sub, name = call.clock.now(), str(uuid.uuid4()), str(provider["ProviderName"])
    username = fold(pool, f"{name}_{person.subject}")
    if len(username) > _LONGEST_USERNAME:
        words = f"1 validation error detected: Value '{username}' at 'userName' failed to satisfy constraint: "
        raise Refusal("invalid_request", f"{words}Member must have length less than or equal to {_LONGEST_USERNAME}")
    user = User(sub, str(pool["Id"]), username, {"sub": sub}, now, now, "EXTERNAL_PROVIDER")
    apply_attributes(user, values)
    # Confirmed or not: the status of people from identity providers is their own.
    pre_sign_up(call, pool, str(client["ClientId"]), user, "ExternalProvider")
    call.store.insert("users", asdict(user), sub=sub, pool_id=user.pool_id, username_key=username)
    identity = {
        "provider": name,
        "type": provider["ProviderType"],
        "attribute": SUBJECT,
        "value": person.subject,
        "issuer": person.issuer,
        "primary": True,
        "date": now,
    }
    keys = {"pool_id": user.pool_id, "provider": name, "attribute": SUBJECT, "value": person.subject}
    call.store.insert("identities", identity, **keys, sub=sub)
    show_identities(call, user)
    _join_group(call, user, name)
    return user


def _join_group(call: Call, user: User, provider: str) -> None:
    """Everybody who comes from a provider is in a group that the pool makes for it (DG:cognito-user-pools-user-groups).

    When AWS makes it is not documented: here, when the first of them comes.
    """
    group, now = f"{user.pool_id}_{provider}", call.clock.now()
    if call.store.get("groups", pool_id=user.pool_id, name=group) is None:
        doc = {
            "GroupName": group,
            "UserPoolId": user.pool_id,
            "Description": f"Autogenerated group for users who sign in using {provider}",
            "CreationDate": now,
            "LastModifiedDate": now,
        }
        call.store.insert("groups", doc, pool_id=user.pool_id, name=group)
    membership = {"GroupName": group, "sub": user.sub}
    call.store.insert("memberships", membership, pool_id=user.pool_id, name=group, sub=user.sub)


def _change(call: Call, pool: Doc, user: User, values: dict[str, str]) -> None:
    """Write what arrived; an immutable attribute fails even with the value that it has (AWS, see docs)."""
    schema = {str(attribute["Name"]): attribute for attribute in pool["SchemaAttributes"]}
    for name in values:
        if not schema[name]["Mutable"]:
            raise Refusal("invalid_request", f"user.{name}: Attribute cannot be updated.")
    apply_attributes(user, values)
    save_user(call, user)
    if user.status != "EXTERNAL_PROVIDER":
        # A local user to whom the identity is linked signs in by aliases, which follow the attributes.
        try:
            claim_aliases(call, pool, user, force=False)
        except ServiceError as error:
            raise attribute_refusal(error) from error
