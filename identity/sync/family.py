"""The small protocol that each kind of Cognito resource follows."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from identity.cells import endpoint_of, pool_ref
from identity.cognito.calls import Priority
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.models import Family
from identity.sync.changes import Change, as_json
from identity.sync.tracking import Tracked
from tenants.models import Tenant, UserPool

Spec = TypeVar("Spec")
Live = TypeVar("Live")


class Guard(Protocol):
    """The right to write, which may be lost while working."""

    def before_write(self) -> None:
        """Make sure of it for one more remote call.

        Raises:
            LeaseLost: another worker has it now; nothing more may be written.
        """


@dataclass(frozen=True)
class Fact:
    """One setting in words, for a page that shows what a resource will be."""

    label: str
    value: str


@dataclass(frozen=True)
class Site:
    """Where a resource is worked on: its pool, whose audit log it concerns, its record, and the right to write."""

    pool: UserPool
    tenant: Tenant | None
    tracked: Tracked
    guard: Guard
    priority: Priority = Priority.CONFIGURATION
    # Whether also what our wishes did not change is looked at: by the schedule's comparison, and by who only looks.
    thorough: bool = True

    @property
    def endpoint(self) -> CellEndpoint:
        """The pool's cell."""
        return endpoint_of(self.pool.cell)

    @property
    def pool_ref(self) -> PoolRef:
        """The pool in Cognito; it must be there."""
        return pool_ref(self.pool)


class ResourceFamily(ABC, Generic[Spec, Live]):
    """One kind of resource: how to look at it, what to change, and how. `Spec` is a frozen dataclass, made purely."""

    family: ClassVar[Family]
    # Whether it can be looked at only once its pool is there; all but the pool itself.
    in_pool: ClassVar[bool] = True
    # Paths in `diff` that say only that our rows do not know the resource yet: writing them adopts it.
    ours: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def facts(self, spec: Spec) -> tuple[Fact, ...]:
        """Return the settings that a person should know of. Pure."""

    def wanted(self, spec: Spec) -> Mapping[str, Any]:
        """Return what is wanted by the paths that `diff` speaks of, as JSON; a secret as its hash. Pure."""
        document: Mapping[str, Any] = as_json(dataclasses.asdict(spec))  # type: ignore[call-overload]  # A dataclass.
        return document

    def without(self, spec: Spec, absent: Collection[str]) -> Spec:
        """Return what is wanted while what Cognito refused is not there, by name. Most need nothing of others. Pure."""
        return spec

    def is_applied(self, spec: Spec, last_applied: Mapping[str, Any]) -> bool:
        """Say whether what is wanted is what was last applied, as far as that can be said without looking."""
        return last_applied == self.wanted(spec)

    def inherited(self, spec: Spec) -> frozenset[str]:
        """Return the paths whose wish was made for more than this resource, as `threeway.decide` needs them. Pure."""
        return frozenset()

    @abstractmethod
    def observe(self, site: Site, spec: Spec) -> Live | None:
        """Read what Cognito has; None where it certainly has nothing. Reads only."""

    @abstractmethod
    def diff(self, spec: Spec, live: Live) -> list[Change]:
        """Return what must change. Pure."""

    def create(self, site: Site, spec: Spec) -> Live:
        """Make the resource with one write and return it as it is then. What always exists needs no such method."""
        raise TypeError(f"{self.family.label} cannot be created")

    @abstractmethod
    def update(self, site: Site, spec: Spec, live: Live, changes: Sequence[Change]) -> Live:
        """Merge `changes`, and nothing else, into `live`, write it, and return the resource as it is then.

        The caller has just made sure of the right to write; ask `site.guard` again before a second write.
        """

    def delete(self, site: Site, spec: Spec, live: Live) -> None:
        """Remove the resource; what is gone already is no error. What goes with its pool needs no such method."""
        raise TypeError(f"{self.family.label} cannot be deleted")

    def forget(self, site: Site, spec: Spec) -> None:
        """Drop what our rows know of a resource that Cognito has no more, whoever deleted it. Most know nothing."""

    @abstractmethod
    def remote_id(self, live: Live) -> str:
        """Return what Cognito calls the resource."""


@dataclass(frozen=True)
class Step:
    """One resource that a reconcile looks after, and what it should be; not `present` is to be deleted.

    What is `retired` is deleted only where we made it: somebody else may have made one of the same name.

    What is `alone` holds up nobody else: where Cognito refuses it, the others go on, without it where they name it.
    """

    family: ResourceFamily[Any, Any]
    name: str
    spec: Any
    present: bool = True
    retired: bool = False
    alone: bool = False

    @property
    def label(self) -> str:
        """The resource in words."""
        return f"{self.family.family.label} {self.name}"
