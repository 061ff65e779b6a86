"""Drafts of tenants, kept in the operator's session between the form and the review.

They stay on the server, so that what is reviewed is what is created; it is checked again all the same, because time
passes.
"""

import dataclasses
import uuid

from django.contrib.sessions.backends.base import SessionBase

from identity.services.onboarding import TenantDraft
from tenants.models import PoolKind

_KEY = "tenant_drafts"
# Enough for a few browser tabs; the oldest goes first.
_MOST = 5


def save_draft(session: SessionBase, draft: TenantDraft) -> None:
    """Keep a draft under its id."""
    kept: dict[str, dict[str, object]] = session.get(_KEY, {})
    kept.pop(str(draft.id), None)
    kept[str(draft.id)] = {
        **dataclasses.asdict(draft),
        "id": str(draft.id),
        "cell_id": str(draft.cell_id),
        "isolation": draft.isolation.value,
        "application_ids": [str(key) for key in draft.application_ids],
    }
    session[_KEY] = dict(list(kept.items())[-_MOST:])


def load_draft(session: SessionBase, draft_id: uuid.UUID) -> TenantDraft | None:
    """Return a draft of this session; None where there is none, or no longer."""
    kept = session.get(_KEY, {}).get(str(draft_id))
    if kept is None:
        return None
    return TenantDraft(
        id=draft_id,
        name=kept["name"],
        slug=kept["slug"],
        cell_id=uuid.UUID(kept["cell_id"]),
        isolation=PoolKind(kept["isolation"]),
        admin_email=kept["admin_email"],
        application_ids=tuple(uuid.UUID(key) for key in kept["application_ids"]),
    )


def drop_draft(session: SessionBase, draft_id: uuid.UUID) -> None:
    """Forget a draft, once it has become a tenant."""
    kept = session.get(_KEY, {})
    if kept.pop(str(draft_id), None) is not None:
        session[_KEY] = kept
