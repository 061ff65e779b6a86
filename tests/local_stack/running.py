"""Runs of `python -m local.stack` beside the session's own."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from local.stack.services import ServiceAddresses
from tests.support.stack_plugin import LOCAL_PYTHON, ROOT


def refused(*arguments: str | Path) -> str:
    """Run a command that must be refused, and return what it says."""
    command = [str(LOCAL_PYTHON), "-m", "local.stack", *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


@contextlib.contextmanager
def services(*arguments: str | Path) -> Iterator[ServiceAddresses]:
    """Run the four servers, and stop them with SIGTERM at the end of the block."""
    command = [str(LOCAL_PYTHON), "-m", "local.stack", "services", *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield ServiceAddresses.from_json(line)
        finally:
            process.terminate()
            assert process.wait() == 0


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account can reach; pytest's own `tmp_path` is closed to every other account."""
    with tempfile.TemporaryDirectory(prefix="lifeguard-stack-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder / "data"
