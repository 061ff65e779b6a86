"""Parameters of a request, each at most once (RFC 6749 section 3.1)."""

from urllib.parse import parse_qsl

from starlette.requests import Request

_LONGEST = 2_000_000
_FORM = "application/x-www-form-urlencoded"


class BadForm(ValueError):
    """Parameters that cannot be read, or one that is given twice."""


def query_of(request: Request) -> dict[str, str]:
    """The query's parameters; BadForm where one is repeated."""
    return _once(request.url.query)


async def form_of(request: Request) -> dict[str, str]:
    """The parameters of a form's body; BadForm where it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise BadForm(f"the body is not {_FORM}")
    body = await request.body()
    if len(body) > _LONGEST:
        raise BadForm("the body is too long")
    try:
        return _once(body.decode("ascii"))
    except UnicodeDecodeError as error:
        raise BadForm("the body is not form-encoded") from error


def _once(encoded: str) -> dict[str, str]:
    pairs = parse_qsl(encoded, keep_blank_values=True)
    values = dict(pairs)
    if len(values) != len(pairs):
        raise BadForm("a parameter is given twice")
    # An empty value is as good as none (RFC 6749 section 3.1).
    return {name: value for name, value in values.items() if value}
