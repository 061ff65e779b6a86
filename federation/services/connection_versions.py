"""Keeping what a connection was at one time: who changed what, and when."""

from federation.connections.mapping import Mapping
from federation.connections.settings import Settings
from federation.models import Connection, ConnectionStatus, ConnectionVersion
from tenants.actor import Actor
from tenants.text import clean_line

# Who is let in is a part of each version, and stands on the connection as well, where every arrival reads it.
ARRIVALS = ("jit", "default_role", "linking", "mfa_trust", "mfa_values")


def add_version(
    connection: Connection, settings: Settings, secret: str, mapping: Mapping, *, change: str, actor: Actor
) -> None:
    """Make a new version the connection's, with who is let in as the connection says now.

    What passed a test stays tested where nothing changed that a test goes by.

    Args:
        connection: whose, locked.
        settings: all of them.
        secret: likewise.
        mapping: likewise.
        change: what was done, in words.
        actor: who.
    """
    number = connection.newest.number + 1 if connection.newest is not None else 1
    still_tested = connection.is_tested and _is_same_in_a_test(connection, settings, secret, mapping)
    version = ConnectionVersion(
        tenant=connection.tenant,
        connection=connection,
        number=number,
        settings=settings.to_json(),
        mapping=mapping.to_json(),
        arrivals={name: plain(getattr(connection, name)) for name in ARRIVALS},
        made_by=actor.label or actor.id,
        change=clean_line(change, field="change", longest=200),
    )
    version.seal_secret(secret)
    version.save(force_insert=True)
    connection.newest = version
    if still_tested:
        connection.tested_version = number
    elif connection.status == ConnectionStatus.TESTED:
        # What passed the test is not what would be put into Cognito now.
        connection.status = ConnectionStatus.DRAFT
    connection.save(update_fields=["newest", "status", "tested_version", "updated_at"])


def plain(value: object) -> str | list[str]:
    """Return one of `ARRIVALS` as JSON has it."""
    return [str(each) for each in value] if isinstance(value, list | tuple) else str(value)


def _is_same_in_a_test(connection: Connection, settings: Settings, secret: str, mapping: Mapping) -> bool:
    same = settings.for_test() == connection.settings.for_test() and mapping == connection.mapping
    return same and secret == connection.current.secret
