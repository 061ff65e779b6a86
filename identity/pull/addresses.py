"""What of Cognito's free texts the directory can keep. Pure."""

from tenants.errors import ValidationFailed
from tenants.text import LONGEST_NAME, clean_email


def usable_address(address: str) -> str:
    """Return an e-mail address as it is kept; empty for one that is none, which Cognito does not check as we do."""
    try:
        email = clean_email(address)
    except ValidationFailed:
        return ""
    return email if len(email) <= 254 else ""


def usable_name(name: str) -> str:
    """Return a name as it is kept: one line, no control characters, cut where it is too long."""
    line = " ".join(name.split())
    return "".join(letter for letter in line if letter.isprintable())[:LONGEST_NAME]
