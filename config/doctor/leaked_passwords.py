"""The list of passwords that became known by breaches: whether there is one, and whether it answers."""

from collections.abc import Iterator

from django.conf import settings

from config.doctor.finding import Finding, failed, ok, warning
from identity.leaked_passwords import Unavailable, look_up

# Every such list has it (haveibeenpwned.com counts it in tens of millions); it is asked for by its hash alone.
_IN_EVERY_LIST = "password"


def check_leaked_passwords() -> Iterator[Finding]:
    """Look a password up that every list has."""
    name = "leaked passwords"
    source = settings.LEAKED_PASSWORDS_URL or settings.LEAKED_PASSWORDS_FILE
    if not source:
        yield warning(
            name,
            "Nobody looks up whether a new password became known by a breach elsewhere.",
            "Set LIFEGUARD_LEAKED_PASSWORDS_URL or LIFEGUARD_LEAKED_PASSWORDS_FILE (docs/abuse.md).",
        )
        return
    try:
        is_there = look_up(_IN_EVERY_LIST)
    except Unavailable as error:
        yield failed(
            name,
            f"{source} cannot be asked: {error}. New passwords are accepted unchecked.",
            "Let this machine reach the service, or give it a file instead.",
        )
        return
    if is_there:
        yield ok(name, f"{source} answers.")
    else:
        yield warning(
            name,
            f"{source} answers, and does not know the commonest password of all.",
            "Give it the address before the five digits; a file has to be sorted by hash.",
        )
