"""How Gunicorn serves both sites; `--config python:config.gunicorn_conf`. The rest are options."""

from typing import Any

worker_class = "gthread"
# Seconds. Longer than load balancers and clients keep a connection (60 at the most, by their defaults): whoever closes
# it first may do so while a request is on its way, which then fails.
keepalive = 75
# All workers are forks of one process that has loaded everything: less memory, and half the time to start.
preload_app = True
control_socket_disable = True
accesslog = "-"
logger_class = "config.gunicorn_log.AccessLogger"


def on_starting(_server: Any) -> None:
    """Begin counting at nothing."""
    from config import metrics_listener  # Django's settings are there once the application is loaded

    metrics_listener.begin_counting()


def when_ready(_server: Any) -> None:
    """Answer Prometheus from the main process."""
    from config import metrics_listener

    metrics_listener.start()
