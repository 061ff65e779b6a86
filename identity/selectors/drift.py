"""What somebody changed in Cognito past Lifeguard, and what of it a person chose to keep."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from identity.models import Family, ResourceState, SyncedResource, UnmanagedResource
from identity.selectors.own import own_records
from identity.selectors.tenant_keys import keys_of_tenants
from identity.sync.adoptable import why_not_adopted
from identity.sync.drift import Decided, Drifted, Kept, drifted_of, fingerprint, kept_of
from identity.sync.field_words import field_in_words, value_in_words
from identity.sync.labels import labels_of, tenants_of_pools
from identity.sync.threeway import WHOLE
from tenants.models import SyncKind, Tenant, UserPool

DRIFT_ORDER = ("-pk",)


@dataclass(frozen=True, kw_only=True)
class DriftFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of the name or slug of a tenant, or its whole key.
        family: a `Family`.
    """

    q: str = ""
    family: str = ""


@dataclass(frozen=True)
class DriftedSetting:
    """A setting that stands as somebody else set it. `why_not` says why it may not be adopted; None where it may."""

    path: str
    label: str
    wanted: str
    last_applied: str
    live: str
    decided: Decided
    why_not: Promise | None
    seen: str


@dataclass(frozen=True)
class KeptSetting:
    """A setting of which a person adopted the live value."""

    path: str
    label: str
    value: str
    instead_of: str


@dataclass(frozen=True)
class DriftedResource:
    """A resource that drifted, or of which live values were adopted; `seen` stands for all its drift."""

    row: SyncedResource
    label: str
    affects: str
    settings: Sequence[DriftedSetting]
    kept: Sequence[KeptSetting]
    seen: str

    @property
    def kind(self) -> str:
        """The kind of resource in words."""
        return str(Family(self.row.family).label)

    @property
    def is_gone(self) -> bool:
        """Say whether somebody deleted it as a whole."""
        return any(setting.path == WHOLE for setting in self.settings)

    @property
    def open(self) -> Sequence[DriftedSetting]:
        """What nobody has decided about yet."""
        return [setting for setting in self.settings if not setting.decided]

    @property
    def adoptable(self) -> Sequence[DriftedSetting]:
        """What may be adopted of that."""
        return [setting for setting in self.open if setting.why_not is None]


def find_drifted(wanted: DriftFilter) -> QuerySet[SyncedResource]:
    """Return the resources that drifted, in no order yet."""
    return _narrowed(SyncedResource.objects.filter(state=ResourceState.DRIFTED), wanted)


def find_kept(wanted: DriftFilter) -> QuerySet[SyncedResource]:
    """Return the resources of which live values were adopted, in no order yet."""
    return _narrowed(SyncedResource.objects.exclude(adopted={}), wanted)


def find_of_pool(pool: UserPool) -> QuerySet[SyncedResource]:
    """Return what of a pool itself drifted or was adopted, in a fixed order."""
    of_pool = SyncedResource.objects.filter(scope=SyncKind.POOL, key=pool.pk)
    return of_pool.exclude(drift=[], adopted={}).order_by(*DRIFT_ORDER)


def find_own_drifted(tenant: Tenant) -> QuerySet[SyncedResource]:
    """Return the tenant's own resources that drifted, users included, in no order yet."""
    return own_records(tenant).filter(state=ResourceState.DRIFTED)


def find_own_kept(tenant: Tenant) -> QuerySet[SyncedResource]:
    """Return the tenant's own resources of which live values were adopted, and that have not drifted beside."""
    return own_records(tenant).exclude(adopted={}).exclude(state=ResourceState.DRIFTED)


def unmanaged_in(pool: UserPool) -> list[UnmanagedResource]:
    """Return what somebody made in a pool by hand; nothing of it is ours."""
    return list(UnmanagedResource.objects.filter(pool=pool))


def described(rows: Sequence[SyncedResource], say: Callable[[str], str] = str) -> list[DriftedResource]:
    """Return resources with their drift in words, in a fixed number of queries.

    Args:
        rows: the records.
        say: what a text becomes for who reads it.
    """
    labels = labels_of({(row.scope, row.key) for row in rows})
    pools = {row.key for row in rows if row.scope == SyncKind.POOL}
    tenants = tenants_of_pools(pools)
    shared = {pool.pk for pool in UserPool.objects.filter(pk__in=pools) if pool.is_shared} if pools else set()
    return [
        _described(
            row,
            labels.get((row.scope, row.key), str(row.key)),
            tenants.get(row.key, ""),
            shared=row.key in shared,
            say=say,
        )
        for row in rows
    ]


def _described(
    row: SyncedResource, label: str, affects: str, *, shared: bool, say: Callable[[str], str]
) -> DriftedResource:
    drift = drifted_of(row)
    return DriftedResource(
        row=row,
        label=label,
        affects=affects,
        settings=[_setting(row, each, _Beside.of(drift), shared=shared, say=say) for each in drift],
        kept=[_kept(each, say) for each in kept_of(row)],
        seen=fingerprint(drift),
    )


@dataclass(frozen=True)
class _Beside:
    """The three values of all that drifted of a resource, by path: some are read together with others."""

    wanted: Mapping[str, Any]
    last_applied: Mapping[str, Any]
    live: Mapping[str, Any]

    @classmethod
    def of(cls, drift: Sequence[Drifted]) -> "_Beside":
        return cls(
            wanted={each.path: each.wanted for each in drift},
            last_applied={each.path: each.last_applied for each in drift},
            live={each.path: each.live for each in drift},
        )


def _setting(
    row: SyncedResource, each: Drifted, beside: _Beside, *, shared: bool, say: Callable[[str], str]
) -> DriftedSetting:
    path = each.path
    return DriftedSetting(
        path=path,
        label=field_in_words(path),
        wanted=say(value_in_words(path, each.wanted, beside.wanted)),
        last_applied=say(value_in_words(path, each.last_applied, beside.last_applied)),
        live=say(value_in_words(path, each.live, beside.live)),
        decided=each.decided,
        why_not=why_not_adopted(Family(row.family), path, each.live, shared=shared),
        seen=fingerprint([each]),
    )


def _kept(each: Kept, say: Callable[[str], str]) -> KeptSetting:
    words = (say(value_in_words(each.path, value)) for value in (each.value, each.instead_of))
    return KeptSetting(each.path, field_in_words(each.path), *words)


def _narrowed(rows: QuerySet[SyncedResource], wanted: DriftFilter) -> QuerySet[SyncedResource]:
    if wanted.family:
        rows = rows.filter(family=wanted.family)
    # Few have drifted, so that one can afford to ask of each whose it is.
    if wanted.q:
        rows = rows.filter(keys_of_tenants(wanted.q) | keys_of_tenants(wanted.q, users=True))
    return rows
