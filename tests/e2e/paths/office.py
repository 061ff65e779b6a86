"""The tests' end of the process beside the demo (`backstage`)."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from local.stack.environment import Secrets, Urls, product_environment
from local.stack.services import ServiceAddresses
from tests.e2e.demo import Demo
from tests.support.stack_plugin import ROOT


class Office:
    """Asks for tenants and people."""

    def __init__(self, demo: Demo) -> None:
        secrets = Secrets.load_or_generate(demo.data / "secrets.json")
        environment = product_environment(ServiceAddresses.on(demo.data, demo.ports), Urls.on(demo.ports), secrets)
        self._process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.paths.backstage"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "LIFEGUARD_SITE": "signin"},
        )

    def ask(self, what: str, **values: Any) -> Any:
        """Have one of `backstage.commands` done.

        Raises:
            AssertionError: it failed; with its traceback.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, "with": values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the process beside the demo ended with {self._process.wait()}"
        said = json.loads(line)
        assert "fault" not in said, said["fault"]
        return said["answer"]

    def close(self) -> int:
        """Have nothing more to ask; return the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with self._process:
            return self._process.wait()
