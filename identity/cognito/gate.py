"""The one place that every call to Cognito passes."""

import time
from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from identity.cognito import errors
from identity.cognito.calls import Call, Outcome, Priority
from identity.cognito.categories import category_of
from identity.cognito.clients import client_for
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.error_rules import UNSUPPORTED
from identity.cognito.errors import CognitoError
from identity.cognito.hooks import hooks
from identity.cognito.translate import SDK_ERRORS, translate


def call(
    endpoint: CellEndpoint,
    operation: str,
    params: Mapping[str, Any],
    *,
    priority: Priority,
    pool_id: str | None = None,
) -> dict[str, Any]:
    """Call one API operation once: wait for the budget, call, tell the observers, translate errors.

    Arguments:
        endpoint: the cell to call.
        operation: the API's own name, for example ``DescribeUserPool``.
        params: the request, in the API's own member names.
        priority: who goes first when the budget is short.
        pool_id: the pool concerned, where ``params`` does not name it as ``UserPoolId``.

    Returns:
        The answer in the API's own member names.

    Raises:
        Transient: when the same call may succeed later.
        Terminal: when it cannot; ``UnsupportedByEndpoint`` when the endpoint does not know the operation.
    """
    if hooks.capabilities.is_unsupported(endpoint, operation):
        raise UNSUPPORTED.raised_by(operation, "Known from an earlier call.", code="UnsupportedByEndpoint")
    pool_id = pool_id or params.get("UserPoolId")
    category, username = category_of(operation, params.get("ChallengeName")), params.get("Username")
    this_call = Call(endpoint, category, operation, pool_id, priority, username)
    hooks.budget.acquire(endpoint, category, operation, pool_id, priority, username)
    started = time.monotonic()
    try:
        answer: dict[str, Any] = getattr(client_for(endpoint), xform_name(operation))(**params)
    except SDK_ERRORS as cause:
        error = translate(cause, operation)
        _observe(this_call, _outcome_of(error), started)
        if isinstance(error, errors.UnsupportedByEndpoint):
            hooks.capabilities.record_unsupported(endpoint, operation)
        raise error from cause
    _observe(this_call, Outcome.OK, started)
    return answer


def _observe(this_call: Call, outcome: Outcome, started: float) -> None:
    seconds = time.monotonic() - started
    for observer in hooks.observers:
        observer.observe(this_call, outcome, seconds)


def _outcome_of(error: CognitoError) -> Outcome:
    for kind, outcome in (
        (errors.Throttled, Outcome.THROTTLED),
        (errors.ConcurrentModification, Outcome.CONFLICT),
        (errors.AmbiguousOutcome, Outcome.AMBIGUOUS),
        (errors.Transient, Outcome.TRANSIENT),
        (errors.UnsupportedByEndpoint, Outcome.UNSUPPORTED),
    ):
        if isinstance(error, kind):
            return outcome
    return Outcome.REFUSED
