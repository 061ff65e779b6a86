"""`python -m local.mail --port PORT --maildir DIR`: accept mail until SIGTERM or SIGINT."""

import argparse
import asyncio
import signal
from pathlib import Path

from local.mail.sink import serve


def main() -> None:
    """Run the sink."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="another address only inside a container")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--maildir", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(_run(options.host, options.port, options.maildir))


async def _run(host: str, port: int, maildir: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(host, port, maildir, stop)


if __name__ == "__main__":
    main()
