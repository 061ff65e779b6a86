"""Checking user attributes against the pool's schema, and keeping aliases unique."""

import re

from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.users import User, fold, load_user, save_user

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)*")
_PHONE = re.compile(r"\+[1-9][0-9]{1,14}")
_MAX_VALUE_BYTES = 2048  # DG:quotas
_NEVER_SET = frozenset({"sub", "identities"})


def checked_attributes(pool: Doc, given: list[Doc], user: User | None) -> dict[str, str]:
    """Attributes of a request as a mapping.

    Args:
        user: whom they are for, None for a user being created; immutable attributes can be written only then.

    Raises:
        ServiceError: InvalidParameterException for a name outside the schema, a value of the wrong kind, a
            repeated name, or a write to an immutable attribute (DG:user-pool-settings-attributes).
    """
    schema = {str(attribute["Name"]): attribute for attribute in pool["SchemaAttributes"]}
    result: dict[str, str] = {}
    for item in given:
        name, value = str(item["Name"]), str(item.get("Value", ""))
        if name in result:
            raise invalid(f"Attribute {name} is given twice.")
        if name not in schema:
            raise invalid(f"Attributes did not conform to the schema: {name}: Attribute does not exist in the schema.")
        if name in _NEVER_SET:
            raise invalid(f"Cannot modify the non-mutable attribute {name}")
        if user is not None and not schema[name]["Mutable"]:
            raise invalid(f"user.{name}: Attribute cannot be updated.")
        check_value(schema[name], name, value)
        result[name] = value
    return result


def check_value(attribute: Doc, name: str, value: str) -> None:
    """Raise InvalidParameterException unless `value` is one that the schema's `attribute` can have."""
    if len(value.encode()) > _MAX_VALUE_BYTES:
        raise _nonconforming(name, f"longer than {_MAX_VALUE_BYTES} bytes")
    kind = attribute["AttributeDataType"]
    if kind == "Boolean" and value not in ("true", "false"):
        raise _nonconforming(name, "must be true or false")
    if kind == "Number":
        _check_number(attribute.get("NumberAttributeConstraints", {}), name, value)
    if kind == "String" and value:
        _check_text(attribute.get("StringAttributeConstraints", {}), name, value)
    if name == "email" and value and _EMAIL.fullmatch(value) is None:
        raise invalid("Invalid email address format.")
    if name == "phone_number" and value and _PHONE.fullmatch(value) is None:
        raise invalid("Invalid phone number format.")


def _nonconforming(name: str, problem: str) -> ServiceError:
    return invalid(f"Attributes did not conform to the schema: {name}: {problem}")


def _check_number(limits: Doc, name: str, value: str) -> None:
    if re.fullmatch(r"-?[0-9]+", value) is None:
        raise _nonconforming(name, "must be a whole number")
    least, most = limits.get("MinValue"), limits.get("MaxValue")
    if (least is not None and int(value) < int(least)) or (most is not None and int(value) > int(most)):
        raise _nonconforming(name, "out of range")


def _check_text(limits: Doc, name: str, value: str) -> None:
    least, most = limits.get("MinLength"), limits.get("MaxLength")
    if (least is not None and len(value) < int(least)) or (most is not None and len(value) > int(most)):
        raise _nonconforming(name, "wrong length")


def missing_required(pool: Doc, attributes: dict[str, str]) -> list[str]:
    """Required attributes without a value, which NEW_PASSWORD_REQUIRED asks for (reference section 4)."""
    return [
        str(attribute["Name"])
        for attribute in pool["SchemaAttributes"]
        if attribute["Required"] and attribute["Name"] != "sub" and not attributes.get(str(attribute["Name"]))
    ]


def apply_attributes(user: User, changes: dict[str, str]) -> None:
    """Change `user`; a changed address loses its verification unless the request says it is verified.

    An attribute set to the empty string is removed (B:AdminUpdateUserAttributesRequest).
    """
    for name in ("email", "phone_number"):
        if name in changes and changes[name] != user.attributes.get(name):
            user.attributes[f"{name}_verified"] = "false"
    for name, value in changes.items():
        if value:
            user.attributes[name] = value
        else:
            user.attributes.pop(name, None)


def claim_aliases(call: Call, pool: Doc, user: User, *, force: bool) -> None:
    """Make the alias rows of a stored user follow its attributes.

    A verified e-mail address or phone number is an alias of one user at a time; `force` takes it from another user,
    who then counts as unverified (B:AdminCreateUserRequest, ForceAliasCreation). In pools with UsernameAttributes
    the address is unique whether verified or not.
    """
    call.store.delete("aliases", sub=user.sub)
    for attribute, value in _wanted_aliases(pool, user):
        keys = {"pool_id": user.pool_id, "attribute": attribute, "value": value}
        taken = call.store.get("aliases", **keys)
        if taken is not None:
            if not force or attribute in pool.get("UsernameAttributes", []):
                raise ServiceError("AliasExistsException", f"An account with the {attribute} already exists.")
            _take_alias(call, str(taken["sub"]), attribute)
            call.store.delete("aliases", **keys)
        call.store.insert("aliases", {"sub": user.sub}, **keys, sub=user.sub)


def _wanted_aliases(pool: Doc, user: User) -> list[tuple[str, str]]:
    wanted = [name for name in pool.get("UsernameAttributes", []) if user.attributes.get(name)]
    for name in pool.get("AliasAttributes", []):
        verified = name == "preferred_username" or user.attributes.get(f"{name}_verified") == "true"
        if verified and user.attributes.get(name):
            wanted.append(name)
    return [(name, fold(pool, user.attributes[name])) for name in wanted]


def _take_alias(call: Call, sub: str, attribute: str) -> None:
    other = load_user(call.store, sub)
    if other is None:
        raise LookupError(f"alias of a user {sub} who is gone")
    if attribute == "preferred_username":
        other.attributes.pop(attribute, None)
    else:
        other.attributes[f"{attribute}_verified"] = "false"
    save_user(call, other)
