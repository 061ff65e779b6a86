"""The file with the TXT records: texts by name, in JSON. Written by the page and by tests, read for each question."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def read_records(path: Path) -> dict[str, list[str]]:
    """Return the texts by name, in lower case and without a final dot; none where there is no file yet."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def write_records(path: Path, records: Mapping[str, list[str]]) -> None:
    """Write all records, whole or not at all: the server may read at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dict(records), file, indent=1)
    Path(temporary).replace(path)


def canonical(name: str) -> str:
    """Return a name as the file has it."""
    return name.strip().rstrip(".").lower()
