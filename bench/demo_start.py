"""How long `make demo` takes from a fresh clone, and the second time.

Clones this repository's HEAD into an empty folder, runs `make demo` there on unused ports until it says that it is
running, presses Ctrl-C, and runs it again. Packages come from pip's cache if they are in it.

    python3.11 bench/demo_start.py
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READY = "Ctrl-C stops everything"
LIMITS = {"first": 60.0, "second": 10.0}
SERVERS = 8


def main() -> int:
    """Measure both starts and print command, figures and ratio."""
    with tempfile.TemporaryDirectory(prefix="lifeguard-bench-") as folder:
        Path(folder).chmod(0o755)
        clone = Path(folder) / "lifeguard"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        command = ["make", "demo", f"PORT_BASE={unused_ports(SERVERS)}"]
        print(f"command: {' '.join(command)}   ({os.cpu_count()} cores, Python {sys.version.split()[0]})")
        for name, limit in LIMITS.items():
            seconds, own = start_and_stop(command, clone)
            print(
                f"{name:6}  {seconds:5.1f} s from make to ready, {own} of it the stack's own start; "
                f"limit {limit:.0f} s, ratio {seconds / limit:.2f}"
            )
    return 0


def start_and_stop(command: list[str], clone: Path) -> tuple[float, str]:
    """Run the demo until it is ready, then press Ctrl-C.

    Returns:
        seconds from the command to readiness, and what the demo itself says it took.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=clone, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if READY in line:
            break
    else:
        raise SystemExit(f"the demo did not start:\n{printed}")
    seconds = time.monotonic() - began
    os.killpg(process.pid, signal.SIGINT)
    process.stdout.read()
    process.wait()
    own = re.search(r"it took ([\d.]+ s)", printed)
    return seconds, own.group(1) if own else "?"


def unused_ports(count: int) -> int:
    """Find a port from which on `count` are free."""
    for base in range(21_000, 30_000, count):
        if all(is_free(port) for port in range(base, base + count)):
            return base
    raise SystemExit("no run of free ports was found")


def is_free(port: int) -> bool:
    """Say whether nothing listens on `port`."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


if __name__ == "__main__":
    sys.exit(main())
