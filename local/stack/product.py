"""The product's own processes, as production runs them: gunicorn twice, a Celery worker, and beat."""

from collections.abc import Mapping
from pathlib import Path

from local.stack.ports import LOOPBACK
from local.stack.probes import http_ok, redis_has_consumer
from local.stack.processes import Service, Stage


def counting(folder: Path, port: int) -> dict[str, str]:
    """What a part is told besides so that it shows metrics on a port of loopback; only it may count in `folder`."""
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder), "LIFEGUARD_METRICS_PORT": str(port)}


def web(site: str, python: Path, environment: Mapping[str, str], port: int, log: Path) -> Service:
    """One of the two web servers.

    Args:
        site: `dashboard` or `signin`, for LIFEGUARD_SITE.
        python: the interpreter of the product's virtual environment.
        environment: that of `product_environment`.
        port: where it listens, on loopback.
        log: gets its output.
    """
    options = ("--config", "python:config.gunicorn_conf", "--workers", "2", "--threads", "4")
    return Service(
        name=site,
        stage=Stage.PRODUCT,
        command=(
            *(str(python), "-m", "gunicorn", "--bind", f"{LOOPBACK}:{port}"),
            *(*options, "config.wsgi:application"),
        ),
        log=log,
        ready=lambda: http_ok(port, "/healthz"),
        environment={**environment, "LIFEGUARD_SITE": site},
    )


def worker(python: Path, environment: Mapping[str, str], redis_port: int, log: Path) -> Service:
    """A Celery worker. It listens nowhere, so Redis is asked whether somebody waits for messages."""
    options = ("--concurrency", "2", "--without-gossip", "--without-mingle")
    return Service(
        name="worker",
        stage=Stage.PRODUCT,
        command=(str(python), "-m", "celery", "--quiet", "--app", "config.celery", "worker", *options),
        log=log,
        ready=lambda: redis_has_consumer(redis_port),
        environment=environment,
    )


def beat(python: Path, environment: Mapping[str, str], log: Path, folder: Path) -> Service:
    """Celery beat, which wakes the sweep. It listens nowhere either, but writes its process id when it begins.

    Args:
        python: as in `web`.
        environment: as in `web`.
        log: gets its output.
        folder: keeps its schedule. Only one beat may use it at a time.
    """
    running = folder / "beat.pid"
    # One that was killed leaves the file behind.
    running.unlink(missing_ok=True)
    return Service(
        name="beat",
        stage=Stage.PRODUCT,
        command=(
            *(str(python), "-m", "celery", "--quiet", "--app", "config.celery", "beat"),
            *("--schedule", str(folder / "beat-schedule"), "--pidfile", str(running)),
        ),
        log=log,
        ready=running.exists,
        environment=environment,
    )
