"""The audit log is append-only, and what was done to it behind our back shows."""

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tenants.actor import system
from tenants.audit_actions import ACTION_LABELS, Action
from tenants.models import AuditEvent
from tenants.models.audit import FLEET_CHAIN
from tenants.services import audit

ACTOR = system("test")


@pytest.fixture
def three_events(db: None) -> list[AuditEvent]:
    return [audit.record(Action.CELL_ADDED, actor=ACTOR, after={"name": name}) for name in ("a", "b", "c")]


def test_events_form_a_chain(three_events: list[AuditEvent]) -> None:
    assert [event.sequence for event in three_events] == [1, 2, 3]
    assert three_events[0].previous_hash == audit.GENESIS
    assert three_events[2].previous_hash == three_events[1].hash
    assert audit.verify(FLEET_CHAIN) is None


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_an_event(three_events: list[AuditEvent], change: str) -> None:
    row = AuditEvent.objects.filter(pk=three_events[1].pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.update(action="tenant.updated") if change == "update" else row.delete()


@pytest.mark.parametrize(
    ("tampering", "why", "sequence"),
    [
        ('UPDATE tenants_auditevent SET after = \'{"name": "z"}\' WHERE sequence = 2', "its content was changed", 2),
        (
            "UPDATE tenants_auditevent SET actor_label = 'nobody' WHERE sequence = 3",
            "its content was changed",
            3,
        ),
        ("DELETE FROM tenants_auditevent WHERE sequence = 2", "an event is missing", 2),
        (
            "UPDATE tenants_auditevent SET previous_hash = repeat('1', 64) WHERE sequence = 3",
            "it does not follow from the event before it",
            3,
        ),
    ],
)
def test_tampering_past_the_trigger_is_found(
    three_events: list[AuditEvent], tampering: str, why: str, sequence: int
) -> None:
    with connection.cursor() as cursor:
        # The table's owner can switch the trigger off; that is who the chain is for.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE tenants_auditevent DISABLE TRIGGER tenants_auditevent_append_only")
        cursor.execute(tampering)
        cursor.execute("ALTER TABLE tenants_auditevent ENABLE TRIGGER tenants_auditevent_append_only")
    assert audit.verify(FLEET_CHAIN) == audit.BrokenLink(FLEET_CHAIN, sequence, why)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(Action.CELL_ADDED, actor=ACTOR)


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_make_one_unbroken_chain() -> None:
    def write() -> None:
        for _ in range(5):
            with transaction.atomic():
                audit.record(Action.CELL_ADDED, actor=ACTOR)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequences = AuditEvent.objects.filter(chain=FLEET_CHAIN).order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, 21))
    assert audit.verify(FLEET_CHAIN) is None


def test_every_action_has_words_of_its_own() -> None:
    words = [str(ACTION_LABELS[action]) for action in Action]
    assert len(set(words)) == len(words)
