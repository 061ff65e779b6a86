"""The IAM policy that a cell's role needs, read from the file that people attach (docs/aws/iam-policy.json)."""

import json
from functools import cache
from pathlib import Path

FILE = "docs/aws/iam-policy.json"
# The condition of the policy: it lets Lifeguard change pools with this tag alone.
POOL_TAG = "lifeguard:pool"
_PREFIX = "cognito-idp:"


@cache
def needed_operations() -> tuple[str, ...]:
    """Return the names of all operations that the policy allows, in its order."""
    document = json.loads((Path(__file__).resolve().parents[2] / FILE).read_text())
    found: list[str] = []
    for statement in document["Statement"]:
        actions = statement["Action"]
        found += [actions] if isinstance(actions, str) else actions
    return tuple(action.removeprefix(_PREFIX) for action in found)
