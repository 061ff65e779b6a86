"""One request, asked by wrk as often as a server answers it."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.stack.ports import LOOPBACK

CONNECTIONS = 16
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_COUNT = re.compile(r"(\d+) requests in ")


@dataclass(frozen=True)
class Request:
    """What is asked.

    Args:
        path: with its query.
        headers: go along.
        body: of a POST; empty for a GET.
    """

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def installed() -> str:
    """Return wrk's path.

    Raises:
        SystemExit: it is not there.
    """
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("This needs wrk: apt-get install wrk")
    return found


def ask(port: int, request: Request, seconds: int) -> tuple[float, int]:
    """Ask for some seconds over all connections; return requests a second, and how many there were.

    Raises:
        SystemExit: an answer was not a success, or there was none.
    """
    with tempfile.TemporaryDirectory(prefix="lifeguard-bench-") as folder:
        command = [installed(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", *_posting(request, Path(folder))]
        for name, value in request.headers.items():
            command += ["-H", f"{name}: {value}"]
        said = subprocess.run(
            [*command, f"http://{LOOPBACK}:{port}{request.path}"], check=True, capture_output=True, text=True
        ).stdout
    rate, count = _RATE.search(said), _COUNT.search(said)
    if rate is None or count is None or "Non-2xx" in said or not int(count[1]):
        raise SystemExit(f"{request.path} was not answered as it should be:\n{said}")
    return float(rate[1]), int(count[1])


def _posting(request: Request, folder: Path) -> list[str]:
    if not request.body:
        return []
    script = folder / "post.lua"
    script.write_text(f'wrk.method = "POST"\nwrk.body = [==[{request.body}]==]\n')
    return ["-s", str(script)]
