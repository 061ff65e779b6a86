"""Command line of the local Cognito."""

import argparse
import signal
import socket
from pathlib import Path

import uvicorn

from local.cognito.app import Settings, make_app
from local.cognito.connections import Connections

_SHUTDOWN_SECONDS = 1
# Longer than anybody's next call is away as a rule: a connection that is closed just as a call goes out ends the call,
# and no client of ours tries again.
_IDLE_SECONDS = 60


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or not host:
        raise argparse.ArgumentTypeError("give HOST:PORT")
    return host, int(port)


def _scale(text: str) -> float:
    scale = float(text)
    if scale < 0:
        raise argparse.ArgumentTypeError("give 0 or more")
    return scale


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.cognito", description="A strict local Amazon Cognito.")
    parser.add_argument("--host", default="127.0.0.1", help="another address only inside a container")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the first line of output names it")
    parser.add_argument("--data", type=Path, required=True, help="directory for all state")
    parser.add_argument("--smtp", type=_address, help="HOST:PORT that takes invitations and codes")
    parser.add_argument("--account", default="123456789012", help="account of keys that name none")
    parser.add_argument(
        "--quota-scale", type=_scale, default=1.0, help="request rates: 1 is AWS's defaults, 0 enforces none"
    )
    return parser.parse_args()


def main() -> None:
    """Serve until SIGTERM or SIGINT, then stop ministack and end with status 0."""
    arguments = _arguments()
    connections = Connections()
    settings = Settings(arguments.data.resolve(), arguments.account, arguments.smtp, arguments.quota_scale)
    app = make_app(settings, connections)
    # asyncio sends small writes at once only on sockets whose protocol is named; otherwise each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((arguments.host, arguments.port))
    listener.listen(128)
    print(f"listening on http://{arguments.host}:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        app,
        http=connections.protocol(),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    # Uvicorn raises the signal again once it has stopped; a clean stop should end with status 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
