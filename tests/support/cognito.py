"""The control address of the local Cognito (`local/cognito/control.py`): its journal, faults, quotas and clock."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

_READ_PREFIXES = ("Describe", "Get", "List", "AdminGet", "AdminList")


@dataclass(frozen=True)
class RecordedCall:
    """One call in the journal; `fault` is the kind of fault that it met, `seq` counts all calls."""

    operation: str
    pool_id: str | None
    key: str | None
    status: int | None
    applied: bool
    error: str | None = None
    fault: str | None = None
    seq: int = 0

    @property
    def is_write(self) -> bool:
        """Say whether the operation is one that changes something."""
        return not self.operation.startswith(_READ_PREFIXES)


@dataclass(frozen=True)
class QuotaUse:
    """One category of operations in one account and Region.

    `per_second` is the rate in force, None where none is; `used` is how many calls of it are used up now.
    """

    account: str
    region: str
    category: str
    per_second: float | None
    used: float
    allowed: int
    throttled: int


@dataclass(frozen=True)
class LocalCognito:
    """The local Cognito, seen from beside."""

    url: str

    def fault(self, operation: str, kind: str, *, pool_id: str | None = None, times: int = 1) -> None:
        """Let the next calls of `operation` (or ``*``, ``reads``, ``writes``) meet a fault, in one pool or in any.

        Args:
            kind: hold_before, hold_after, throttle, error_500, conflict, access_denied, timeout_before, timeout_after,
                truncate_list, short_page or empty_page; `local/cognito/control.py` says what each does.
        """
        self._order(operation, kind, pool_id, times=times)

    def fault_by_chance(
        self, operation: str, kind: str, probability: float, *, seed: int, pool_id: str | None = None
    ) -> None:
        """Let each call of `operation` meet a fault with a probability, until faults are cleared.

        The same seed picks the same calls of a sequence.
        """
        self._order(operation, kind, pool_id, probability=probability, seed=seed)

    def hide_created(self, operation: str, *, reads: int, pool_id: str | None = None, times: int = 1) -> None:
        """Let what the next calls of a create make be missing from as many reads that would have seen it."""
        self._order(operation, "not_found_after_create", pool_id, times=times, calls=reads)

    def _order(self, operation: str, kind: str, pool_id: str | None, **how: float) -> None:
        self._send("POST", "/_local/faults", {"operation": operation, "kind": kind, "pool_id": pool_id, **how})

    def is_holding(self) -> bool:
        """Say whether a call is held now."""
        return bool(self._send("GET", "/_local/faults")["parked"])

    def clear_faults(self) -> None:
        """Forget all faults and release what is held."""
        self._send("DELETE", "/_local/faults")

    def scale_quotas(self, scale: float) -> None:
        """Enforce request rates: 1 is AWS's defaults, 0 none. All allowances begin full."""
        self._send("POST", "/_local/quotas", {"scale": scale})

    def quotas(self) -> list[QuotaUse]:
        """Return what each category of operations, in each account and Region, has used and been refused."""
        names = ("account", "region", "category", "per_second", "used", "allowed", "throttled")
        categories = self._send("GET", "/_local/quotas")["categories"]
        return [QuotaUse(**{name: entry[name] for name in names}) for entry in categories]

    def forget_quota_counts(self) -> None:
        """Begin to count allowed and throttled calls anew."""
        self._send("DELETE", "/_local/quotas")

    def reserve_domain(self, prefix: str) -> None:
        """Let another AWS account have a domain prefix in us-east-1."""
        self._send("POST", "/_local/domains", {"taken": prefix})

    def release_domain(self, prefix: str) -> None:
        """Let the other AWS account give the prefix back."""
        self._send("DELETE", "/_local/domains", {"taken": prefix})

    def limit(self, **limits: int | None) -> None:
        """Change how many of a resource there may be (`local/cognito/limits.py`); None brings AWS's default back."""
        self._send("POST", "/_local/limits", dict(limits))

    def play_social(self, **addresses: str) -> None:
        """Say which OpenID provider plays a social one, by its type."""
        self._send("POST", "/_local/social", dict(addresses))

    def serve_functions(self, addresses: dict[str, str | None]) -> None:
        """Say where functions of pools are, by ARN; None forgets one."""
        self._send("POST", "/_local/functions", dict(addresses))

    def take_imports(self, seconds: float) -> None:
        """Let user import jobs take so many seconds from now on."""
        self._send("POST", "/_local/imports", {"seconds": seconds})

    def advance(self, seconds: float) -> None:
        """Move the clock on. It never goes back, so only a test with a Cognito of its own may do this."""
        self._send("POST", "/_local/clock", {"advance": seconds})

    def forget_calls(self) -> None:
        """Empty the journal."""
        self._send("DELETE", "/_local/calls")

    def calls(self, *, after: int = 0) -> list[RecordedCall]:
        """Return the journal, oldest first: at most the last 20,000 calls, and only those behind a `seq`."""
        entries = self._send("GET", f"/_local/calls?after={after}")["calls"]
        names = ("operation", "pool_id", "key", "status", "applied", "error", "fault", "seq")
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

    def texts_to(self, number: str) -> list[str]:
        """Return the text messages that were sent to a number, the oldest first."""
        return [str(text["body"]) for text in self._send("GET", "/_local/texts")["texts"] if text["to"] == number]

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            content: dict[str, Any] = json.load(answer)
        return content
