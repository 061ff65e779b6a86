"""The rows of a user import's CSV file."""

import csv
import datetime
import uuid
from dataclasses import asdict

from local.cognito.attributes import checked_attributes, claim_aliases
from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.store import AlreadyExists
from local.cognito.users import User, fold

_MAX_ROW = 16_000  # DG:quotas
_BOOLEANS = ("true", "false")


def import_rows(call: Call, pool: Doc, text: str, header: list[str]) -> dict[str, int] | None:
    """Make the file's users.

    Returns:
        Counts by the job's members ImportedUsers, SkippedUsers (the username exists) and FailedUsers; None where the
        first line is not a header with exactly these columns, in any order.
    """
    lines = text.splitlines()
    # A comma inside a value is escaped by a backslash.
    rows = list(csv.reader(lines, escapechar="\\", quoting=csv.QUOTE_NONE))
    if not rows or sorted(rows[0]) != sorted(header):
        return None
    counts = {"ImportedUsers": 0, "SkippedUsers": 0, "FailedUsers": 0}
    for line, row in zip(lines[1:], rows[1:], strict=True):
        counts[_import_row(call, pool, line, rows[0], row)] += 1
    return counts


def _import_row(call: Call, pool: Doc, line: str, header: list[str], row: list[str]) -> str:
    if len(row) != len(header) or len(line) > _MAX_ROW:
        return "FailedUsers"
    try:
        user = _user(call, pool, {name: value for name, value in zip(header, row, strict=True) if value})
    except ServiceError:
        return "FailedUsers"
    try:
        call.store.insert("users", asdict(user), sub=user.sub, pool_id=user.pool_id, username_key=user.username)
    except AlreadyExists:
        return "SkippedUsers"
    try:
        claim_aliases(call, pool, user, force=False)
    except ServiceError:
        call.store.delete("users", sub=user.sub)
        return "FailedUsers"
    return "ImportedUsers"


def _user(call: Call, pool: Doc, values: dict[str, str]) -> User:
    username = values.pop("cognito:username", None)
    if username is None or values.pop("cognito:mfa_enabled", "false") not in _BOOLEANS:
        raise invalid("A row needs cognito:username, and cognito:mfa_enabled is true or false.")
    if "birthdate" in values:
        values["birthdate"] = _birthdate(values["birthdate"])
    _require_verified(pool, values)
    given = [{"Name": name, "Value": value} for name, value in values.items()]
    attributes = checked_attributes(pool, given, None)
    now, sub = call.clock.now(), str(uuid.uuid4())
    name = sub if pool.get("UsernameAttributes") else fold(pool, username)
    return User(sub, str(pool["Id"]), name, {"sub": sub, **attributes}, now, now, "RESET_REQUIRED")


def _birthdate(text: str) -> str:
    try:
        day = datetime.datetime.strptime(text, "%m/%d/%Y").replace(tzinfo=datetime.UTC)
    except ValueError as error:
        raise invalid("birthdate must be mm/dd/yyyy.") from error
    return day.date().isoformat()


def _require_verified(pool: Doc, values: dict[str, str]) -> None:
    """Every row needs a verified address of a kind that the pool verifies by itself."""
    kinds = pool.get("AutoVerifiedAttributes", [])
    if not any(values.get(kind) and values.get(f"{kind}_verified") == "true" for kind in kinds):
        raise invalid("A row needs a verified email or phone_number that the pool verifies automatically.")
