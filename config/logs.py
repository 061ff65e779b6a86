"""Structured logs: one JSON object a line, with the request, tenant and task ids that are bound around the call."""

import re

import structlog

# Addresses that are a secret in themselves: whoever reads one in a log could accept the invitation or set the password.
_SECRET_IN_ADDRESS = re.compile(r"(/invitation/|/password/reset/key/)[^/\s\"'?]+")


def hide_secrets(
    _logger: structlog.types.WrappedLogger, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """Leave the secret out of every address that a line names; Django logs the address of what it refuses."""
    return {name: hidden(value) if isinstance(value, str) else value for name, value in event.items()}


def hidden(text: str) -> str:
    """Return a text with the secrets in its addresses left out."""
    return _SECRET_IN_ADDRESS.sub(r"\1[hidden]", text)


SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    hide_secrets,
]
RENDER: list[structlog.types.Processor] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.JSONRenderer(),
]

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
