"""The core does not know its faces: what imports what, beside the contracts of import-linter."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = [
    path
    for app in ("tenants", "identity", "federation")
    for part in ("services", "selectors", "models", "selectors.py", "sync", "pull")
    for path in ([ROOT / app / part] if (ROOT / app / part).is_file() else (ROOT / app / part).rglob("*.py"))
]


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_does_not_import_its_faces(path: Path) -> None:
    faces = {
        name
        for name in imported_modules(path)
        if name.split(".")[0] in {"tenants", "identity", "federation", "config"}
        and {"web", "api"} & set(name.split("."))
    }
    assert not faces
    assert not {name for name in imported_modules(path) if name.split(".")[0] in {"config", "local", "rest_framework"}}


def test_the_core_was_found() -> None:
    assert len(CORE) > 30
