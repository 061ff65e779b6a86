"""Who reconciles what: each kind of key has one handler."""

from collections.abc import Callable
from typing import TypeAlias

from identity.sync.attempt import Attempt
from tenants.models import SyncKind

Reconcile: TypeAlias = Callable[[Attempt], None]

_handlers: dict[SyncKind, Reconcile] = {}


def register(kind: SyncKind, reconcile: Reconcile) -> None:
    """Let `reconcile` bring keys of `kind` to what PostgreSQL says. Call it from `AppConfig.ready`.

    The handler gets an `Attempt`, runs outside any transaction and must be repeatable: after a crash it is run again.
    When it returns, the key is done. It raises `identity.cognito.errors.Transient` or `Terminal`, or
    `identity.sync.errors.NotYet` or `Blocked`, to say why not; any other exception is logged and tried again.

    Raises:
        ValueError: the kind has another handler already.
    """
    if _handlers.setdefault(kind, reconcile) is not reconcile:
        raise ValueError(f"{kind} has a handler already")


def handler_of(kind: SyncKind) -> Reconcile:
    """Return the handler of `kind`.

    Raises:
        LookupError: none was registered.
    """
    try:
        return _handlers[kind]
    except KeyError as error:
        raise LookupError(f"Nothing is registered for {kind}") from error
