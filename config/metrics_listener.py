"""The small HTTP listener that Prometheus asks: one in the main process of each worker and web server.

The processes that do the work count into files of `PROMETHEUS_MULTIPROC_DIR` (prometheus_client, "Multiprocess Mode"),
which the main process adds up. It is never on the port that people use (docs/adr/0010).
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from config.exporter import Convergence

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def begin_counting() -> None:
    """Make the folder, and remove what an earlier run counted. Call it in the main process, before others start."""
    if named := os.environ.get(FOLDER):
        folder = Path(named)
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.db"):
            file.unlink()


def start() -> None:
    """Listen, where a port is set; call it in the main process once it has started the others.

    Raises:
        ImproperlyConfigured: a port without a folder: the numbers of all other processes would be missing.
        OSError: the port is taken.
    """
    if settings.METRICS_PORT is None:
        return
    if FOLDER not in os.environ:
        raise ImproperlyConfigured(f"LIFEGUARD_METRICS_PORT needs {FOLDER}: a folder that this part alone writes to.")
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client types this in part
    registry.register(Convergence())
    start_http_server(settings.METRICS_PORT, addr=settings.METRICS_HOST, registry=registry)
