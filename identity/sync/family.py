"""The small protocol that each kind of Cognito resource follows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from identity.cells import endpoint_of, pool_ref
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.models import Family
from identity.sync.changes import Change
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

    @abstractmethod
    def facts(self, spec: Spec) -> tuple[Fact, ...]:
        """Return the settings that a person should know of. Pure."""

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
        """Read, merge and write `changes`, and return the resource as it is then.

        The caller has just made sure of the right to write; ask `site.guard` again before a second write.
        """

    @abstractmethod
    def remote_id(self, live: Live) -> str:
        """Return what Cognito calls the resource."""


@dataclass(frozen=True)
class Step:
    """One resource that a reconcile looks after, and what it should be."""

    family: ResourceFamily[Any, Any]
    name: str
    spec: Any

    @property
    def label(self) -> str:
        """The resource in words."""
        return f"{self.family.family.label} {self.name}"
