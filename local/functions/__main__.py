"""`python -m local.functions --port PORT`: answer until SIGTERM or SIGINT.

Environment: LIFEGUARD_MESSAGES_URL, as in AWS, and LIFEGUARD_EVENTS_SECRET, for which the function has Secrets Manager
there.
"""

import argparse
import os
import signal
import sys

from local.functions.server import load, server


def main() -> None:
    """Run the service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="another address only inside a container")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    destination = (os.environ["LIFEGUARD_MESSAGES_URL"], os.environ["LIFEGUARD_EVENTS_SECRET"])
    function = load()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with server(options.host, options.port, lambda event: function.with_words(event, lambda: destination)) as running:
        running.serve_forever()


if __name__ == "__main__":
    main()
