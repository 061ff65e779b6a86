"""Many keys of the outbox at once: the same rules as for one."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from tenants.actor import system
from tenants.models import OutboxEntry, SyncKind
from tenants.services import outbox
from tenants.services.outbox_batch import (
    BatchLease,
    postpone_many,
    release_many,
    renew_many,
    request_many,
    settle_many,
    take_many,
)
from tests.support.sync import let_leases_expire

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = [uuid.UUID(int=number) for number in range(1, 6)]


def owed(keys: list[uuid.UUID] = KEYS, *, token: uuid.UUID | None = None) -> None:
    """Owe a reconcile of some users."""
    with transaction.atomic():
        request_many(SyncKind.USER, keys, token=token)


def taken(keys: list[uuid.UUID] = KEYS) -> BatchLease:
    """Take some users on."""
    return take_many(SyncKind.USER, keys, token=uuid.uuid4())


def entry(key: uuid.UUID) -> OutboxEntry:
    """The row of a user."""
    return OutboxEntry.objects.get(kind=SyncKind.USER, key=key)


def test_a_request_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        request_many(SyncKind.USER, KEYS)


def test_what_is_asked_for_is_due_and_settled_at_the_generation_that_was_read() -> None:
    """Asking twice is one more generation of the same row."""
    owed()
    owed(KEYS[:2])
    assert {key for _kind, key in outbox.due(10)} == set(KEYS)
    lease = taken()
    assert [lease.generations[key] for key in KEYS] == [2, 2, 1, 1, 1]
    owed(KEYS[4:])
    assert settle_many(lease, KEYS) == set()
    assert [entry(key).is_owed for key in KEYS] == [False] * 4 + [True]
    assert outbox.due(10) == [(SyncKind.USER, KEYS[4])]


def test_who_asked_is_kept_for_keys_with_a_row_and_without() -> None:
    owed(KEYS[:1])
    with transaction.atomic():
        request_many(SyncKind.USER, KEYS, actor=system("somebody"))
    assert {entry(key).asker_label for key in KEYS} == {"somebody"}
    owed()
    assert {entry(key).asker_label for key in KEYS} == {""}


def test_new_keys_are_taken_on_as_they_are_asked_for_and_others_are_not() -> None:
    """Somebody else may hold the row of a key that has one."""
    owed(KEYS[:1])
    other = outbox.take_lease(SyncKind.USER, KEYS[0])
    token = uuid.uuid4()
    owed(token=token)
    assert outbox.due(10) == []
    lease = take_many(SyncKind.USER, KEYS, token=token)
    assert set(lease.generations) == set(KEYS[1:])
    assert set(lease.attempts.values()) == {1}
    assert other is not None
    outbox.settle(other)
    assert entry(KEYS[0]).is_owed


def test_nobody_takes_what_another_holds() -> None:
    """Until it is given back, or runs out."""
    owed()
    lease = taken(KEYS[:3])
    assert set(taken().generations) == set(KEYS[3:])
    renew_many(lease)
    release_many(lease)
    assert set(taken().generations) == set(KEYS[:3])
    let_leases_expire()
    assert set(taken().generations) == set(KEYS)


def test_who_was_overtaken_settles_nothing_and_makes_somebody_look_again() -> None:
    """What they applied may have come after what the other applied."""
    owed()
    slow = taken()
    let_leases_expire()
    fast = taken(KEYS[:2])
    assert settle_many(fast, KEYS[:2]) == set()
    renew_many(slow)
    assert settle_many(slow, KEYS) == set(KEYS[:2])
    assert [entry(key).is_owed for key in KEYS] == [True, True, False, False, False]


def test_a_bulk_change_and_its_letters_wait_behind_everything_else() -> None:
    """Whatever was sent first: a worker takes what a person waits for."""
    key = uuid.uuid4()
    with current_app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        queue = current_app.conf.task_default_queue
        channel.queue_purge(queue)
        for kind in (SyncKind.BULK, SyncKind.INVITATION, SyncKind.TENANT):
            outbox.wake(kind, key)
        taken_in_order = [channel.basic_get(queue, no_ack=True).payload[0][0] for _ in range(3)]
    assert taken_in_order == ["tenant", "invitation", "bulk"]


def test_a_failure_does_not_put_off_what_was_asked_for_since() -> None:
    """And is no business of whoever was overtaken."""
    owed()
    lease = taken()
    owed(KEYS[:1])
    hour = timedelta(hours=1)
    postpone_many(lease, KEYS[:3], delay=hour, code="Trouble", error="It failed.", remedy="Mend it.")
    assert {key for _kind, key in outbox.due(10)} == {KEYS[0]}
    failed = entry(KEYS[1])
    assert (failed.last_error_code, failed.last_error, failed.remedy) == ("Trouble", "It failed.", "Mend it.")
    assert failed.lease_token is None
    let_leases_expire()
    taken(KEYS[3:4])
    postpone_many(lease, KEYS[3:4], delay=hour, code="Late", error="Too late.")
    assert entry(KEYS[3]).last_error == ""
