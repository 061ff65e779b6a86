"""How the API's OpenAPI description says what can go wrong."""

from drf_spectacular.utils import OpenApiResponse

# RFC 9457. `errors` has messages by field, where the trouble is with fields.
_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": True},
    },
}
PROBLEM = OpenApiResponse(_SCHEMA, description="What went wrong.")
ERRORS = {(code, "application/problem+json"): PROBLEM for code in ("400", "401", "403", "422")}
OBJECT_ERRORS = {**ERRORS, ("404", "application/problem+json"): PROBLEM, ("409", "application/problem+json"): PROBLEM}
