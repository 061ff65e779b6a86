"""ListUsers: one strict filter, pages with opaque tokens (B:ListUsersRequest)."""

import re

from local.cognito.errors import invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.store import Condition
from local.cognito.users import user_type

_FILTER = re.compile(r'\s*"?(?P<name>[a-z_:]+)"?\s*(?P<operator>\^?=)\s*"(?P<value>(?:[^"\\]|\\.)*)"\s*')
_ATTRIBUTES = ("email", "phone_number", "name", "given_name", "family_name", "preferred_username")
_LAST_CHARACTER = "\U0010ffff"
# Custom attributes are not searchable.
_EXPRESSIONS = {
    "username": "username_key",
    "sub": "sub",
    "cognito:user_status": "json_extract(doc, '$.status')",
    "status": "CASE json_extract(doc, '$.enabled') WHEN 1 THEN 'Enabled' ELSE 'Disabled' END",
    **{name: f"json_extract(doc, '$.attributes.{name}')" for name in _ATTRIBUTES},
}


def parse_filter(text: str) -> Condition:
    """A filter as an SQL condition with its values; InvalidParameterException for anything else.

    The language is ``name = "value"`` and ``name ^= "value"`` (begins with), a quotation mark in the value escaped
    by a backslash. Comparison is exact.
    """
    match = _FILTER.fullmatch(text)
    if match is None:
        raise invalid("Error while parsing filter.")
    expression = _EXPRESSIONS.get(match["name"])
    if expression is None:
        raise invalid(f"Filtering on {match['name']} is not supported.")
    value = re.sub(r"\\(.)", r"\1", match["value"])
    if match["operator"] == "=":
        return Condition(f"{expression} = ?", (value,))
    # The range lets an index find the prefix. No character of a username or attribute comes behind the last one.
    return Condition(f"{expression} >= ? AND {expression} < ?", (value, value + _LAST_CHARACTER))


@operation("ListUsers")
def list_users(call: Call) -> Doc:
    """Users of the pool; the order is nobody's business."""
    pool_id, params = str(call.pool()["Id"]), call.params
    where = parse_filter(str(params["Filter"])) if params.get("Filter") else None

    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("users", order="username_key", after=after, limit=limit, where=where, pool_id=pool_id)

    page = read_page(call, fetch, _username_key, limit_name="Limit", page_member="PaginationToken")
    names = params.get("AttributesToGet")
    for user in page.items:
        _check_has(user, names or [])
    return with_token({"Users": [user_type(user, names) for user in page.items]}, page, "PaginationToken")


def _username_key(user: Doc) -> str:
    return str(user["username"])


def _check_has(user: Doc, names: list[str]) -> None:
    for name in names:
        if name not in user["attributes"]:
            raise invalid(f"One or more requested attributes are not set for user {user['username']}: {name}")
