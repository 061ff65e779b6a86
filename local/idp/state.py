"""What an identity provider keeps, in one file that only its owner may read."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class StateFile:
    """A JSON object on disk, written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> dict[str, Any] | None:
        """What was saved, or None the first time."""
        if not self._path.exists():
            return None
        kept: dict[str, Any] = json.loads(self._path.read_text())
        return kept

    def save(self, state: Mapping[str, Any]) -> None:
        """Replace what was saved."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(state, file)
        unfinished.rename(self._path)
