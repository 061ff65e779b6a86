"""A permission that nothing demands would promise something on the pages that explain roles."""

import pytest

from tenants.permissions import Permission
from tests.support.stack_plugin import ROOT


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_demanded_somewhere(permission: Permission) -> None:
    table = ROOT / "tenants" / "permissions.py"
    code = [path for app in ("tenants", "identity", "federation", "config") for path in (ROOT / app).rglob("*.py")]
    assert any(f"Permission.{permission.name}" in path.read_text() for path in code if path != table)
