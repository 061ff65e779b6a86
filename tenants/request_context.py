"""Which request the present work is for, however many steps lie between."""

import structlog


def current_request_id() -> str:
    """Return the id that a request, or a task that a request caused, bound around this code; empty for none."""
    return str(structlog.contextvars.get_contextvars().get("request_id") or "")
