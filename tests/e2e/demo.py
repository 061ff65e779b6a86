"""One run of `make demo` beside the tests, read as a person reads it: from what it prints."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local.stack.ports import Ports
from tests.support.mail import Mailbox
from tests.support.stack_plugin import LOCAL_PYTHON, ROOT


@dataclass
class Demo:
    """A running demo: its addresses, and the operator's sign-in."""

    process: subprocess.Popen[str]
    ports: Ports
    data: Path
    dashboard: str
    email: str
    password: str

    @classmethod
    def start(cls, data: Path, ports: Ports) -> Demo:
        """Start it on `ports` and wait for the lines that say how to sign in."""
        choices = [f"--port={name}={port}" for name, port in ports.by_name().items()]
        process = subprocess.Popen(
            [str(LOCAL_PYTHON), "-m", "local.stack", "demo", "--data", str(data), *choices],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        printed = _read_until(process, "Ctrl-C stops everything")
        return cls(
            process=process,
            ports=ports,
            data=data,
            dashboard=_word_after("Open", printed),
            email=_word_after("Sign in", printed),
            password=_word_after("Password", printed),
        )

    @property
    def signin(self) -> str:
        """The sign-in host, which is the issuer."""
        return f"http://localhost:{self.ports.signin}"

    @property
    def sample(self) -> str:
        """The sample application that the demo starts and registers by itself."""
        return f"http://localhost:{self.ports.sample}"

    @property
    def mailbox(self) -> Mailbox:
        """All mail that the demo sent."""
        return Mailbox(self.data / "mail")

    def stop(self) -> int:
        """Press Ctrl-C and wait for the end.

        Returns:
            the exit code.
        """
        self.process.send_signal(signal.SIGINT)
        with self.process:
            return self.process.wait()


def _read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    printed: str = ""
    for line in process.stdout:
        printed += line
        if text in line:
            return printed
    raise AssertionError(f"the demo ended with {process.wait()}:\n{printed}")


def _word_after(label: str, printed: str) -> str:
    found = re.search(rf"^  {label}\s+(\S+)$", printed, re.MULTILINE)
    assert found, f"the demo does not say {label!r}:\n{printed}"
    return str(found.group(1))
