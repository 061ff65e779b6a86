"""What a process keeps in memory."""

import time

from tenants.memory import Memory


def test_nothing_is_kept_for_ever() -> None:
    over: Memory[str, int] = Memory(most=9, seconds=-1)
    over.keep("a", 1)
    assert over.find("a") is None
    assert over.values() == []


def test_what_was_not_asked_for_the_longest_time_goes_first() -> None:
    few: Memory[str, int] = Memory(most=2, seconds=60)
    few.keep("a", 1)
    few.keep("b", 2)
    assert few.find("a") == 1
    few.keep("c", 3)
    assert [few.find(key) for key in "abc"] == [1, None, 3]
    few.keep("a", 4)
    few.keep("d", 5)
    assert few.values() == [4, 5]
    few.forget_all()
    assert few.find("a") is None


def test_what_was_asked_for_earlier_takes_no_place_of_what_was_later() -> None:
    memory: Memory[str, str] = Memory(most=2, seconds=60)
    memory.keep("a", "later")
    memory.keep("a", "earlier", since=time.monotonic() - 30)
    assert memory.find("a") == "later"
    memory.keep("b", "long ago", since=time.monotonic() - 61)
    assert memory.find("b") is None
