"""Structured logs: one JSON object a line, with the ids that are bound around the call; for people at a terminal, text.

Every line has `time`, `level`, `logger` and `event`, and where they exist `request_id`, `actor`, `tenant`, `task`,
`task_id`, `sync_kind`, `sync_key` and `plan` (docs/operations.md has the table).
"""

import sys
from enum import StrEnum
from typing import Any

import structlog

from config.redaction import clean

_FIRST = ("time", "level", "logger", "event")
# What libraries attach to their records as objects: a request with its headers, a task with its arguments.
_LEFT_OUT = frozenset({"request", "data", "server_time"})


class LogFormat(StrEnum):
    """How lines look; `auto` is text at a terminal and JSON everywhere else."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


def in_order(
    _logger: structlog.types.WrappedLogger, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """Leave out what must not be logged, and put first what each line has."""
    fields = clean({name: value for name, value in event.items() if name not in _LEFT_OUT})
    return {name: fields.pop(name) for name in _FIRST if name in fields} | fields


SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    structlog.processors.format_exc_info,
]


def configuration(level: str, form: LogFormat) -> dict[str, Any]:
    """Return the configuration of Python's logging (PEP 391): everything to stderr, in one form.

    Args:
        level: the least severe level that is written, by its name.
        form: how lines look.
    """
    at_terminal = sys.stderr.isatty()
    as_text = form is LogFormat.CONSOLE or (form is LogFormat.AUTO and at_terminal)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    in_order,
                    _text(colors=at_terminal) if as_text else structlog.processors.JSONRenderer(),
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"level": least} for name, least in _QUIETER.items()},
    }


_QUIETER = {
    # Authlib writes issued tokens into its debug log.
    "authlib": "WARNING",
    "botocore": "WARNING",
    # A role that does not let us in is told once, in words, by whoever called.
    "botocore.credentials": "ERROR",
    # The sweep alone would write three lines each few seconds; failures are above this level.
    "celery.app.trace": "WARNING",
    "celery.beat": "WARNING",
    "celery.worker.strategy": "WARNING",
    "django.request": "ERROR",
    # It writes the ids of credentials, by which somebody could be told from others.
    "fido2": "WARNING",
    "httpx": "WARNING",
}


def _text(*, colors: bool) -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=colors, timestamp_key="time", exception_formatter=structlog.dev.plain_traceback
    )


structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
