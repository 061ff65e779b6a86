"""The samples of docs/integrate as processes, registered as applications like anybody else's."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from local.stack.probes import http_ok
from local.stack.processes import Service, Stage
from tests.support.third_party import npm_installed

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "integrate"
_PYTHON = FOLDER / "python"


def sample(name: str, settings: Mapping[str, str], port: int, folder: Path) -> Service:
    """What runs one sample, as its file says to.

    Args:
        name: django, fastapi or express.
        settings: what the sample reads of its environment.
        port: where it listens.
        folder: for its log and its database.
    """
    own = {"PATH": os.environ["PATH"], "APP_DATABASE": str(folder / "db.sqlite3"), "PORT": str(port)}
    return Service(
        name=name,
        stage=Stage.PRODUCT,
        command=_COMMANDS[name](port),
        log=folder / f"{name}.log",
        ready=lambda: http_ok(port, "/"),
        environment={**own, **settings},
    )


def _django(port: int) -> tuple[str, ...]:
    manage = f"{sys.executable} {_PYTHON / 'manage.py'}"
    return ("sh", "-c", f"{manage} migrate --verbosity 0 && exec {manage} runserver --noreload 127.0.0.1:{port}")


def _fastapi(port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "uvicorn", "--app-dir", str(_PYTHON), "--port", str(port), "fastapi_app:app")


def _express(_port: int) -> tuple[str, ...]:
    return (str(shutil.which("node")), str(npm_installed(FOLDER / "express") / "app.js"))


_COMMANDS = {"django": _django, "fastapi": _fastapi, "express": _express}
