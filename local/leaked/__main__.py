"""`python -m local.leaked --port PORT`: answer until SIGTERM or SIGINT."""

import argparse
import signal
import sys

from local.leaked.server import server


def main() -> None:
    """Run the service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="another address only inside a container")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with server(options.host, options.port) as running:
        running.serve_forever()


if __name__ == "__main__":
    main()
