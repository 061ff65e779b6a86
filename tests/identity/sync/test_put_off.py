"""What becomes of a reconcile that the rate budget put off."""

from datetime import timedelta

from identity.cognito.errors import BudgetSpent
from identity.models import ResourceState
from identity.sync.failures import classify, pause


def test_it_is_no_failure_and_comes_back_when_there_is_room() -> None:
    """However often that happened: others went first, which says nothing of this one."""
    spent = BudgetSpent("UserUpdate", "AdminDisableUser", 7.5)
    delays = []
    for attempts in (1, 40) * 20:
        failure = classify(spent, attempts=attempts)
        assert failure.state is ResourceState.PENDING
        assert "UserUpdate" in failure.message
        delays.append(pause(failure, attempts))
    assert min(delays) >= timedelta(seconds=7.5)
    assert max(delays) <= timedelta(seconds=12.5)
    # Not all at one moment.
    assert len(set(delays)) > 20
