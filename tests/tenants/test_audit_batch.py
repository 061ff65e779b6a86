"""Many events at once make the same chain as one by one."""

import pytest
from django.db import transaction

from tenants.audit_actions import Action
from tenants.models import AuditEvent
from tenants.services import audit
from tenants.services.audit_batch import Happening, record_many
from tests.factories import TenantCast, actor_of


def test_the_chain_goes_on_from_one_to_many_and_back(acme: TenantCast, globex: TenantCast) -> None:
    """Each event names its row, who did it and what changed; a neighbour's chain is its own."""
    actor = actor_of(acme.owner)
    audit.record(Action.SYNC_REQUESTED, actor=actor, tenant=acme.tenant)
    people = [acme.owner, acme.admin, acme.outsider]
    happenings = [Happening(user, {"status": "active"}, {"status": "disabled"}) for user in people]
    record_many(Action.USER_DISABLED, happenings, actor=actor, tenant=acme.tenant)
    record_many(Action.USER_ENABLED, [], actor=actor, tenant=acme.tenant)
    audit.record(Action.SYNC_REQUESTED, actor=actor, tenant=acme.tenant)
    events = list(AuditEvent.objects.filter(tenant=acme.tenant).order_by("sequence"))
    assert [event.target_id for event in events[-4:-1]] == [str(user.pk) for user in people]
    assert {(event.actor_label, event.after["status"]) for event in events[-4:-1]} == {(actor.label, "disabled")}
    assert audit.verify(str(acme.tenant.pk)) is None
    assert not AuditEvent.objects.filter(tenant=globex.tenant, action=Action.USER_DISABLED).exists()


@pytest.mark.django_db(transaction=True)
def test_events_need_the_transaction_of_their_change(acme: TenantCast) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record_many(Action.USER_DISABLED, [], actor=actor_of(acme.owner), tenant=acme.tenant)
