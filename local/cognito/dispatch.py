"""From an operation's name and parameters to its answer."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from local.cognito.clock import Clock
from local.cognito.errors import ServiceError
from local.cognito.mail import Letter, Post
from local.cognito.model import Doc, check_request, find_operation
from local.cognito.operations import Call, Handler, find_handler
from local.cognito.store import Store

_MODULES = (
    "admin_users",
    "attribute_codes",
    "branding",
    "client_secrets",
    "clients",
    "device_operations",
    "domains",
    "groups",
    "import_jobs",
    "linking",
    "list_users",
    "log_delivery",
    "mfa",
    "mfa_config",
    "passkey_registration",
    "pools",
    "providers",
    "recovery",
    "refresh",
    "resource_servers",
    "risk",
    "self_service",
    "sign_up",
    "signin",
    "signin_steps",
    "signing_certificate",
    "tags",
    "ui_customization",
    "user_sessions",
)

for _name in _MODULES:
    importlib.import_module(f"local.cognito.{_name}")


@dataclass(frozen=True)
class Caller:
    """Account and Region a request acts in; no Region for an unsigned request.

    `origin` is the scheme, host and port by which it reached the service.
    """

    account: str
    region: str | None
    origin: str = ""


class Service:
    """Everything an operation needs."""

    def __init__(self, store: Store, clock: Clock, post: Post) -> None:
        self.store = store
        self.clock = clock
        self._post = post

    def prepare(self, name: str, params: Doc, caller: Caller) -> Handler:
        """The handler of a request that may run, or ServiceError."""
        model, handler = find_operation(name), find_handler(name)
        if model is None or handler is None:
            raise ServiceError("UnknownOperationException", f"This local Cognito has no operation {name}.")
        if caller.region is None and model.auth_type != "none":
            raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
        check_request(model, params)
        return handler

    def execute(
        self,
        name: str,
        params: Doc,
        caller: Caller,
        most_items: int | None = None,
        answers: Sequence[Doc | ServiceError] = (),
    ) -> tuple[Doc, list[Letter]]:
        """Run a request in one transaction; return its answer and the letters it wrote, which are to be sent.

        Args:
            name: the operation's.
            params: the request.
            caller: whose.
            most_items: cuts a page of a listing short.
            answers: of the functions that were asked for this request so far (`functions.with_functions`).

        Raises:
            ServiceError: it is refused.
            Needed: another function has to be asked first; nothing was changed.
        """
        handler = self.prepare(name, params, caller)
        # AWS JSON takes an explicit null for a member that is absent.
        given = {key: value for key, value in params.items() if value is not None}
        place = (caller.account, caller.region, self.store, self.clock, caller.origin)
        call = Call(name, given, *place, most_items, answers=answers)
        refusal: ServiceError | None = None
        answer: Doc = {}
        with self.store.transaction():
            try:
                answer = handler(call)
            except ServiceError as error:
                if not error.keep_changes:
                    raise
                refusal = error
        if refusal is not None:
            raise refusal
        return answer, call.outbox

    def send(self, letters: list[Letter]) -> None:
        """Hand letters to the SMTP server; CodeDeliveryFailureException where it does not take one."""
        for letter in letters:
            self._post.send(letter)
