"""The ids that a task's log lines carry: its own, and that of the request which asked for it.

Messages carry them in headers of ours (Celery, "Task messages": headers are for such things); the payload stays a key.
"""

import logging
import time
from typing import Any

import structlog
from celery import Task
from celery.signals import before_task_publish, celeryd_init, setup_logging, task_postrun, task_prerun

REQUEST_ID = "lifeguard_request_id"
# Seconds since the epoch by the sender's clock; the age of the queue is told by it.
SENT_AT = "lifeguard_sent_at"


def connect() -> None:
    """Listen to Celery; called once, where the application is made."""
    celeryd_init.connect(capture_warnings)
    setup_logging.connect(leave_logging_alone)
    before_task_publish.connect(stamp)
    task_prerun.connect(bind)
    task_postrun.connect(unbind)


def capture_warnings(**_: Any) -> None:
    """Let Python's own warnings be lines like all others, from the start of a worker on."""
    logging.captureWarnings(capture=True)


def leave_logging_alone(**_: Any) -> None:
    """Keep Celery from setting up logging: a receiver of this signal means that somebody else has, here Django."""


def stamp(headers: dict[str, Any], **_: Any) -> None:
    """Write on each message when it was sent and, where a request is its cause, that request's id."""
    headers[SENT_AT] = time.time()
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        headers[REQUEST_ID] = request_id


def bind(task_id: str, task: "Task[..., Any]", **_: Any) -> None:
    """Bind the ids for the time of the task; what an earlier task left bound is forgotten."""
    structlog.contextvars.clear_contextvars()
    known = {"task": task.name, "task_id": task_id, "request_id": task.request.get(REQUEST_ID)}
    structlog.contextvars.bind_contextvars(**{name: value for name, value in known.items() if value})


def unbind(**_: Any) -> None:
    """Leave nothing bound for what the process does between tasks."""
    structlog.contextvars.clear_contextvars()
