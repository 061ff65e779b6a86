"""What the pages about drift share: a tenant's, and the fleet's."""

from collections.abc import Callable, Iterator, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest

from identity.models import SyncedResource
from identity.selectors.drift import described
from identity.web.batches import batched

DRIFT_COLUMNS = (
    "kind", "resource", "of", "setting", "cognito's name", "wanted", "last applied", "live", "may be adopted",
    "last compared",
)  # fmt: skip
_AT_ONCE = 500


def decided_paths(request: HttpRequest) -> list[str] | None:
    """Return the settings that a posted decision is about; None for all of the resource."""
    return request.POST.getlist("path") or None


def drift_lines(rows: QuerySet[SyncedResource], say: Callable[[str], str] = str) -> Iterator[Sequence[object]]:
    """Return drifted resources as rows of a CSV file, `DRIFT_COLUMNS`, a row for each setting."""
    for some in batched(rows.iterator(chunk_size=_AT_ONCE), _AT_ONCE):
        for resource in described(some, say):
            row = resource.row
            for each in resource.settings:
                yield (
                    row.family,
                    row.name,
                    resource.label,
                    each.label,
                    each.path,
                    each.wanted,
                    each.last_applied,
                    each.live,
                    each.why_not is None,
                    row.observed_at.isoformat() if row.observed_at else "",
                )
