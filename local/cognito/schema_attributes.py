"""The attribute schema of a pool: the standard attributes and a pool's own."""

import re
from typing import Any

from local.cognito.errors import invalid
from local.cognito.model import Doc

_MAX_CUSTOM_ATTRIBUTES = 50  # DG:quotas, fixed
_TEXT = {"MinLength": "0", "MaxLength": "2048"}


def _standard(name: str, kind: str = "String", *, required: bool = False, mutable: bool = True) -> Doc:
    doc: Doc = {
        "Name": name,
        "AttributeDataType": kind,
        "DeveloperOnlyAttribute": False,
        "Mutable": mutable,
        "Required": required,
    }
    if kind == "String":
        doc["StringAttributeConstraints"] = dict(_TEXT)
    if kind == "Number":
        doc["NumberAttributeConstraints"] = {"MinValue": "0"}
    return doc


def standard_schema() -> list[Doc]:
    """The attributes every pool has (DG:user-pool-settings-attributes)."""
    sub = _standard("sub", required=True, mutable=False)
    sub["StringAttributeConstraints"] = {"MinLength": "1", "MaxLength": "2048"}
    birthdate = _standard("birthdate")
    birthdate["StringAttributeConstraints"] = {"MinLength": "10", "MaxLength": "10"}
    plain = ["name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile"]
    plain += ["picture", "website", "email"]
    return [
        sub,
        *(_standard(name) for name in plain),
        _standard("email_verified", "Boolean"),
        _standard("gender"),
        birthdate,
        *(_standard(name) for name in ("zoneinfo", "locale", "phone_number")),
        _standard("phone_number_verified", "Boolean"),
        _standard("address"),
        _standard("updated_at", "Number"),
    ]


STANDARD_NAMES = frozenset(str(attribute["Name"]) for attribute in standard_schema())


def pool_schema(declared: list[Doc]) -> list[Doc]:
    """The schema of a new pool that declares `declared` (B:CreateUserPoolRequest, Schema)."""
    schema = {str(attribute["Name"]): attribute for attribute in standard_schema()}
    for attribute in declared:
        name = _name_of(attribute)
        if name in STANDARD_NAMES:
            schema[name] = _redeclared(schema[name], attribute)
    custom = [attribute for attribute in declared if attribute["Name"] not in STANDARD_NAMES]
    return add_custom(list(schema.values()), custom)


def _redeclared(standard: Doc, declared: Doc) -> Doc:
    kind = declared.get("AttributeDataType", standard["AttributeDataType"])
    if kind != standard["AttributeDataType"]:
        raise invalid(f"You can not change AttributeDataType or set developerOnlyAttribute for {standard['Name']}.")
    settable = ("Mutable", "Required", "StringAttributeConstraints", "NumberAttributeConstraints")
    return {**standard, **{name: declared[name] for name in settable if name in declared}}


def add_custom(schema: list[Doc], declared: list[Doc]) -> list[Doc]:
    """`schema` with custom attributes added under ``custom:`` names; they can never be removed or required."""
    result = list(schema)
    for attribute in declared:
        custom = _custom(attribute)
        if any(existing["Name"] == custom["Name"] for existing in result):
            raise invalid(f"{custom['Name']}: Existing attribute already has name {custom['Name']}.")
        result.append(custom)
    if sum(str(attribute["Name"]).startswith(("custom:", "dev:")) for attribute in result) > _MAX_CUSTOM_ATTRIBUTES:
        raise invalid(f"A user pool has at most {_MAX_CUSTOM_ATTRIBUTES} custom attributes.")
    return result


def _name_of(attribute: Doc) -> str:
    name = attribute.get("Name")
    if name is None:
        raise invalid("Invalid schema: an attribute needs a Name.")
    return str(name)


def _custom(attribute: Doc) -> Doc:
    if attribute.get("Required"):
        raise invalid("Required custom attributes are not supported currently.")
    developer_only = bool(attribute.get("DeveloperOnlyAttribute", False))
    kind = attribute.get("AttributeDataType", "String")
    constraints: dict[str, Any] = {}
    _check_bounds(attribute)
    if kind == "String":
        constraints["StringAttributeConstraints"] = attribute.get("StringAttributeConstraints", {})
    if kind == "Number":
        constraints["NumberAttributeConstraints"] = attribute.get("NumberAttributeConstraints", {})
    return {
        "Name": f"{'dev:' if developer_only else ''}custom:{_name_of(attribute)}",
        "AttributeDataType": kind,
        "DeveloperOnlyAttribute": developer_only,
        "Mutable": bool(attribute.get("Mutable", True)),
        "Required": False,
        **constraints,
    }


def _check_bounds(attribute: Doc) -> None:
    """Bounds are written as text; they must be whole numbers, the lower one first."""
    for member, names in (
        ("StringAttributeConstraints", ("MinLength", "MaxLength")),
        ("NumberAttributeConstraints", ("MinValue", "MaxValue")),
    ):
        bounds = [attribute.get(member, {}).get(name) for name in names]
        given = [bound for bound in bounds if bound is not None]
        if not all(re.fullmatch(r"-?[0-9]+", bound) for bound in given):
            raise invalid(f"{attribute['Name']}: {member} must be whole numbers.")
        if len(given) > 1 and int(given[0]) > int(given[1]):
            raise invalid(f"{attribute['Name']}: {names[0]} is above {names[1]}.")
