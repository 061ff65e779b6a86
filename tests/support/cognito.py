"""The control address of the local Cognito (`local/cognito/control.py`): its journal, faults and clock."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

_READ_PREFIXES = ("Describe", "Get", "List", "AdminGet", "AdminList")


@dataclass(frozen=True)
class RecordedCall:
    """One call in the journal."""

    operation: str
    pool_id: str | None
    key: str | None
    status: int | None
    applied: bool

    @property
    def is_write(self) -> bool:
        """Say whether the operation is one that changes something."""
        return not self.operation.startswith(_READ_PREFIXES)


@dataclass(frozen=True)
class LocalCognito:
    """The local Cognito, seen from beside."""

    url: str

    def fault(self, operation: str, kind: str, *, pool_id: str | None = None, times: int = 1) -> None:
        """Let the next calls of `operation` meet a fault, in one pool or in any."""
        order = {"operation": operation, "kind": kind, "pool_id": pool_id, "times": times}
        self._send("POST", "/_local/faults", order)

    def is_holding(self) -> bool:
        """Say whether a call is held now."""
        return bool(self._send("GET", "/_local/faults")["parked"])

    def clear_faults(self) -> None:
        """Forget all faults and release what is held."""
        self._send("DELETE", "/_local/faults")

    def advance(self, seconds: float) -> None:
        """Move the clock on. It never goes back, so only a test with a Cognito of its own may do this."""
        self._send("POST", "/_local/clock", {"advance": seconds})

    def forget_calls(self) -> None:
        """Empty the journal."""
        self._send("DELETE", "/_local/calls")

    def calls(self) -> list[RecordedCall]:
        """Return the journal, oldest first."""
        entries = self._send("GET", "/_local/calls")["calls"]
        names = ("operation", "pool_id", "key", "status", "applied")
        return [RecordedCall(**{name: entry[name] for name in names}) for entry in entries]

    def operations(self) -> list[str]:
        """Return the names of the calls in the journal."""
        return [call.operation for call in self.calls()]

    def writes(self) -> list[str]:
        """Return the names of the calls in the journal that change something."""
        return [call.operation for call in self.calls() if call.is_write]

    def applied(self, operation: str) -> int:
        """Return how many calls of `operation` in the journal took effect."""
        return sum(call.applied for call in self.calls() if call.operation == operation)

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            content: dict[str, Any] = json.load(answer)
        return content
