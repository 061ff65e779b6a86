"""What a test may order to go wrong, and which calls an order is about."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from local.cognito.model import Doc, find_operation
from local.cognito.visibility import HIDEABLE

# How many items a page has at most.
PAGES = {"empty_page": 0, "short_page": 1}
BEFORE = (
    "hold_before",
    "throttle",
    "error_500",
    "conflict",
    "access_denied",
    "timeout_before",
    "truncate_list",
    *PAGES,
)
AFTER = ("hold_after", "timeout_after", "not_found_after_create")
KINDS = (*BEFORE, *AFTER)
PAGE_MEMBERS = ("NextToken", "PaginationToken")

_READ_PREFIXES = ("Describe", "List", "Get", "AdminList", "AdminGet")
# A new challenge leaves the old one as it was: for its quotas Cognito counts InitiateAuth as a read (DG:quotas).
_OTHER_READS = frozenset({"InitiateAuth", "AdminInitiateAuth"})
_WRITES_NAMED_GET = frozenset({"GetTokensFromRefreshToken", "GetUserAttributeVerificationCode"})
_CLASSES = ("*", "reads", "writes")
_CONFLICT = "ConcurrentModificationException"


def is_read(operation: str) -> bool:
    """Whether calling `operation` changes nothing."""
    if operation in _WRITES_NAMED_GET:
        return False
    return operation.startswith(_READ_PREFIXES) or operation in _OTHER_READS


@dataclass(frozen=True)
class Order:
    """Let calls meet a fault.

    Attributes:
        operation: an operation's name, ``*`` for all, ``reads`` or ``writes``.
        kind: one of KINDS, see `control`.
        pool_id: only calls about this pool; None for any.
        times: how many of the next matching calls; without meaning where `probability` is given.
        probability: of each matching call, between 0 and 1, by dice that `seed` determines.
        calls, seconds: for ``not_found_after_create``: how many reads, or how long by the service's clock, do not
            see what was made.
    """

    operation: str
    kind: str
    pool_id: str | None = None
    times: int = 1
    probability: float | None = None
    seed: int | None = None
    calls: int | None = None
    seconds: float | None = None

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """The order in a request's body.

        Raises:
            ValueError: the order means nothing, or could never meet a call.
        """
        if not isinstance(body, dict) or not {"operation", "kind"} <= body.keys():
            raise ValueError("an order is an object with operation and kind")
        unknown = body.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"an order has no {', '.join(sorted(unknown))}")
        order = cls(**body)
        order._check_amount(chosen=body.keys())
        order._check_target()
        return order

    def _check_amount(self, chosen: Any) -> None:
        if self.probability is None:
            if self.seed is not None or self.times < 1:
                raise ValueError("times must be at least 1, and seed goes with probability")
        elif "times" in chosen or self.seed is None or not 0 < self.probability <= 1:
            raise ValueError("probability needs a seed, excludes times, and is above 0 and at most 1")
        hides = self.kind == "not_found_after_create"
        if hides != ((self.calls is None) != (self.seconds is None)):
            raise ValueError("calls or seconds, one of them, go with not_found_after_create and with nothing else")

    def _check_target(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if self.operation in _CLASSES:
            return
        if find_operation(self.operation) is None:
            raise ValueError(f"operation must be one of Cognito's or {', '.join(_CLASSES)}")
        if not self._can_meet(self.operation):
            raise ValueError(f"{self.kind} can never meet {self.operation}")

    def fits(self, operation: str, pool_id: str | None, params: Doc) -> bool:
        """Whether the order is about this call."""
        if self.pool_id not in (None, pool_id) or not self._names(operation) or not self._can_meet(operation):
            return False
        return self.kind != "truncate_list" or any(params.get(name) for name in PAGE_MEMBERS)

    def _names(self, operation: str) -> bool:
        if self.operation in _CLASSES:
            return self.operation == "*" or (self.operation == "reads") == is_read(operation)
        return self.operation == operation

    def _can_meet(self, operation: str) -> bool:
        """Some kinds are possible with some operations only."""
        model = find_operation(operation)
        if model is None:
            return False
        if self.kind == "conflict":
            return any(shape.name == _CONFLICT for shape in model.error_shapes)
        if self.kind == "truncate_list" or self.kind in PAGES:
            shape = model.input_shape
            return shape is not None and any(name in shape.members for name in PAGE_MEMBERS)
        return self.kind != "not_found_after_create" or operation in HIDEABLE

    def shown(self) -> dict[str, Any]:
        """As GET /_local/faults shows it."""
        return asdict(self)
