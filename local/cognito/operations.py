"""The register of operations and what each one is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from local.cognito.clock import Clock
from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.mail import Letter
from local.cognito.model import Doc
from local.cognito.store import Store


@dataclass
class Call:
    """One request inside its transaction.

    Attributes:
        operation: the operation's name.
        params: the request, already valid by the service model.
        account: 12 digits, from the credentials of a signed call, else the service's own account.
        region: from the credential scope of a signed call; None for unsigned calls.
        origin: scheme, host and port by which the service was reached.
        most_items: where a fault says so, how many items a page of a listing has at most.
        outbox: letters to send once the transaction is committed.
        answers: what functions of the pool answered so far, or what the call fails with because of them.
        asked: how many of them this run of the call has used.
    """

    operation: str
    params: Doc
    account: str
    region: str | None
    store: Store
    clock: Clock
    origin: str
    most_items: int | None = None
    outbox: list[Letter] = field(default_factory=list)
    answers: Sequence["Doc | ServiceError"] = ()
    asked: int = 0

    def pool(self, pool_id: str | None = None) -> Doc:
        """The pool named by the request (or `pool_id`).

        A signed call sees only pools of its own account and Region: anything else does not exist.
        """
        wanted = pool_id if pool_id is not None else str(self.params["UserPoolId"])
        place = self.store.row("pools", id=wanted)
        doc = self.store.get("pools", id=wanted)
        if doc is None or place is None or (self.region is not None and not self._is_here(place)):
            raise not_found(f"User pool {wanted} does not exist.")
        return doc

    def _is_here(self, place: Doc) -> bool:
        return bool(place["account"] == self.account and place["region"] == self.region)

    def signed_region(self) -> str:
        """The Region of a signed call; operations that create pools cannot do without it."""
        if self.region is None:
            raise invalid("The request must be signed, its credential scope names the Region.")
        return self.region


Handler = Callable[[Call], Doc]

_HANDLERS: dict[str, Handler] = {}


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of operation `name`."""

    def register(handler: Handler) -> Handler:
        if name in _HANDLERS:
            raise ValueError(f"{name} has two handlers")
        _HANDLERS[name] = handler
        return handler

    return register


def find_handler(name: str) -> Handler | None:
    """The handler of operation `name`, or None where this service does not implement it."""
    return _HANDLERS.get(name)
