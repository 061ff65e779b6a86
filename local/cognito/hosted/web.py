"""What every route of a pool's domain needs."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from local.cognito.hosted.answers import ErrorRedirect, PageError, error_page, to_error_page
from local.cognito.hosted.forms import BadForm

Endpoint = Callable[[Request], Awaitable[Response]]


def origin_of(request: Request) -> str:
    """Scheme, host and port under which the browser reached the domain."""
    return str(request.base_url).rstrip("/")


def shown(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, whose failures are shown to the person."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ErrorRedirect as error:
            return to_error_page(error)
        except PageError as error:
            return error_page(error)
        except BadForm as error:
            return error_page(PageError(str(error)))

    return answer
