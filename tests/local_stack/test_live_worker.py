"""The worker that integration tests run beside themselves."""

import pytest
from django.utils import timezone

from identity.sync.selectors import worker_last_seen
from tests.support.processes import LiveWorker
from tests.support.waiting import eventually


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_comes_back_on_the_test_database(live_worker: LiveWorker) -> None:
    live_worker.start()
    first = eventually(worker_last_seen)

    live_worker.kill()
    killed_at = timezone.now()
    live_worker.start()

    def seen_again() -> bool:
        last = worker_last_seen()
        return last is not None and last > killed_at

    eventually(seen_again, timeout=60)
    assert first < killed_at
