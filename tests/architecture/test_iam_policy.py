"""The least-privilege policy that we ask AWS accounts for names what the code calls, and nothing else."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import botocore.session

from identity.cognito.policy import needed_operations
from tests.support.stack_plugin import ROOT

POLICY = ROOT / "docs" / "aws" / "iam-policy.json"
# What `manage.py doctor` may be allowed besides; the product works without.
DOCTORS_POLICY = ROOT / "docs" / "aws" / "iam-policy-doctor.json"
# They know operations by name, ours and others: the quotas, and what a refusal is about.
TABLES = {"categories.py", "refusal.py"}


def string_constants(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def signed_operations() -> set[str]:
    """The names of all operations of Cognito user pools that need IAM; the others are open to anybody."""
    service = botocore.session.get_session().get_service_model("cognito-idp")
    operations = map(service.operation_model, service.operation_names)
    return {operation.name for operation in operations if operation.auth_type != "none"}


def allowed_by(*policies: Path) -> set[str]:
    """The actions that policies allow."""
    found: set[str] = set()
    for policy in policies:
        for statement in json.loads(policy.read_text())["Statement"]:
            actions = statement["Action"]
            found.update([actions] if isinstance(actions, str) else actions)
    return found


def test_the_policy_allows_what_is_called_and_nothing_else() -> None:
    folders = (ROOT / "identity" / "cognito", ROOT / "identity" / "auth")
    files = [path for folder in folders for path in folder.glob("*.py") if path.name not in TABLES]
    called = {text for path in files for text in string_constants(path)} & signed_operations()
    # AWS asks for it where a pool is created with tags; there is no call of ours by that name.
    called.add("TagResource")
    allowed = allowed_by(POLICY, DOCTORS_POLICY)
    assert {action for action in allowed if action.startswith("cognito-idp:")} == {
        f"cognito-idp:{name}" for name in called
    }


def test_what_doctor_needs_besides_is_not_in_the_policy_that_everybody_needs() -> None:
    assert not allowed_by(POLICY) & allowed_by(DOCTORS_POLICY)
    assert {f"cognito-idp:{operation}" for operation in needed_operations()} == allowed_by(POLICY)
