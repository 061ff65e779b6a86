"""The least-privilege policy that we ask AWS accounts for names what the code calls, and nothing else."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import botocore.session

from tests.support.stack_plugin import ROOT

POLICY = ROOT / "docs" / "aws" / "iam-policy.json"
# It knows every operation there is, with its quota.
TABLES = {"categories.py"}


def string_constants(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def signed_operations() -> set[str]:
    """The names of all operations of Cognito user pools that need IAM; the others are open to anybody."""
    service = botocore.session.get_session().get_service_model("cognito-idp")
    operations = map(service.operation_model, service.operation_names)
    return {operation.name for operation in operations if operation.auth_type != "none"}


def test_the_policy_allows_what_is_called_and_nothing_else() -> None:
    folders = (ROOT / "identity" / "cognito", ROOT / "identity" / "auth")
    files = [path for folder in folders for path in folder.glob("*.py") if path.name not in TABLES]
    called = {text for path in files for text in string_constants(path)} & signed_operations()
    allowed: set[str] = set()
    for statement in json.loads(POLICY.read_text())["Statement"]:
        actions = statement["Action"]
        allowed.update([actions] if isinstance(actions, str) else actions)
    # AWS asks for it where a pool is created with tags; there is no call of ours by that name.
    called.add("TagResource")
    assert allowed == {f"cognito-idp:{name}" for name in called}
