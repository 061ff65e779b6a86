"""Paged listings that are complete or fail."""

from collections.abc import Iterator, Mapping
from typing import Any

from identity.cognito.calls import Priority
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.gate import call


def pages(
    endpoint: CellEndpoint, operation: str, params: Mapping[str, Any], *, carried_by: str, priority: Priority
) -> Iterator[dict[str, Any]]:
    """Every page of a listing; each page is a call of its own against the budget.

    A page may be short or empty while more follow (ListUsers in botocore's service model), so only an answer without a
    token ends the listing, and a page that fails raises: what ends without an error is complete.

    Arguments:
        carried_by: the name of the member that carries the listing on, in request and answer alike.
    """
    request = dict(params)
    while True:
        page = call(endpoint, operation, request, priority=priority)
        yield page
        if not page.get(carried_by):
            return
        request[carried_by] = page[carried_by]
